/** The card worker: a record in, a PNG out. It draws in a thread of its own, and only while nobody else needs the processor. */
// First: what the other modules load takes time, too.
import './priority.ts';
import { parentPort } from 'node:worker_threads';
import { inflateSync } from 'node:zlib';
import { decode, RECORD_LIMIT } from '../../shared/record.ts';
import { CARDS_DIR } from '../paths.ts';
import type { Fonts } from './fonts.ts';
import { readFonts } from './fonts.ts';
import { drawingPicture, sitePicture } from './picture.ts';

/** To the worker. Without a record: the picture of the game itself. */
export interface Job {
  /** Compressed as zlib does. */
  record: Uint8Array | null;
  language: string;
}
export type Report = { png: Uint8Array<ArrayBuffer> } | { error: string };

const fonts = new Map<string, Fonts>();
function fontsFor(language: string): Fonts {
  if (!fonts.has(language)) fonts.set(language, readFonts(CARDS_DIR, language));
  return fonts.get(language)!;
}

function draw({ record, language }: Job): Uint8Array<ArrayBuffer> {
  const all = fontsFor(language);
  const svg = record
    ? drawingPicture(decode(inflateSync(record, { maxOutputLength: RECORD_LIMIT })), language, all)
    : sitePicture(language, all);
  return Uint8Array.from(all.draw(svg));
}

const port = parentPort!;
port.on('message', (job: Job) => {
  try {
    const png = draw(job);
    port.postMessage({ png } satisfies Report, [png.buffer]);
  } catch (error) {
    port.postMessage({ error: (error as Error).message } satisfies Report);
  }
});
