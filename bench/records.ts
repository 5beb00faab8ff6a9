/**
 * `npm run bench:records -- [--data DIR] [--n N]`: how large the records of real drawings are. Raw drawings, which have times, are
 * drawn at the pace of their hand, in the chunks that a page sends, and the recognizer looks at them as often as it does in a race.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { deflateSync } from 'node:zlib';
import { progressBar } from '../models/output.ts';
import type { Drawing } from '../models/train/dataset.ts';
import { DATA, drawingFiles, readDrawings } from '../models/train/dataset.ts';
import { startRecognizer } from '../server/inference/thread.ts';
import type { History } from '../shared/history.ts';
import { GUESSES_KEPT, inkAt } from '../shared/history.ts';
import { inkLength, pointsIn } from '../shared/ink.ts';
import { CHUNK_EVERY, GUESSES_EVERY } from '../shared/protocol.ts';
import type { Record } from '../shared/record.ts';
import { encode } from '../shared/record.ts';
import { judge } from '../shared/verdict.ts';

const { values } = parseArgs({
  options: { data: { type: 'string', default: join(DATA, 'raw') }, n: { type: 'string', default: '690' } },
});

/** The round ends here, as in a race with the default settings. */
const SECONDS = 20;

const recognizer = await startRecognizer();
const { words } = recognizer;
const rounded = (p: number) => Math.round(p * 1000) / 1000;

/** The chunks that a page sends: the points of CHUNK_EVERY ms, a stroke at a time. */
function chunksOf({ ink, times }: Drawing): History {
  const chunks: History = [];
  for (const [stroke, points] of ink.strokes.entries())
    for (let i = 0; i < pointsIn(points); i++) {
      const at = (Math.floor(times![stroke]![i]! / CHUNK_EVERY) + 1) * CHUNK_EVERY;
      const last = chunks.at(-1);
      const xy = points.slice(2 * i, 2 * i + 2).map(Math.round);
      if (last && 'points' in last && last.at === at && last.stroke === stroke) last.points.push(...xy);
      else chunks.push({ at, stroke, points: xy });
    }
  return chunks.filter(({ at }) => at <= SECONDS * 1000);
}

async function recordOf(drawing: Drawing): Promise<Record> {
  const history: History = [];
  let verdict: Record['verdict'] = null;
  let dueAt = 0;
  for (const chunk of chunksOf(drawing)) {
    history.push(chunk);
    if (chunk.at < dueAt) continue;
    dueAt = chunk.at + GUESSES_EVERY;
    const ink = inkAt(history);
    const [probabilities] = await recognizer.recognize([ink]);
    const { sureness, guesses, target, recognized } = judge(words, drawing.word, probabilities!, inkLength(ink));
    const top = guesses
      .slice(0, GUESSES_KEPT)
      .map(({ word, p }): [string, number] => [words.words[word]!.word, rounded(p)]);
    history.push({ at: chunk.at, guesses: { sureness, top, target: rounded(target) } });
    if (!recognized || verdict) continue;
    const moment = { rev: 0, strokes: ink.strokes.length, points: pointsIn(ink.strokes.at(-1)!) };
    verdict = { at: chunk.at, word: top[0]![0], probability: rounded(target), ink: moment };
  }
  const by = { model: words.hash.slice(0, 16), engine: recognizer.engine! };
  return {
    ...by,
    word: drawing.word,
    language: 'en',
    nick: '',
    mark: 0,
    day: 20_000,
    seconds: SECONDS,
    verdict,
    history,
  };
}

const files = await drawingFiles(values.data);
const each = Math.max(1, Math.round(Number(values.n) / files.length));
const progress = progressBar();
const sizes: { whole: number; ink: number; points: number; ms: number }[] = [];
for (const file of files) {
  let n = 0;
  for await (const drawing of readDrawings(file)) {
    if (n++ >= each) break;
    const record = await recordOf(drawing);
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
