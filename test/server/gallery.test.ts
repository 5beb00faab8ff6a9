/** Galleries, reports and moderation over HTTP, on a real server; the last with the operator's own command. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rename, rm, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { openModeratedKeys, withModeratedKeys } from '../../server/storage/moderated-keys.ts';
import { keysIn } from '../../shared/donation.ts';
import { createSessions, newSession } from '../../server/edge/session.ts';
import { createReplayIds } from '../../server/room/replay-ids.ts';
import { unpackRecords } from '../../shared/gallery.ts';
import { decode } from '../../shared/record.ts';
import { readSample } from '../../shared/sample.ts';
import { saveReplay } from '../support/records.ts';
import { useServer } from '../support/server.ts';

const TOKEN = 'the operator of this server';
const dir = await mkdtemp(join(tmpdir(), 'doodle-gallery-'));
const server = useServer({ env: { OPERATOR_TOKEN: TOKEN, DATA_DIR: dir, TRUSTED_HOPS: '1' } });
afterAll(() => rm(dir, { recursive: true }));

const sampleFile = join(import.meta.dirname, '../../client/archive/gallery/sample.txt');
const sample = readSample(await readFile(sampleFile, 'utf8'));
const strokesOf = (word: string, n = 0) => sample.get(word)![n]!;

const get = (path: string, headers: Record<string, string> = {}) => fetch(`${server.url}/api/${path}`, { headers });
async function page(path: string) {
  const response = await get(path);
  expect(response.status).toBe(200);
  return unpackRecords(new Uint8Array(await response.arrayBuffer()));
}
const idsAt = async (path: string) => (await page(path)).replays.map(({ id }) => id);

const DAY_MS = 24 * 60 * 60_000;
/** The cookie of a session that began so many days ago. */
const visitor = (days: number) =>
  createSessions(server.backend.secret)
    .cookie(newSession(Date.now() - days * DAY_MS), false)
    .split(';')[0]!;
const report = (
  id: string,
  from: { cookie?: string; address?: string; origin?: string },
  body: object = { reason: 'indecent' },
) =>
  fetch(`${server.url}/api/replays/${id}/report`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      'X-Forwarded-For': from.address ?? '192.0.2.1',
      ...(from.cookie && { Cookie: from.cookie }),
      ...(from.origin && { Origin: from.origin }),
    },
    body: JSON.stringify(body),
  });

describe('a gallery', () => {
  test('has its words with covers, and pages of whole records, newest or fastest first', async () => {
    const { replays } = server.backend;
    const times = Array.from({ length: 30 }, (_, i) => (i === 7 ? null : 1000 + ((i * 7) % 30) * 100));
    const ids: string[] = [];
    for (const ms of times)
      ids.push(
        await saveReplay(replays, { word: 'cat', strokes: strokesOf('cat'), ms, thoughts: ['bear'] }, { passes: true }),
      );
    const bear = await saveReplay(replays, { word: 'bear', strokes: strokesOf('bear') }, { passes: true });
    const unlisted = await saveReplay(replays, { word: 'bear', strokes: strokesOf('bear') });
    const waiting = await saveReplay(replays, { word: 'bear', strokes: strokesOf('cat') }, { passes: false });
    const answer = await get('gallery');
    expect(await answer.json()).toEqual({
      words: expect.arrayContaining([
        ['cat', 30],
        ['bear', 1],
      ]),
    });
    expect(answer.headers.get('x-robots-tag')).toBe('noindex');
    const first = await page('gallery/cat');
    expect(first.replays.map(({ id }) => id)).toEqual(ids.slice(6).reverse());
    expect(await idsAt(`gallery/cat?after=${first.next}`)).toEqual(ids.slice(0, 6).reverse());
    const { word, verdict, history } = decode(inflateSync(first.replays[0]!.record));
    expect({ word, verdict }).toMatchObject({ word: 'cat', verdict: { at: times.at(-1) } });
    expect(history.filter((event) => 'points' in event).map(({ points }) => points)).toEqual(strokesOf('cat'));
    const fastest = await page('gallery/cat?sort=fastest');
    const rest = await page(`gallery/cat?sort=fastest&after=${fastest.next}`);
    const order = [...fastest.replays, ...rest.replays].map(({ id }) => times[ids.indexOf(id)] ?? Infinity);
    expect(order).toHaveLength(30);
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    const bears = await idsAt('gallery/bear');
    expect(bears).toEqual([bear]);
    for (const id of [unlisted, waiting]) expect(bears).not.toContain(id);
    expect(await idsAt('gallery-covers?word=cat&word=bear&word=nothing')).toEqual([ids[29], bear]);
    // What has not changed is not sent again.
    const tag = (await get('gallery/cat')).headers.get('etag')!;
    const again = { 'If-None-Match': tag, 'Cache-Control': 'max-age=0' };
    expect((await get('gallery/cat', again)).status).toBe(304);
    await server.backend.replays.moderate(ids[29]!, 'hide');
    expect((await get('gallery/cat', again)).status).toBe(200);
    expect(await idsAt('gallery/cat')).not.toContain(ids[29]);
  });

  test('refuses what it does not understand', async () => {
    expect((await get('gallery/nothing')).status).toBe(404);
    for (const query of ['sort=best', 'after=-1', 'after=x', 'after=1&after=2'])
      expect((await get(`gallery/cat?${query}`)).status).toBe(400);
    expect((await get('gallery-covers')).status).toBe(400);
    expect((await get(`gallery-covers?${'word=cat&'.repeat(25)}`)).status).toBe(400);
  });
});

