/**
 * `npm run simulate:donations -- --out DATA_DIR`: players who give drawings away, to try the export and the training on them. The
 * drawings are raw ones of Quick, Draw!; the recognizer guesses at them as in a race.
 *
 *   --data DIR      the folder with raw/ (default: QUICKDRAW_DATA, else ../shared/quickdraw)
 *   --drawings N    evenly over the words (default: all)
 *   --words A,B     only these
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readFolder } from '../models/evaluation.ts';
import { progressBar } from '../models/output.ts';
import { spread } from '../models/play.ts';
import { DATA } from '../models/train/dataset.ts';
import { startRecognizer } from '../server/inference/thread.ts';
import { chance } from '../test/support/chance.ts';
import { donationOf, writeDonations } from '../test/support/donations.ts';

const { values } = parseArgs({
  options: {
    out: { type: 'string' },
    data: { type: 'string', default: DATA },
    drawings: { type: 'string', default: 'Infinity' },
    words: { type: 'string' },
  },
});
if (!values.out) throw new Error('Name a folder to write: npm run simulate:donations -- --out DATA_DIR');

const recognizer = await startRecognizer();
const names = recognizer.words.words.map(({ word }) => word);
const wanted = values.words?.split(',');
const all = (await readFolder(join(values.data, 'raw'), names, 'all')).filter(
  ({ word }) => !wanted || wanted.includes(word),
);
const drawings = spread(all, Number(values.drawings));
const { next, pick } = chance(1);
const progress = progressBar();
let passed = 0;
for (const [i, drawing] of drawings.entries()) {
  // Four in five allow each use.
  const choices = { gallery: next() < 0.8, data: next() < 0.8, training: next() < 0.8 };
  const day = `2026-11-${String(1 + Math.floor((28 * i) / drawings.length)).padStart(2, '0')}`;
  const donation = await donationOf(
    recognizer,
    drawing,
    choices,
    day,
    pick(['ar', 'de', 'en', 'es', 'fr', 'ja', 'pt', 'zh']),
  );
  if (donation.passes) passed++;
  writeDonations(values.out, [donation], pick(['a', 'b']));
  progress(i + 1, drawings.length);
}
await recognizer.close();
console.log(`${values.out}: ${drawings.length} donated drawings, of which ${passed} pass the gate`);
