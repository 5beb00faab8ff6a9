/**
 * `npm run bench:cards -- [--data DIR] [--n N] [--save DIR]`: how large the GIFs of real drawings are, and how long they take in
 * Node, which paints the same pixels as a browser. Letters are painted before the time begins, as on the page. `--save` keeps the
 * first ten, and the SVGs.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { animatedSvg } from '../client/archive/cards/animation.ts';
import { framesOf } from '../client/archive/cards/frames.ts';
import { gifOf } from '../client/archive/cards/gif.ts';
import { progressBar } from '../models/output.ts';
import { DATA, drawingFiles, readDrawings } from '../models/train/dataset.ts';
import { startRecognizer } from '../server/inference/thread.ts';
import { paced } from '../shared/pace.ts';
import { lettered, paintedLabels, textsOf } from '../test/support/labels.ts';
import { recordOf } from '../models/recording.ts';

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: join(DATA, 'raw') },
    n: { type: 'string', default: '690' },
    save: { type: 'string' },
  },
});
const SAVED = 10;

const recognizer = await startRecognizer();
const files = await drawingFiles(values.data);
const each = Math.max(1, Math.round(Number(values.n) / files.length));
const progress = progressBar();
const all: { kB: number; ms: number; frames: number; seconds: number }[] = [];
if (values.save) mkdirSync(values.save, { recursive: true });
for (const file of files) {
  let n = 0;
  for await (const drawing of readDrawings(file)) {
    if (n++ >= each) break;
    const record = await recordOf(recognizer, drawing);
    const texts = textsOf(record);
    const labels = paintedLabels(record, texts);
    const began = performance.now();
    const making = gifOf(framesOf(record, labels, false));
    let frames = 0;
    let step = making.next();
    for (; !step.done; step = making.next()) frames = step.value;
    const ms = performance.now() - began;
    if (values.save && all.length < SAVED) {
      const svg = animatedSvg(record, texts, lettered(record, texts), '');
      for (const [kind, file] of Object.entries({ gif: step.value, svg }))
        writeFileSync(join(values.save, `${drawing.word}.${kind}`), file);
    }
    all.push({ kB: step.value.length / 1000, ms, frames, seconds: paced(record).length / 1000 });
    progress(all.length, files.length * each);
  }
}
await recognizer.close();

const quantile = (key: keyof (typeof all)[number], share: number) =>
  all.map((one) => one[key]).sort((a, b) => a - b)[Math.floor((all.length - 1) * share)]!;
console.log(`${all.length} drawings from ${values.data}`);
for (const key of ['kB', 'ms', 'frames', 'seconds'] as const) {
  const [p50, p95, most] = [0.5, 0.95, 1].map((share) => quantile(key, share).toFixed(key === 'seconds' ? 1 : 0));
  console.log(`${key.padEnd(8)} p50 ${p50}  p95 ${p95}  most ${most}`);
}