describe('a report', () => {
  test('counts once for a visitor, and once for all new visitors of an address', async () => {
    const { replays } = server.backend;
    const id = await saveReplay(replays, { word: 'dog', strokes: strokesOf('dog') }, { passes: true });
    const reports = async () => (await replays.inspect(id))!.reports.length;
    const old = visitor(3);
    for (let i = 0; i < 3; i++) expect((await report(id, { cookie: old, address: `192.0.2.${i}` })).status).toBe(200);
    expect(await reports()).toBe(1);
    for (let i = 0; i < 5; i++) expect((await report(id, { cookie: visitor(0) })).status).toBe(200);
    expect(await reports()).toBe(2);
    expect((await get(`replays/${id}`)).status).toBe(200);
    // The third hides it, everywhere and at once; its drawer, too, can only delete it.
    expect((await report(id, { cookie: visitor(5) }, { reason: 'other' })).status).toBe(200);
    expect((await get(`replays/${id}`)).status).toBe(404);
    expect(await idsAt('gallery/dog')).toEqual([]);
    expect(await idsAt('gallery-covers?word=dog')).toEqual([]);
    expect((await report(id, { cookie: visitor(6) })).status).toBe(404);
  });

  test('is refused without a session, from another site, without a known reason, and beyond the limit', async () => {
    const id = await saveReplay(server.backend.replays, { word: 'dog', strokes: strokesOf('dog') }, { passes: true });
    const cookie = visitor(2);
    expect((await report(id, {})).status).toBe(403);
    expect((await report(id, { cookie: 'session=made-up.signature' })).status).toBe(403);
    expect((await report(id, { cookie, origin: 'https://elsewhere.example' })).status).toBe(403);
    for (const body of [{}, { reason: 'ugly' }, { reason: 'x'.repeat(600) }])
      expect((await report(id, { cookie }, body)).status).toBe(400);
    expect((await report(id, { cookie }, { reason: 'x'.repeat(2000) })).status).toBe(413);
    expect((await report('A'.repeat(22), { cookie })).status).toBe(404);
    const flood = await Promise.all(Array.from({ length: 30 }, () => report(id, { cookie })));
    expect(flood.filter(({ status }) => status === 429).length).toBeGreaterThanOrEqual(10);
    expect((await server.backend.replays.inspect(id))!.reports).toEqual(['indecent']);
  });

  test('does not keep its drawer from deleting it', async () => {
    const session = newSession();
    const cookie = createSessions(server.backend.secret).cookie(session, false).split(';')[0]!;
    const owner = createReplayIds(server.backend.secret).ownerOf(session);
    const id = await saveReplay(
      server.backend.replays,
      { word: 'dog', strokes: strokesOf('dog') },
      { owner, passes: true },
    );
    await server.backend.replays.moderate(id, 'hide');
    expect((await get(`replays/${id}`, { Cookie: cookie })).status).toBe(404);
    const remove = (headers: Record<string, string>) =>
      fetch(`${server.url}/api/replays/${id}`, { method: 'DELETE', headers });
    expect((await remove({})).status).toBe(403);
    expect((await remove({ Cookie: cookie })).status).toBe(200);
    expect(await server.backend.replays.inspect(id)).toBeNull();
  });
});

/** Ids are random: some start with hyphens. */
const ID_LIKE_OPTIONS = '--server_out_and-more-';

