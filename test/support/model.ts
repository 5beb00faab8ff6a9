/** The shipped network in a folder of its own, with words.json that asks only for words it knows: the MODEL_DIR of real processes. */
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { SHIPPED } from '../../server/inference/model.ts';
import { startRecognizer } from '../../server/inference/thread.ts';
import type { Words } from '../../shared/verdict.ts';
import { knownWords } from './known.ts';

const dir = mkdtempSync(join(tmpdir(), 'doodle-model-'));
afterAll(() => rmSync(dir, { recursive: true }));

for (const file of ['model.json', 'weights.bin']) symlinkSync(join(SHIPPED, file), join(dir, file));
const shipped: Words = JSON.parse(readFileSync(join(SHIPPED, 'words.json'), 'utf8'));
const recognizer = await startRecognizer();
const prompts = await knownWords(recognizer);
await recognizer.close();
const words = shipped.words.map((each) => ({ ...each, prompt: prompts.includes(each.word) }));
writeFileSync(join(dir, 'words.json'), JSON.stringify({ ...shipped, words }));

/** For the environment of a process; gone after the file's tests. */
export const known = { MODEL_DIR: dir };
