/** What plain HTTP says of a room to somebody who knows its code, and of an address that is none. */
import { existsSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { requires } from '../support/requires.ts';
import { closeAll, create, join, phase, until, watch } from '../support/player.ts';
import { QUICK, useServer } from '../support/server.ts';

const server = useServer({ pace: { ...QUICK, hold: 20_000 }, env: { TRUSTED_HOPS: '1' } });
afterEach(closeAll);

const ask = (code: string, headers: Record<string, string> = {}) =>
  fetch(`${server.url}/api/rooms/${code}`, { headers });
const visitor = async () => ({ Cookie: (await fetch(server.url)).headers.get('set-cookie')!.split(';')[0]! });

describe('an invitation', () => {
  test('says who the host is, how many are here and what goes on, and nothing else', async () => {
    const cookie = await visitor();
    const ann = await create(server.url, 'Ann', { seats: 5, seconds: 60 }, cookie);
    const { code } = ann as { code: string };
    const bob = await join(server.url, code, 'Bob');
    await watch(server.url, code);
    const room = {
      seated: false,
      code,
      host: 'Ann',
      players: 2,
      seats: 5,
      phase: 'lobby',
      locked: false,
      spectators: true,
    };
    const answer = await ask(code.toLowerCase());
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(await answer.json()).toEqual(room);
    await ann.ask('settings', { locked: true, spectators: false });
    await ann.ask('start', {});
    await phase(ann, 'drawing');
    bob.socket.disconnect();
    await until(() => ann.room!.players.some(({ connected }) => !connected), 'that Bob is away');
    expect(await (await ask(code, cookie)).json()).toMatchObject({ seated: true });
    expect(await (await ask(code)).json()).toEqual({
      ...room,
      ...{ players: 1, phase: 'drawing', locked: true, spectators: false },
    });
  });

  test('is not for somebody whom the host removed', async () => {
    const ann = await create(server.url, 'Ann', {}, await visitor());
    const cookie = await visitor();
    const bob = await join(server.url, ann.code!, 'Bob', cookie);
    await ann.ask('kick', { player: bob.id! });
    const answer = await ask(ann.code!, cookie);
    expect([answer.status, await answer.json()]).toEqual([403, { error: 'kicked' }]);
    expect((await ask(ann.code!, await visitor())).status).toBe(200);
  });

  test('guesses no codes: wrong ones count as those of people who enter, and bar the address here and there', async () => {
    const headers = { 'x-forwarded-for': '198.51.100.7' };
    const ann = await create(server.url, 'Ann', {});
    const none = await ask('AAAA2', headers);
    expect([none.status, await none.json()]).toEqual([404, { error: 'no-room' }]);
    expect((await ask('nonsense', headers)).status).toBe(404);
    const answers = [];
    for (let i = 0; i < 205; i++) answers.push((await ask('AAAA2', headers)).status);
    expect(answers.filter((status) => status === 404).length).toBeLessThanOrEqual(200);
    expect((await ask(ann.code!, headers)).status).toBe(429);
    await expect(watch(server.url, ann.code!, headers)).rejects.toThrow('too-often');
    expect((await ask(ann.code!)).status).toBe(200);
  });
});

describe.skipIf(!requires(existsSync('dist/client/index.html'), 'the built page (npm run build)'))('no address', () => {
  const open = (path: string, Accept: string) => fetch(server.url + path, { headers: { Accept } });
  const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

  test('shows a browser the page, and tells programs and whatever asks the API in JSON', async () => {
    for (const path of ['/nonsense', '/nonsense/deep?x=1', '/apis']) {
      const page = await open(path, BROWSER);
      expect([path, page.status, page.headers.get('content-type')]).toEqual([path, 404, 'text/html; charset=utf-8']);
      expect(await page.text()).toContain('<base href="/"');
    }
    for (const [path, accept] of [
      ['/nonsense', '*/*'],
      ['/api/nonsense', BROWSER],
      ['/api/rooms/AAAA2', BROWSER],
      ['/assets/index-of-yesterday.js', '*/*'],
    ] as const) {
      const answer = await open(path, accept);
      expect([path, answer.status, await answer.json()]).toEqual([path, 404, { error: expect.any(String) }]);
    }
  });
});