describe('the operator', () => {
  const moderate = (args: string[], token = TOKEN) =>
    new Promise<{ code: number; text: string }>((done) => {
      const command = ['--import', 'tsx', 'server/moderate.ts', ...args, '--server', server.url, '--out', dir];
      const env = { ...process.env, OPERATOR_TOKEN: token };
      execFile(process.execPath, command, { env }, (error, stdout, stderr) =>
        done({ code: error ? 1 : 0, text: stdout + stderr }),
      );
    });

  test('reviews, hides, shows again, approves and deletes', { timeout: 60_000 }, async () => {
    const { replays } = server.backend;
    const drawn = { word: 'owl', strokes: strokesOf('owl'), thoughts: ['cat', 'angel'], nick: 'Ann' };
    const id = await saveReplay(replays, drawn, { id: ID_LIKE_OPTIONS, passes: true });
    const waiting = await saveReplay(replays, { ...drawn, strokes: strokesOf('cat') }, { passes: false });
    for (const reporter of ['a', 'b', 'c']) await replays.report(id, reporter, reporter === 'a' ? 'other' : 'hateful');
    const list = (await moderate(['list'])).text;
    expect(list).toContain(`${id}  gallery of "owl"; reported: 1 other, 2 hateful; hidden by reports`);
    expect(list).toContain(`${waiting}  gallery of "owl"; does not read as the word`);
    const { text } = await moderate(['show', id]);
    expect(text).toMatch(
      /word {6}owl\nverdict {3}"owl" after 4\.0 s\ntaken for cat, angel\ndrawn {5}\d{4}-\d\d-\d\d, on a page in en\nname {6}"Ann"/,
    );
    const picture = await readFile(join(dir, `${id}.svg`), 'utf8');
    for (const stroke of drawn.strokes) expect(picture).toContain(`<polyline points="${stroke.join(' ')}"/>`);
    expect((await moderate(['unhide', id])).text).toBe('Done.\n');
    expect((await moderate(['approve', waiting])).text).toBe('Done.\n');
    expect((await moderate(['word', 'owl'])).text.trim().split('\n').sort()).toEqual([id, waiting].sort());
    await moderate(['hide', id]);
    expect((await get(`replays/${id}`)).status).toBe(404);
    const left = (await moderate(['list'])).text;
    for (const each of [id, waiting]) expect(left).not.toContain(each);
    expect((await moderate(['list', 'all'])).text).toContain(`${id}  gallery of "owl"; hidden by you`);
    expect((await moderate(['delete', id])).text).toBe('Done.\n');
    expect(await moderate(['unhide', id])).toEqual({ code: 1, text: 'There is no such drawing any more.\n' });
  });

  test('hides donated drawings by their key', { timeout: 30_000 }, async () => {
    const file = join(dir, 'hidden.txt');
    for (const key of ['6384480149307392', '17', '6384480149307392']) await moderate(['hide-key', key]);
    expect(await readFile(file, 'utf8')).toBe('6384480149307392\n17\n');
    await moderate(['unhide-key', '6384480149307392']);
    expect([...keysIn(await readFile(file, 'utf8'))]).toEqual(['17']);
    expect(await moderate(['hide-key', '../x'])).toMatchObject({ code: 1 });
    await moderate(['approve-key', '17']);
    expect([...keysIn(await readFile(file, 'utf8'))]).toEqual([]);
    expect([...keysIn(await readFile(join(dir, 'approved.txt'), 'utf8'))]).toEqual(['17']);
    await moderate(['hide-key', '17']);
    expect([...keysIn(await readFile(join(dir, 'approved.txt'), 'utf8'))]).toEqual([]);
  });

  test('hides the donated drawing together with its replay, and so do reports', { timeout: 60_000 }, async () => {
    const { replays } = server.backend;
    const hidden = async () => [...keysIn(await readFile(join(dir, 'hidden.txt'), 'utf8'))];
    const give = async (key: string) => {
      const id = await saveReplay(replays, { word: 'owl', strokes: strokesOf('owl') }, { passes: true });
      const choices = { gallery: true, data: true, training: false };
      await replays.setGift(id, null, { key, word: 'owl', date: '2026-11-28', choices, passes: true, isWritten: true });
      return id;
    };
    const id = await give('4711');
    await moderate(['hide', id]);
    expect(await hidden()).toContain('4711');
    await moderate(['unhide', id]);
    expect(await hidden()).not.toContain('4711');
    await moderate(['delete', id]);
    expect(await hidden()).toContain('4711');

    const reported = withModeratedKeys(replays, openModeratedKeys(dir));
    const other = await give('4712');
    for (const reporter of ['a', 'b']) await reported.report(other, reporter, 'other');
    expect(await hidden()).not.toContain('4712');
    await reported.report(other, 'c', 'other');
    expect(await hidden()).toContain('4712');

    // The list cannot be written at first.
    const third = await give('4715');
    const file = join(dir, 'hidden.txt');
    await rename(file, `${file}.away`);
    await mkdir(file);
    for (const reporter of ['a', 'b']) await reported.report(third, reporter, 'other');
    await expect(reported.report(third, 'c', 'other')).rejects.toThrow();
    await rmdir(file);
    await rename(`${file}.away`, file);
    await reported.report(third, 'c', 'other');
    expect(await hidden()).toContain('4715');
  });

  test('hides the replay together with the donated drawing, and shows its key', {
    timeout: 60_000,
  }, async () => {
    const { replays } = server.backend;
    const word = 'snail';
    const id = await saveReplay(replays, { word, strokes: strokesOf(word) }, { passes: true });
    const choices = { gallery: true, data: true, training: false };
    await replays.setGift(id, null, { key: '4716', word, date: '2026-11-28', choices, passes: true, isWritten: true });
    expect((await moderate(['show', id, '--out', dir])).text).toContain('key       4716');
    const shown = async () => (await replays.listed(word, { sort: 'newest', limit: 9 })).replays.map((each) => each.id);
    const hidden = async () => [...keysIn(await readFile(join(dir, 'hidden.txt'), 'utf8'))];
    await moderate(['hide-key', '4716']);
    expect(await shown()).not.toContain(id);
    expect(await replays.read(id)).toBeNull();
    expect(await hidden()).toContain('4716');
    await moderate(['unhide-key', '4716']);
    expect(await shown()).toContain(id);
    expect(await hidden()).not.toContain('4716');
  });

  test('lists the oldest case, however many others there are', { timeout: 60_000 }, async () => {
    const { replays } = server.backend;
    const strokes = strokesOf('owl');
    const oldest = await saveReplay(replays, { word: 'owl', strokes }, { passes: false });
    await new Promise((done) => setTimeout(done, 5));
    for (let i = 0; i < 1001; i++) {
      const id = await saveReplay(replays, { word: 'owl', strokes }, { passes: false });
      await replays.moderate(id, 'approve');
    }
    const { text } = await moderate(['list']);
    expect(text).toContain(oldest);
    expect((await moderate(['list', 'all'])).text.split('\n').length).toBeGreaterThan(1002);
  });

  test('approves the donated drawing together with its replay, and takes that back', { timeout: 60_000 }, async () => {
    const { replays } = server.backend;
    const keys = async (name: string) => [...keysIn(await readFile(join(dir, name), 'utf8'))];
    const strokes = strokesOf('cat');
    const choices = { gallery: false, data: true, training: false };
    const gift = { key: '4713', word: 'owl', date: '2026-11-28', choices, passes: false, isWritten: true };
    const id = await saveReplay(replays, { word: 'owl', strokes });
    await replays.setGift(id, null, gift);
    expect((await moderate(['list'])).text).toContain(`${id}  in no gallery; does not read as the word`);
    await moderate(['approve', id]);
    expect((await moderate(['list'])).text).not.toContain(id);
    expect(await keys('approved.txt')).toContain('4713');
    await moderate(['unhide', id]);
    expect(await keys('approved.txt')).not.toContain('4713');
    expect((await moderate(['list'])).text).toContain(id);
    await moderate(['approve', id]);
    // Given again with other choices, under another key.
    const moderated = withModeratedKeys(replays, openModeratedKeys(dir));
    const again = { ...gift, key: '4714', isWritten: false };
    expect(await moderated.setGift(id, gift, again)).toBe(true);
    expect(await keys('approved.txt')).toContain('4714');
    await moderate(['hide', id]);
    expect(await keys('approved.txt')).not.toContain('4714');
    expect(await keys('hidden.txt')).toContain('4714');
  });

  test('needs the token', async () => {
    expect(await moderate(['list'], 'another token, as long')).toEqual({
      code: 1,
      text: 'The server has another OPERATOR_TOKEN.\n',
    });
    for (const token of ['', TOKEN.slice(1), `${TOKEN}x`])
      for (const path of ['cases', 'words/owl', `replays/${'A'.repeat(22)}`, 'keys/17'])
        expect((await get(`moderation/${path}`, token ? { Authorization: `Bearer ${token}` } : {})).status).toBe(401);
  });
});
