/** Records of real drawings, drawn at the pace of their hand and judged as in a race. */
import type { Drawing } from '../../models/train/dataset.ts';
import type { Recognizer } from '../../server/inference/recognizer.ts';
import type { History } from '../../shared/history.ts';
import { GUESSES_KEPT, inkAt } from '../../shared/history.ts';
import { inkLength, pointsIn } from '../../shared/ink.ts';
import { CHUNK_EVERY, GUESSES_EVERY } from '../../shared/protocol.ts';
import type { Record } from '../../shared/record.ts';
import { judge } from '../../shared/verdict.ts';

/** The round ends here, as in a race with the default settings. */
export const SECONDS = 20;

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

/** Of a raw drawing, which has times. */
export async function recordOf(drawing: Drawing, recognizer: Recognizer): Promise<Record> {
  const { words } = recognizer;
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
