/** What those get who show a link to a replay: the tags of its page, read without scripts, and its picture. */
import { createHook } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { request as plain } from 'node:http';
import type { AddressInfo } from 'node:net';
import { deflateSync } from 'node:zlib';
import express from 'express';
import { PNG } from 'pngjs';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Artist } from '../../server/cards/artist.ts';
import { createArtist, CARDS_AT_ONCE, MAX_WAITING } from '../../server/cards/artist.ts';
import { readFonts } from '../../server/cards/fonts.ts';
import { drawingPicture } from '../../server/cards/picture.ts';
import { cardLanguages, cardTexts, descriptionOf, tagline, titleOf } from '../../server/cards/texts.ts';
import { cardApi } from '../../server/edge/cards.ts';
import { createLog } from '../../server/log.ts';
import { CARDS_DIR } from '../../server/paths.ts';
import type { Record } from '../../shared/record.ts';
import { encode } from '../../shared/record.ts';
import { rawDrawing } from '../support/quickdraw.ts';
import { recordOf } from '../../models/recording.ts';
import { secondsIn } from '../support/records.ts';
import { useServer } from '../support/server.ts';

const server = useServer({ env: { BASE_PATH: '/derby', TRUSTED_HOPS: '1' } });
const compressed = (record: Record) => deflateSync(encode(record));
const newId = () => randomBytes(16).toString('base64url');

let record: Record;
async function saved(more: Partial<Record> = {}): Promise<string> {
  const id = newId();
  await server.replays.save({
    id,
    code: 'ABCDE',
    owner: null,
    word: 'crocodile',
    ms: null,
    record: compressed({ ...record, ...more }),
  });
  return id;
}
/** From an address of its own, so that the limits of one test do not meet another. */
let visitors = 0;
const from = () => ({ 'X-Forwarded-For': `10.1.0.${++visitors}` });
const card = (id: string, query = '', headers: { [name: string]: string } = from()) =>
  fetch(`${server.url}/derby/api/replays/${id}/card.png${query}`, { headers });

/** The page as a program gets it; `fetch` does not let us say which host is asked. */
function pageOf(path: string, headers: { [name: string]: string } = {}): Promise<{ [property: string]: string }> {
  return new Promise((resolve, reject) => {
    plain(`${server.url}${path}`, { headers: { Accept: 'text/html', ...from(), ...headers } }, async (response) => {
      let page = '';
      for await (const part of response.setEncoding('utf8')) page += part;
      const tags = [...page.matchAll(/<meta (?:property|name)="([^"]+)" content="([^"]*)" \/>/g)];
      const title = /<title>(.*)<\/title>/.exec(page)?.[1] ?? '';
      resolve({ page, title, ...Object.fromEntries(tags.map(([, name, content]) => [name!, content!])) });
    })
      .once('error', reject)
      .end();
  });
}

/** Pixels that are not of the given ground. */
const inkIn = ({ data, width }: PNG, [x, y, wide, high]: number[]) => {
  let count = 0;
  const ground = (y! * width + x!) * 4;
  for (let row = y!; row < y! + high!; row++)
    for (let column = x!; column < x! + wide!; column++) {
      const at = (row * width + column) * 4;
      if ([0, 1, 2].some((part) => Math.abs(data[at + part]! - data[ground + part]!) > 60)) count++;
    }
  return count;
};

beforeAll(async () => {
  record = await recordOf(server.recognizer, rawDrawing('crocodile'));
});

