/** Leaving the leaderboards over HTTP, as a page does for its visitor. */
import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { useServer } from '../support/server.ts';

const server = useServer();

test('removes the session of the cookie, and nobody else, from our own page alone', async () => {
  const visitor = async () => (await fetch(server.url)).headers.get('set-cookie')!.split(';')[0]!;
  const [ann, bob] = [await visitor(), await visitor()];
  const session = (cookie: string) => decodeURIComponent(cookie.slice(cookie.indexOf('=') + 1)).split('.')[0]!;
  const drawn = { word: 'owl', at: 2000 };
  const { leaderboard } = server.backend;
  await leaderboard.record({
    ...{ match: randomUUID(), ended: Date.now(), solo: false },
    players: [
      { session: session(ann), nick: 'Ann', score: 20 },
      { session: session(bob), nick: 'Bob', score: 10 },
    ],
    drawings: [
      { session: session(ann), nick: 'Ann', ...drawn },
      { session: session(bob), nick: 'Bob', ...drawn },
    ],
  });
  const boards = async () =>
    Promise.all(
      ['leaderboard', 'leaderboard/owl'].map(async (path) => (await fetch(`${server.url}/api/${path}`)).text()),
    );
  const leave = async (headers: Record<string, string>) =>
    (await fetch(`${server.url}/api/leaderboard`, { method: 'DELETE', headers })).status;

  expect(await leave({})).toBe(403);
  expect(await leave({ Cookie: `${ann}x` })).toBe(403);
  expect(await leave({ Cookie: ann, Origin: 'https://elsewhere.example' })).toBe(403);
  for (const text of await boards()) expect(text).toContain('Ann');
  expect(await leave({ Cookie: ann })).toBe(200);
  for (const text of await boards()) {
    expect(text).not.toContain('Ann');
    expect(text).toContain('Bob');
  }
});
