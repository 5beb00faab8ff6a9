import { expect, test } from 'vitest';
import { createSessions, newSession } from '../../server/edge/session.ts';

const sessions = createSessions('a secret of the test');
const pairOf = (cookie: string) => cookie.split(';')[0]!;

test('a signed cookie proves its session, among other cookies', () => {
  const session = newSession();
  const value = pairOf(sessions.cookie(session, false));
  expect(sessions.read(value)).toBe(session);
  expect(sessions.read(`theme=dark; ${value}; other=1`)).toBe(session);
});

test('a forged session is refused', () => {
  const session = newSession();
  const value = pairOf(sessions.cookie(session, false));
  expect(sessions.read(undefined)).toBeNull();
  expect(sessions.read('session=')).toBeNull();
  expect(sessions.read(`session=${session}`)).toBeNull();
  expect(sessions.read(`session=${session}.`)).toBeNull();
  expect(sessions.read(value.replace(session, newSession()))).toBeNull();
  expect(sessions.read(pairOf(createSessions('another secret').cookie(session, false)))).toBeNull();
});

test('scripts and other sites cannot read or send it; over https it is Secure', () => {
  expect(sessions.cookie('s', false)).toMatch(/; HttpOnly; SameSite=Lax$/);
  expect(sessions.cookie('s', true)).toContain('; Secure');
});
