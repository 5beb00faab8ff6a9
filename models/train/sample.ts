/** The lab's drawings (`client/lab/sample/`) as a data set in Google's layout, for machines that have no other. */
import { existsSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { STEPS } from '../../shared/ink.ts';
import { TRAINING_DRAWINGS, unpackDrawing } from '../../shared/lab/sample.ts';
import { isLabWord, LAB_WORDS } from '../../shared/lab/words.ts';
import { readSample } from '../lab/samples.ts';
import type { Preset } from './config.ts';
import { DATA, type Folders, isHeldOut } from './dataset.ts';

const FOLDER = fileURLToPath(new URL('../../.cache/lab-sample', import.meta.url));

/**
 * The folders, with the lab's drawings in place of the default data set if that is missing. It announces that. Throws an Error if the
 * preset has words that the lab has not.
 */
export async function withSample(
  folders: Folders,
  preset: Preset,
  announce: (line: string) => void,
  usual = DATA,
): Promise<Folders> {
  if (folders.data !== usual || process.env.QUICKDRAW_DATA || existsSync(join(usual, 'categories.txt'))) return folders;
  const shown = relative(process.cwd(), usual);
  if (!preset.words?.every(isLabWord))
    throw new Error(
      `Preset ${preset.name} needs more drawings than ship with the game, and there are none in ${shown}. Download some ` +
        '(npm run data -- --per-class 400), or name their folder (--data DIR, or the setting QUICKDRAW_DATA).',
    );
  announce(
    `No data set in ${shown}: training with the lab's drawings, ${TRAINING_DRAWINGS} of each of ${LAB_WORDS.length} words.`,
  );
  return { ...folders, data: await writeSample() };
}

/** Writes the whole folder unless it is there, and returns it. Its validation split is that of the lab. */
async function writeSample(): Promise<string> {
  if (existsSync(FOLDER)) return FOLDER;
  const part = `${FOLDER}.${process.pid}`;
  await mkdir(join(part, 'simplified'), { recursive: true });
  await writeFile(join(part, 'categories.txt'), `${LAB_WORDS.join('\n')}\n`);
  // The files have no keys, and the key alone decides about the split: each drawing gets the next one that is on its side.
  let key = 0;
  const line = (word: string, packed: string, held: boolean) => {
    do key++;
    while (isHeldOut(String(key)) !== held);
    const drawing = unpackDrawing(packed).map((stroke) =>
      [0, 1].map((axis) => stroke.filter((_, i) => i % 2 === axis).map((at) => Math.round(at / STEPS))),
    );
    return `${JSON.stringify({ word, key_id: String(key), recognized: true, drawing })}\n`;
  };
  for (const word of LAB_WORDS) {
    const { training, validation } = await readSample(word);
    const lines = [
      ...training.map((each) => line(word, each, false)),
      ...validation.map((each) => line(word, each, true)),
    ];
    await writeFile(join(part, 'simplified', `${word}.ndjson`), lines.join(''));
  }
  await rename(part, FOLDER);
  return FOLDER;
}
