/** Giving drawings away on a real server: by their drawer alone, as often as they like, and back again. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join as at } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Choices } from '../../shared/choices.ts';
import { NO_CHOICES } from '../../shared/choices.ts';
import { timedStrokes } from '../../shared/history.ts';
import type { Record } from '../../shared/record.ts';
import { decode } from '../../shared/record.ts';
import { deletedIn, donationsIn, newFolder, removeFolder } from '../support/donated.ts';
import { drawn as shapes } from '../support/drawings.ts';
import { clearest } from '../support/known.ts';
import { endPhase } from '../support/party.ts';
import { penPause } from '../support/pen.ts';
import { closeAll, create, join, phase, stroke, until } from '../support/player.ts';
import { useServer } from '../support/server.ts';

const dir = newFolder();
const server = useServer({ env: { DONATIONS: 'on', DATA_DIR: dir, COUNTRY_CODE: 'DE' } });
const off = useServer({ env: { DATA_DIR: dir } });

type Headers = { [name: string]: string };
const visitor = async () => ({ Cookie: (await fetch(server.url)).headers.get('set-cookie')!.split(';')[0]! });
const send = (method: string, path: string, body: unknown, headers: Headers = {}, url = server.url) =>
  fetch(`${url}/api/${path}`, {
    method,
    headers: { 'Content-Type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
const give = (id: string, choices: unknown, headers: Headers = {}) =>
  send('POST', `replays/${id}/give`, choices, headers);
const given = async (id: string, choices: Partial<Choices>, headers: Headers) => {
  const response = await give(id, { ...NO_CHOICES, ...choices }, headers);
  expect(response.status).toBe(200);
  return (await response.json()) as { key: string | null; secret: string; passes: boolean };
};
const recordOf = async (id: string): Promise<Record> =>
  decode(new Uint8Array(await (await fetch(`${server.url}/api/replays/${id}`)).arrayBuffer()));
const lineOf = (key: string | null) => donationsIn(dir).filter(({ key_id }) => key_id === key);

let ids: { ann: string; bob: string };
let cookies: { ann: Headers; bob: Headers };
let word: string;
let asks: boolean;

beforeAll(async () => {
  cookies = { ann: await visitor(), bob: await visitor() };
  const settings = { seats: 2, rounds: 1, seconds: 60, difficulty: 'easy' as const };
  const ann = await create(server.url, 'Ann', settings, cookies.ann);
  const bob = await join(server.url, ann.code!, 'Bob', cookies.bob);
  await ann.ask('start', {});
  ({ prompt: word } = await phase(ann, 'drawing'));
  const [clear] = await clearest(server.recognizer, word);
  for (const line of shapes.ladder.strokes) stroke(bob, line);
  bob.send();
  for (const line of clear!.strokes) {
    stroke(ann, line);
    ann.send();
    await penPause(60);
  }
  await until(
    () => {
      const now = ann.room?.phase;
      return now?.name === 'reveal' || (now?.name === 'drawing' && now.recognized.length > 0);
    },
    'Ann to be recognized',
    30_000,
  );
  await endPhase(server, ann.code!);
  await phase(ann, 'reveal', 30_000);
  const answer = await ann.ask('replays', {});
  if (!answer.ok) throw new Error(answer.why);
  asks = answer.donations;
  const of = (id: string) => answer.replays.find(({ player }) => player === id)!.id;
  ids = { ann: of(ann.id!), bob: of(bob.id!) };
  for (const id of [ids.ann, ids.bob])
    await vi.waitFor(async () => expect((await fetch(`${server.url}/api/replays/${id}`)).status).toBe(200), 10_000);
}, 60_000);
afterAll(() => {
  closeAll();
  removeFolder(dir);
});

describe('a drawing that is given away', () => {
  test('becomes a line as the data set has them, without name, colour, time of day and replay', async () => {
    expect(asks).toBe(true);
    const record = await recordOf(ids.ann);
    const { key, secret, passes } = await given(ids.ann, { data: true }, cookies.ann);
    expect(key).toMatch(/^\d{1,20}$/);
    expect(secret).toMatch(/^[\w-]{32}$/);
    expect(passes).toBe(true);
    const [line] = lineOf(key);
    const day = new Date().toISOString().slice(0, 10);
    expect(line).toEqual({
      word,
      countrycode: 'DE',
      timestamp: `${day} 00:00:00.00000 UTC`,
      recognized: true,
      key_id: key,
      drawing: timedStrokes(record.history),
      guesses: expect.any(Array),
      recognizedAt: record.verdict!.at,
      seconds: 60,
      model: record.model,
      engine: record.engine,
      language: '',
      reads: expect.any(Number),
      passes: true,
      ...{ gallery: false, data: true, training: false },
    });
    expect(line!.guesses.length).toBeGreaterThan(1);
    for (const [xs, ys, ts] of line!.drawing) expect([ys.length, ts.length]).toEqual([xs.length, xs.length]);
    expect(JSON.stringify(line)).not.toContain(ids.ann);
    expect(JSON.stringify(line)).not.toContain('Ann');
    // Asked again, since the answer was lost, say: the same drawing is there once.
    const again = await Promise.all([1, 2, 3].map(() => given(ids.ann, { data: true }, cookies.ann)));
    for (const each of again) expect(each).toEqual({ key, secret, passes, word, date: day });
    expect(donationsIn(dir).filter((each) => each.word === word)).toHaveLength(1);
  });

  test('that does not read as its word waits for the operator, in the file and out of the gallery', async () => {
    const { key, passes } = await given(ids.bob, { gallery: true, training: true }, cookies.bob);
    expect(passes).toBe(false);
    expect(lineOf(key)).toMatchObject([{ passes: false, gallery: true, data: false, training: true }]);
    const { listed, cases } = server.replays;
    expect((await listed(word, { sort: 'newest', limit: 9 })).replays).toEqual([]);
    expect(await cases(0, 9)).toMatchObject([{ id: ids.bob, passes: false, key }]);
    await given(ids.bob, {}, cookies.bob);
    expect(await cases(0, 9)).toMatchObject([{ word: null }]);
  });

  test('can be given for other things: the line before is deleted, and the next has a key of its own', async () => {
    const { listed } = server.replays;
    const shown = async () => (await listed(word, { sort: 'newest', limit: 9 })).replays.map(({ id }) => id);
    const before = await given(ids.ann, { data: true }, cookies.ann);
    const both = await given(ids.ann, { gallery: true, data: true, training: true }, cookies.ann);
    expect(both.key).not.toBe(before.key);
    expect(deletedIn(dir)).toContain(before.key);
    expect(lineOf(both.key)).toMatchObject([{ gallery: true, data: true, training: true }]);
    expect(await shown()).toEqual([ids.ann]);

    const onlyShown = await given(ids.ann, { gallery: true }, cookies.ann);
    expect(onlyShown).toMatchObject({ key: null, passes: true });
    expect(deletedIn(dir)).toContain(both.key);
    expect(await shown()).toEqual([ids.ann]);

    const lines = donationsIn(dir).length;
    expect(await given(ids.ann, {}, cookies.ann)).toEqual({});
    expect(await given(ids.ann, {}, cookies.ann)).toEqual({});
    expect(await shown()).toEqual([]);
    expect(donationsIn(dir)).toHaveLength(lines);
  });

  test('is deleted by whoever has its secret, also once the server takes no more drawings', async () => {
    const { key, secret } = await given(ids.ann, { data: true }, cookies.ann);
    const remove = (body: unknown, which = key, url = server.url) =>
      send('DELETE', `donations/${which}`, body, {}, url);
    expect((await remove({ secret: 'x'.repeat(32) })).status).toBe(403);
    expect((await remove({ secret }, '123')).status).toBe(403);
    expect((await remove({ secret }, 'cat')).status).toBe(404);
    for (const body of [{}, { secret: 7 }, [], { secret: 'x'.repeat(65) }])
      expect((await remove(body)).status).toBe(400);
    expect(deletedIn(dir)).not.toContain(key);
    const elsewhere = await send('DELETE', `donations/${key}`, { secret }, { Origin: 'https://elsewhere.example' });
    expect(elsewhere.status).toBe(403);
    expect((await remove({ secret }, key, off.url)).status).toBe(200);
    expect((await remove({ secret })).status).toBe(200);
    expect(deletedIn(dir).filter((each) => each === key)).toHaveLength(1);
    // It is deleted, so giving it again is another donation.
    const again = await given(ids.ann, { data: true }, cookies.ann);
    expect(again.key).not.toBe(key);
  });

  test('is taken back by whoever has its secret, with any session, from the gallery too', async () => {
    const { listed } = server.replays;
    const shown = async () => (await listed(word, { sort: 'newest', limit: 9 })).replays.map(({ id }) => id);
    const takeBack = async (secret: unknown, headers: Headers = {}) =>
      (await give(ids.ann, { ...NO_CHOICES, secret }, headers)).status;
    for (const choices of [{ gallery: true, data: true }, { gallery: true }]) {
      const { key, secret } = await given(ids.ann, choices, cookies.ann);
      expect(await shown()).toEqual([ids.ann]);
      for (const wrong of ['x'.repeat(32), '', undefined]) expect(await takeBack(wrong)).toBe(403);
      for (const wrong of [7, null, 'x'.repeat(65)]) expect(await takeBack(wrong)).toBe(400);
      // It takes back, and gives nothing.
      expect((await give(ids.ann, { ...NO_CHOICES, training: true, secret }, cookies.bob)).status).toBe(403);
      expect(await shown()).toEqual([ids.ann]);
      expect(await takeBack(secret, cookies.bob)).toBe(200);
      expect(await shown()).toEqual([]);
      if (key) expect(deletedIn(dir)).toContain(key);
      expect(await takeBack(secret)).toBe(200);
      const next = await given(ids.ann, { training: true }, cookies.ann);
      expect(await takeBack(secret)).toBe(403);
      expect(await takeBack(next.secret)).toBe(200);
    }
  });

  test('is given by its drawer alone, from our own page, where drawings are taken', async () => {
    const all = { gallery: true, data: true, training: true };
    expect((await give(ids.ann, all)).status).toBe(403);
    expect((await give(ids.ann, all, cookies.bob)).status).toBe(403);
    expect((await give(ids.ann, all, { ...cookies.ann, Origin: 'https://elsewhere.example' })).status).toBe(403);
    expect((await give('A'.repeat(22), all, cookies.ann)).status).toBe(404);
    for (const id of ['short', '..%2f..%2fetc', `${ids.ann}x`])
      expect((await give(id, all, cookies.ann)).status).toBe(404);
    for (const wrong of [{}, [], { ...all, more: true }, { ...all, data: 'yes' }, { gallery: true }, '{', '7'])
      expect((await give(ids.ann, wrong, cookies.ann)).status).toBe(400);
    expect((await give(ids.ann, { ...all, data: 'x'.repeat(5000) }, cookies.ann)).status).toBe(413);
    expect((await send('POST', `replays/${ids.ann}/give`, all, cookies.ann, off.url)).status).toBe(404);
    const player = await create(off.url, 'Ann');
    expect(await player.ask('replays', {})).toMatchObject({ ok: true, donations: false });
  });

  test('while the disk fails: a clear answer, and all of it once it works again', async () => {
    const { key } = await given(ids.ann, { data: true }, cookies.ann);
    // In place of the file, something that cannot be appended to.
    const file = at(dir, 'deleted.txt');
    const deleted = deletedIn(dir);
    rmSync(file);
    mkdirSync(file);
    const failed = await give(ids.ann, { ...NO_CHOICES, training: true }, cookies.ann);
    expect([failed.status, await failed.json()]).toEqual([503, { error: 'unavailable' }]);
    rmSync(file, { recursive: true });
    writeFileSync(file, `${deleted.join('\n')}\n`);
    const next = await given(ids.ann, { training: true }, cookies.ann);
    expect(deletedIn(dir)).toContain(key);
    expect(lineOf(next.key)).toMatchObject([{ training: true, data: false }]);
  });

  // The last one: it takes all that the address may ask for.
  test('is limited', async () => {
    const statuses = new Set<number>();
    for (let i = 0; i < 400 && !statuses.has(429); i++) statuses.add((await give('A'.repeat(22), NO_CHOICES)).status);
    expect(statuses).toContain(429);
  });
});
