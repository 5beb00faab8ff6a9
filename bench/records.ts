/**
 * `npm run bench:records -- [--data DIR] [--n N]`: how large the records of real drawings are. Raw drawings, which have times, are
 * drawn at the pace of their hand, in the chunks that a page sends, and the recognizer looks at them as often as it does in a race.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { deflateSync } from 'node:zlib';
import { progressBar } from '../models/output.ts';
import { recordOf, SECONDS } from '../models/recording.ts';
import { DATA, drawingFiles, readDrawings } from '../models/train/dataset.ts';
import { startRecognizer } from '../server/inference/thread.ts';
import { pointsIn } from '../shared/ink.ts';
import { encode } from '../shared/record.ts';

const { values } = parseArgs({
  options: { data: { type: 'string', default: join(DATA, 'raw') }, n: { type: 'string', default: '690' } },
});

const recognizer = await startRecognizer();

const files = await drawingFiles(values.data);
const each = Math.max(1, Math.round(Number(values.n) / files.length));
const progress = progressBar();
const sizes: { whole: number; ink: number; points: number; ms: number }[] = [];
for (const file of files) {
  let n = 0;
  for await (const drawing of readDrawings(file)) {
    if (n++ >= each) break;
    const record = await recordOf(recognizer, drawing);
    const began = performance.now();
    const whole = deflateSync(encode(record)).length;
    const ms = performance.now() - began;
    const ink = deflateSync(
      encode({ ...record, history: record.history.filter((event) => !('guesses' in event)) }),
    ).length;
    const points = record.history.reduce((sum, event) => sum + ('points' in event ? pointsIn(event.points) : 0), 0);
    sizes.push({ whole, ink, points, ms });
    progress(sizes.length, files.length * each);
  }
}
await recognizer.close();

const quantile = (key: keyof (typeof sizes)[number], share: number) =>
  sizes.map((size) => size[key]).sort((a, b) => a - b)[Math.floor((sizes.length - 1) * share)]!;
console.log(`${sizes.length} drawings from ${values.data}, of at most ${SECONDS} s`);
for (const [key, unit] of [
  ['points', ''],
  ['ink', ' bytes, without guesses'],
  ['whole', ' bytes'],
  ['ms', ' ms to write'],
] as const)
  console.log(
    `${key.padEnd(7)} p50 ${quantile(key, 0.5).toFixed(key === 'ms' ? 2 : 0)}  p90 ${quantile(key, 0.9).toFixed(key === 'ms' ? 2 : 0)}  p99 ${quantile(key, 0.99).toFixed(key === 'ms' ? 2 : 0)}${unit}`,
  );
