/** The downloader against a server of the bucket's layout, in this process. */

import { existsSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { chosen, download } from '../../models/train/download.ts';

const drawing = (key: number, word = 'hot dog'): string =>
  `${JSON.stringify({
    word,
    key_id: String(key),
    recognized: true,
    drawing: [
      [
        [0, key % 256],
        [0, 255],
      ],
    ],
  })}\n`;
const file = (n: number): string => Array.from({ length: n }, (_, i) => drawing(i)).join('');

let body: string;
let sent: number;
let ranges: (string | undefined)[];
/** What the server does with the bytes of an answer; the default sends them all in pieces. */
let deliver: (response: ServerResponse, bytes: Buffer) => void;
const server = createServer((request: IncomingMessage, response) => {
  if (request.url !== '/full/simplified/hot%20dog.ndjson') {
    response.writeHead(404).end();
    return;
  }
  const range = request.headers.range;
  ranges.push(range);
  const all = Buffer.from(body);
  const from = Number(range?.match(/^bytes=(\d+)-$/)?.[1] ?? 0);
  if (range && from >= all.length) {
    response.writeHead(416).end();
    return;
  }
  response.writeHead(range ? 206 : 200, { 'content-length': all.length - from });
  deliver(response, all.subarray(from));
});

function slowly(response: ServerResponse, bytes: Buffer): void {
  function* pieces() {
    for (let at = 0; at < bytes.length; at += 4096) {
      const piece = bytes.subarray(at, at + 4096);
      sent += piece.length;
      yield piece;
    }
  }
  // A client that has enough hangs up, which is no fault of the server's.
  pipeline(Readable.from(pieces()), response).catch(() => {});
}

let dir: string;
let from: string;
const target = () => join(dir, 'simplified', 'hot dog.ndjson');
const fetchIt = (count: number) => download({ word: 'hot dog', format: 'simplified', count, dir, from });

beforeEach(async () => {
  [body, sent, ranges, deliver] = [file(50), 0, [], slowly];
  dir = mkdtempSync(join(tmpdir(), 'download-'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  from = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

test('stops reading when it has enough', async () => {
  body = file(200_000);
  expect(await fetchIt(30)).toBe(30);
  expect(readFileSync(target(), 'utf8')).toBe(file(30));
  expect(sent).toBeLessThan(body.length / 2);
  expect(existsSync(`${target()}.part`)).toBe(false);
});

test('takes all drawings if there are fewer, even without a final newline', async () => {
  body = file(7).trimEnd();
  expect(await fetchIt(1000)).toBe(7);
  expect(readFileSync(target(), 'utf8')).toBe(file(7));
});

test('downloads nothing twice', async () => {
  await fetchIt(20);
  expect(await fetchIt(10)).toBe(20);
  expect(ranges).toHaveLength(1);
});

test('downloads again if more are wanted than the file holds', async () => {
  await fetchIt(10);
  expect(await fetchIt(25)).toBe(25);
  expect(readFileSync(target(), 'utf8')).toBe(file(25));
});

test('an interrupted download leaves no file, and resumes', async () => {
  const part = () => readFileSync(`${target()}.part`, 'utf8');
  deliver = async (response, bytes) => {
    // Two whole drawings and a half.
    response.write(bytes.subarray(0, file(2).length + 20));
    await vi.waitFor(() => expect(part()).toBe(file(2)), 5000);
    response.destroy();
  };
  await expect(fetchIt(40)).rejects.toThrow(
    /hot%20dog\.ndjson: the download broke off .* run the same command again to continue/,
  );
  expect(existsSync(target())).toBe(false);
  expect(part()).toBe(file(2));
  deliver = slowly;
  expect(await fetchIt(40)).toBe(40);
  expect(ranges.at(-1)).toBe(`bytes=${file(2).length}-`);
  expect(readFileSync(target(), 'utf8')).toBe(file(40));
});

test('discards a half line that a killed process left', async () => {
  mkdirSync(join(dir, 'simplified'));
  writeFileSync(`${target()}.part`, `${file(3)}{"word":"hot d`);
  expect(await fetchIt(5)).toBe(5);
  expect(readFileSync(target(), 'utf8')).toBe(file(5));
});

test('accepts a part that is already complete', async () => {
  mkdirSync(join(dir, 'simplified'));
  writeFileSync(`${target()}.part`, body);
  expect(await fetchIt(1000)).toBe(50);
});

test.each([
  ['a broken line', `${drawing(0)}{"word":"hot dog"\n${drawing(1)}`, /hot%20dog\.ndjson:2: not a line of JSON/],
  ['an empty drawing', drawing(0) + drawing(1).replace(/"drawing":.*/, '"drawing":[]}'), /:2: an empty drawing/],
  ["another word's drawing", drawing(0) + drawing(1, 'cat'), /:2: a drawing of "cat"/],
])('names the line of %s, and does not count the file as complete', async (_, text, message) => {
  body = text;
  await expect(fetchIt(10)).rejects.toThrow(message);
  expect(existsSync(target())).toBe(false);
});

test('reports the server’s error', async () => {
  await expect(download({ word: 'cat', format: 'raw', count: 1, dir, from })).rejects.toThrow(
    /full\/raw\/cat\.ndjson: 404/,
  );
  await expect(download({ word: 'cat', format: 'raw', count: 1, dir, from: 'http://127.0.0.1:1' })).rejects.toThrow(
    /no answer/,
  );
  body = '';
  await expect(fetchIt(1)).rejects.toThrow(/no drawings/);
});

test.runIf(existsSync('/dev/full'))('names the file when the disk is full', async () => {
  mkdirSync(join(dir, 'simplified'));
  symlinkSync('/dev/full', `${target()}.part`);
  await expect(fetchIt(10)).rejects.toThrow(/hot dog\.ndjson\.part: ENOSPC/);
  expect(existsSync(target())).toBe(false);
});

test('names a folder that it cannot create', async () => {
  writeFileSync(join(dir, 'simplified'), '');
  await expect(fetchIt(10)).rejects.toThrow(/simplified.*(EEXIST|ENOTDIR)/);
});

test('knows the words', async () => {
  expect((await chosen(undefined)).words).toHaveLength(345);
  expect((await chosen('cat, hot dog')).words).toEqual(['cat', 'hot dog']);
  await expect(chosen('cat,hotdog')).rejects.toThrow('unknown words: hotdog');
});