describe('the page of a replay, read without scripts,', () => {
  test('names its picture by an address that works elsewhere, and the drawing in the reader’s language', async () => {
    const id = await saved();
    const page = await pageOf(`/derby/replay/${id}`, { Host: 'a.example:8080', 'Accept-Language': 'de-AT,en;q=0.5' });
    expect(page).toMatchObject({
      'og:url': `http://a.example:8080/derby/replay/${id}`,
      'og:image': `http://a.example:8080/derby/api/replays/${id}/card.png?lang=de`,
      'og:image:width': '1200',
      'og:image:height': '630',
      'og:title': 'Krokodil',
      title: 'Krokodil · Doodle Derby',
      'twitter:card': 'summary_large_image',
    });
    const [, seconds, seen] = /^Nach (\d,\d)\ss hatte ich’s · Unterwegs sah ich: (.+?) · /.exec(
      page['og:description']!,
    )!;
    expect(seconds).toBe(secondsIn('de', record.verdict!.at));
    const guessed = record.history.flatMap((event) => ('guesses' in event ? (event.guesses.top[0]?.[0] ?? []) : []));
    const german = JSON.parse(readFileSync('client/words/de.json', 'utf8'));
    expect(guessed.map((word) => german[word])).toEqual(expect.arrayContaining(seen!.split(/, | und /)));
    expect(page.description).toBe(page['og:description']);
    const arabic = await pageOf(`/derby/replay/${id}?lang=ar`, { 'Accept-Language': 'de' });
    expect(arabic['og:title']).toBe('تمساح');
    expect((await pageOf(`/derby/replay/${id}`, { 'Accept-Language': 'tlh' }))['og:title']).toBe('crocodile');
  });

  test('believes the proxy in front', async () => {
    const id = await saved();
    const forwarded = { Host: 'inside:3000', 'X-Forwarded-Proto': 'https', 'X-Forwarded-Host': 'derby.example' };
    expect((await pageOf(`/derby/replay/${id}`, forwarded))['og:image']).toMatch(
      `https://derby.example/derby/api/replays/${id}/card.png`,
    );
    const broken = { Host: 'a.example', 'X-Forwarded-Host': '"><script>alert(1)</script>' };
    const { page } = await pageOf(`/derby/replay/${id}`, broken);
    expect(page).toContain('<title>Doodle Derby</title>');
    expect(page).not.toContain('alert(1)');
  });

  test('has a name only if the record has one, and escapes it', async () => {
    const named = await pageOf(`/derby/replay/${await saved({ nick: '"><script>&\'$&' })}`);
    expect(named['og:title']).toBe('crocodile, drawn by &#34;&#62;&#60;script&#62;&#38;&#39;$&#38;');
    expect(named.page).not.toContain('"><script>&');
    expect((await pageOf(`/derby/replay/${await saved()}`))['og:title']).toBe('crocodile');
  });

  test('of a challenge names who made it, and no word', async () => {
    const id = newId();
    const rounds = [{ word: 'crocodile', replay: newId(), at: 4000 }];
    const challenger = { nick: '"><b>Zoë', mark: 0 };
    await server.backend.challenges.save({ id, owner: 'x', seconds: 20, rounds, ...challenger });
    const page = await pageOf(`/derby/beat/${id}`, { Host: 'a.example', 'Accept-Language': 'de' });
    expect(page).toMatchObject({
      'og:title': 'Zeichnest du schneller als &#34;&#62;&#60;b&#62;Zoë?',
      'og:description': tagline('de'),
      'og:url': `http://a.example/derby/beat/${id}`,
      'og:image': 'http://a.example/derby/api/card.png?lang=de',
    });
    expect(page.page).not.toMatch(/crocodile|Krokodil|"><b>/);
  });

  test('that is gone, and every other page, shows the game itself', async () => {
    for (const path of ['', `replay/${newId()}`, 'r/ABCDE', 'replay/<script>', `beat/${newId()}`]) {
      const page = await pageOf(`/derby/${path}`, { Host: 'a.example', 'Accept-Language': 'fr' });
      expect(page['og:image']).toBe('http://a.example/derby/api/card.png?lang=fr');
      expect(page['og:description']).toBe(tagline('fr'));
      expect(page.title).toBe('Doodle Derby');
    }
  });
});

describe('the picture', () => {
  test('has the drawing, and texts in the language of the address; other sites may show it', async () => {
    const id = await saved({ nick: 'Ann' });
    const answer = await card(id, '?lang=de');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('image/png');
    expect(answer.headers.get('cross-origin-resource-policy')).toBe('cross-origin');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('x-robots-tag')).toBe('noindex');
    const png = Buffer.from(await answer.arrayBuffer());
    expect(png.length).toBeLessThan(150_000);
    const image = PNG.sync.read(png);
    expect([image.width, image.height]).toEqual([1200, 630]);
    expect(inkIn(image, [60, 60, 500, 500])).toBeGreaterThan(3_000);
    for (const line of [
      [630, 30, 560, 50], // the game's name
      [630, 100, 560, 90], // the word
      [630, 200, 560, 45], // the drawer
      [630, 262, 560, 60], // the verdict
      [630, 400, 560, 190], // the guesses
    ])
      expect(inkIn(image, line), `${line}`).toBeGreaterThan(300);
    const nameless = PNG.sync.read(Buffer.from(await (await card(await saved(), '?lang=de')).arrayBuffer()));
    expect(inkIn(nameless, [630, 205, 560, 15])).toBeLessThan(inkIn(image, [630, 205, 560, 25]));
    // The game's own, for every other link.
    const site = await fetch(`${server.url}/derby/api/card.png?lang=ja`, { headers: from() });
    expect(inkIn(PNG.sync.read(Buffer.from(await site.arrayBuffer())), [630, 170, 560, 200])).toBeGreaterThan(3_000);
    expect(site.headers.get('cross-origin-resource-policy')).toBe('cross-origin');
    expect(site.headers.get('x-robots-tag')).toBe(null);
    const elsewhere = await fetch(`${server.url}/derby/api/replays/${id}`, { headers: from() });
    expect(elsewhere.headers.get('cross-origin-resource-policy')).toBe('same-origin');
  });

  test('leaves out a name that no font can write, and nothing else of it', async () => {
    const fonts = readFonts(CARDS_DIR, 'en');
    const svgOf = (nick: string) => drawingPicture({ ...record, nick }, 'en', fonts);
    expect(svgOf('Ann ☃')).toBe(svgOf(''));
    expect(svgOf('Zoë Łukasz')).not.toBe(svgOf(''));
    for (const nick of ['<script>alert(1)</script>', 'a&b', '\u0001\ud800x', 'ليلى', 'さくら']) {
      expect(svgOf(nick)).not.toContain('<script');
      expect(fonts.draw(svgOf(nick)).length).toBeGreaterThan(5_000);
    }
  });

  test('is drawn once, again if the record changes, and goes with its replay', async () => {
    const drawn: string[] = [];
    const artist: Artist = {
      async draw({ language }) {
        drawn.push(language);
        return Buffer.from(`${drawn.length}`);
      },
      close: async () => {},
    };
    const { replays } = server;
    const connections = { asker: () => ({ allows: () => true }) } as unknown as Parameters<
      typeof cardApi
    >[0]['connections'];
    const web = express()
      .use(cardApi({ replays, artist, connections, log: createLog('error') }))
      .delete('/api/replays/:id', async (request, response) => {
        await replays.remove(request.params.id);
        response.json({});
      });
    const listening = web.listen(0);
    const id = await saved();
    const at = `http://127.0.0.1:${(listening.address() as AddressInfo).port}/api/replays/${id}`;
    const got = async (query = '') => (await fetch(`${at}/card.png${query}`)).text();
    expect(await Promise.all([got(), got(), got()])).toEqual(['1', '1', '1']);
    // Whoever keeps it has to ask whether it is still shown.
    const { headers: kept } = await fetch(`${at}/card.png`);
    expect(kept.get('cache-control')).toBe('no-cache');
    const asked = { headers: { 'If-None-Match': kept.get('etag')!, 'Cache-Control': 'max-age=0' } };
    expect((await fetch(`${at}/card.png`, asked)).status).toBe(304);
    expect(await got('?lang=ja')).toBe('2');
    await replays.keep(id, compressed({ ...record, nick: 'Ann' }));
    expect([await got(), await got(), await got('?lang=ja')]).toEqual(['3', '3', '4']);
    await fetch(at, { method: 'DELETE' });
    expect((await fetch(`${at}/card.png`)).status).toBe(404);
    // Nothing of it was left in the cache.
    await replays.save({
      id,
      code: 'ABCDE',
      owner: null,
      word: 'crocodile',
      ms: null,
      record: compressed({ ...record, nick: 'Ann' }),
    });
    expect(await got()).toBe('5');
    expect(drawn).toEqual(['en', 'ja', 'en', 'ja', 'en']);
    listening.close();
  });

  test('that cannot be there gets a clear answer, and so does whoever asks too often', async () => {
    for (const id of [newId(), 'short', '..%2f..%2fetc']) {
      const answer = await card(id);
      expect(answer.status).toBe(404);
      expect(answer.headers.get('x-robots-tag')).toBe('noindex');
    }
    const id = await saved();
    const one = from();
    const answers = await Promise.all(Array.from({ length: 90 }, () => card(id, '', one)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 429]));
    expect((await card(id)).status).toBe(200);
  });

  test('is one of a few at once; beyond those that may wait, the server says when to come back', async () => {
    const ids = await Promise.all(Array.from({ length: CARDS_AT_ONCE + MAX_WAITING + 10 }, () => saved()));
    const answers = await Promise.all(ids.map((id) => card(id)));
    const busy = answers.filter(({ status }) => status === 503);
    expect(busy.length).toBeGreaterThan(0);
    expect(busy[0]!.headers.get('retry-after')).toBe('2');
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(CARDS_AT_ONCE + MAX_WAITING);
    // A moment later there is room again.
    expect((await card(ids.at(-1)!)).status).toBe(200);
  });

  test('is drawn by as few threads as are allowed, and one of something that is no record fails alone', async () => {
    let threads = 0;
    const hook = createHook({ init: (_, type) => void (type === 'WORKER' && threads++) }).enable();
    const artist = createArtist();
    const good = { record: compressed(record), language: 'en' };
    const bad = { record: deflateSync(Buffer.from([9, 9, 9])), language: 'en' };
    await Promise.all(Array.from({ length: 6 }, () => artist.draw(good)));
    expect(threads).toBe(CARDS_AT_ONCE);
    hook.disable();
    const drawn = await Promise.allSettled([good, bad, good, bad, good].map((job) => artist.draw(job)));
    expect(drawn.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected', 'fulfilled']);
    await artist.close();
    await expect(artist.draw(good)).rejects.toThrow();
  });
});

test.each(['en', 'de', 'fr', 'es', 'pt', 'ja', 'zh', 'ar'])('in %s no letter of a card is missing', (language) => {
  expect(cardLanguages()).toContain(language);
  const { missing, line } = readFonts(CARDS_DIR, language);
  const { name } = cardTexts(record, language);
  const words = server.recognizer.words.words.map(({ word }) => name(word));
  const recognized = { ...record, nick: 'Ann' };
  const texts = [recognized, { ...recognized, verdict: null }, { ...recognized, verdict: null, history: [] }].flatMap(
    (each) => [cardTexts(each, language).verdict, titleOf(each, language), descriptionOf(each, language)],
  );
  const all = ['Doodle Derby', tagline(language), ...words, ...texts];
  expect(all.filter((text) => missing(text).length > 0)).toEqual([]);
  // Not only boxes: each letter has a width, and in bold, too.
  for (const text of words) expect(line(text, 40, true).width, text).toBeGreaterThan(10);
});
