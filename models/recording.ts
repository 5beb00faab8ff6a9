/** Records of Quick, Draw!'s raw drawings, which have times: as if each had been drawn in a race, at the pace of its hand. */
import type { Recognizer } from '../server/inference/recognizer.ts';
import type { History } from '../shared/history.ts';
import { GUESSES_KEPT, inkAt } from '../shared/history.ts';
import { inkLength, pointsIn } from '../shared/ink.ts';
import { CHUNK_EVERY, DEFAULT_SETTINGS, GUESSES_EVERY } from '../shared/protocol.ts';
import type { Record } from '../shared/record.ts';
import { judge } from '../shared/verdict.ts';
import type { Drawing } from './train/dataset.ts';

type Asked = Pick<Recognizer, 'recognize' | 'words' | 'engine'>;

/** The round ends after so long. */
export const SECONDS = DEFAULT_SETTINGS.seconds;

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

/** The recognizer looks as often as it does in a race. */
export async function recordOf(recognizer: Asked, drawing: Drawing, day = 0): Promise<Record> {
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
  return {
    ...{ model: words.hash.slice(0, 16), engine: recognizer.engine!, word: drawing.word, language: '', nick: '' },
    ...{ mark: 0, day, seconds: SECONDS, verdict, history },
  };
}
