/** A match of real drawings on a real server, and what HTTP gives of it afterwards: to players, to friends with a link, to strangers. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { rejudge } from '../../models/rejudgement.ts';
import { inkAt } from '../../shared/history.ts';
import { decode } from '../../shared/record.ts';
import { clearest } from '../support/known.ts';
import { penPause } from '../support/pen.ts';
import { closeAll, create, join, phase, stroke, strokes } from '../support/player.ts';
import { useServer } from '../support/server.ts';

const server = useServer();
const visitor = async () => ({ Cookie: (await fetch(server.url)).headers.get('set-cookie')!.split(';')[0]! });

type Headers = Record<string, string>;
const at = (id: string, path = '') => `${server.url}/api/replays/${id}${path}`;
const keep = (id: string, body: object, headers: Headers = {}) =>
  fetch(at(id, '/keep'), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
const recordAt = async (id: string) => decode(new Uint8Array(await (await fetch(at(id))).arrayBuffer()));

let ids: Record<'ann' | 'bob', string>;
let cookie: Headers;
let drawn: number[][];
let word: string;

beforeAll(async () => {
  cookie = await visitor();
  const ann = await create(server.url, 'Ann', { seats: 2, rounds: 1, seconds: 60, difficulty: 'easy' }, cookie);
  const bob = await join(server.url, ann.code!, 'Bob');
  await ann.ask('start', {});
  ({ prompt: word } = await phase(ann, 'drawing'));
  const clear = await clearest(server.recognizer, word);
  for (const [i, player] of [ann, bob].entries())
    for (const line of clear[i]!.strokes) {
      stroke(player, line);
      player.send();
      await penPause(60);
    }
  await phase(ann, 'reveal', 30_000);
  drawn = strokes(bob, ann.id!);
  const answer = await bob.ask('replays', {});
  const named = (answer.ok && answer.replays) || [];
  const of = (id: string) => named.find(({ player }) => player === id)!.id;
  ids = { ann: of(ann.id!), bob: of(bob.id!) };
  await vi.waitFor(async () => expect((await fetch(at(ids.ann))).status).toBe(200), 10_000);
}, 60_000);
afterAll(closeAll);

describe('a replay', () => {
  test('has all that was drawn and what the network said, and its verdict agrees with the one made again', async () => {
    const record = await recordAt(ids.ann);
    expect(record).toMatchObject({ word, nick: '', mark: 0, model: server.recognizer.words.hash.slice(0, 16) });
    expect(inkAt(record.history).strokes).toEqual(drawn);
    expect(record.history.some((event) => 'guesses' in event)).toBe(true);
    expect(record.verdict).not.toBe(null);
    expect(await rejudge(record, server.recognizer)).toMatchObject({ agrees: true });
    await expect.poll(async () => (await fetch(at(ids.bob))).status).toBe(200);
    expect(await rejudge(await recordAt(ids.bob), server.recognizer)).toMatchObject({ agrees: true });
  });

  test('travels compressed, plain to who cannot inflate, and no search engine keeps it', async () => {
    const compressed = await fetch(at(ids.ann), { headers: { 'Accept-Encoding': 'deflate' } });
    expect(compressed.headers.get('content-encoding')).toBe('deflate');
    expect(compressed.headers.get('x-robots-tag')).toBe('noindex');
    const plain = await fetch(at(ids.ann), { headers: { 'Accept-Encoding': 'identity' } });
    expect(plain.headers.get('content-encoding')).toBe(null);
    expect(await plain.arrayBuffer()).toEqual(await compressed.arrayBuffer());
  });

  test('shows the name of its drawer if the drawer says so, and to nobody else’s wish', async () => {
    expect((await keep(ids.ann, { nick: 'Mallory' })).status).toBe(403);
    expect((await keep(ids.ann, { nick: 'Mallory' }, await visitor())).status).toBe(403);
    expect((await keep(ids.ann, { nick: 'Ann' }, { ...cookie, Origin: 'https://elsewhere.example' })).status).toBe(403);
    expect((await keep(ids.bob, { nick: 'Ann' }, cookie)).status).toBe(403);
    expect(await (await keep(ids.ann, { nick: 'fuck' }, cookie)).json()).toEqual({ error: 'nick-offensive' });
    expect((await recordAt(ids.ann)).nick).toBe('');
    const before = await recordAt(ids.ann);
    expect((await keep(ids.ann, { nick: ' Ann ' }, cookie)).status).toBe(200);
    expect(await recordAt(ids.ann)).toEqual({ ...before, nick: 'Ann' });
    expect((await keep(ids.ann, {})).status).toBe(200);
    expect((await recordAt(ids.ann)).nick).toBe('Ann');
    expect((await keep(ids.ann, { nick: '' }, cookie)).status).toBe(200);
    expect(await recordAt(ids.ann)).toEqual(before);
  });

  test('says to its drawer alone that it is theirs, and to everybody how long it is kept', async () => {
    const mine = async (id: string, headers: Headers = {}) => (await fetch(at(id, '/mine'), { headers })).json();
    expect(await mine(ids.ann, cookie)).toEqual({ mine: true });
    expect(await mine(ids.bob, cookie)).toEqual({ mine: false });
    expect(await mine(ids.ann)).toEqual({ mine: false });
    expect(await mine(ids.ann, await visitor())).toEqual({ mine: false });
    expect((await fetch(at('A'.repeat(22), '/mine'), { headers: cookie })).status).toBe(404);
    expect(await (await keep(ids.bob, {})).json()).toEqual({ ok: true, days: 30 });
  });

  test('that is not there, and a request that is none, get a clear answer', async () => {
    for (const id of ['A'.repeat(22), 'short', `${ids.ann}x`, '..%2f..%2fetc', 'expiries']) {
      expect((await fetch(at(id))).status).toBe(404);
      expect((await keep(id, {})).status).toBe(404);
      expect((await fetch(at(id), { method: 'DELETE', headers: cookie })).status).toBe(404);
    }
    for (const nick of [7, 'x'.repeat(500), '\u0301']) expect((await keep(ids.ann, { nick }, cookie)).status).toBe(400);
    const broken = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{' };
    expect((await fetch(at(ids.ann, '/keep'), broken)).status).toBe(400);
    const large = { ...broken, body: JSON.stringify({ nick: 'x'.repeat(5000) }) };
    expect((await fetch(at(ids.ann, '/keep'), large)).status).toBe(413);
  });

  test('is deleted by its drawer alone', async () => {
    const remove = (id: string, headers: Headers = {}) => fetch(at(id), { method: 'DELETE', headers });
    expect((await remove(ids.ann)).status).toBe(403);
    expect((await remove(ids.bob, cookie)).status).toBe(403);
    expect((await remove(ids.ann, cookie)).status).toBe(200);
    expect((await fetch(at(ids.ann))).status).toBe(404);
    expect((await fetch(at(ids.bob))).status).toBe(200);
  });
});
