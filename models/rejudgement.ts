/** Judges a recorded drawing again: the ink that was recognized, or all of it, as the server does. */
import type { Recognizer } from '../server/inference/recognizer.ts';
import { inkLength } from '../shared/ink.ts';
import type { Engine, Record } from '../shared/record.ts';
import { judgedInk } from '../shared/record.ts';
import { judge } from '../shared/verdict.ts';

export interface Rejudgement {
  /** Null: not recognized. */
  stored: Outcome | null;
  again: Outcome | null;
  /** Whether both say the same: probabilities may differ by what a batch and rounding bring about. */
  agrees: boolean;
  /** What judged then, and what judges now. */
  by: { stored: Judge; again: Judge };
}

interface Outcome {
  word: string;
  /** 0..1 */
  probability: number;
}

interface Judge {
  model: string;
  engine: Engine;
}

/** A batch of another size sums in another order. */
const TOLERANCE = 0.002;

export async function rejudge(record: Record, recognizer: Recognizer): Promise<Rejudgement> {
  const { word, verdict, model, engine } = record;
  const { words } = recognizer;
  const ink = judgedInk(record);
  const [probabilities] = await recognizer.recognize([ink]);
  const { guesses, target, recognized } = judge(words, word, probabilities!, inkLength(ink));
  const stored = verdict && { word: verdict.word, probability: verdict.probability };
  const again = recognized ? { word: words.words[guesses[0]!.word]!.word, probability: target } : null;
  const isSame =
    stored?.word === again?.word && Math.abs((stored?.probability ?? 0) - (again?.probability ?? 0)) <= TOLERANCE;
  return {
    stored,
    again,
    agrees: isSame,
    by: {
      stored: { model, engine },
      again: { model: words.hash.slice(0, model.length), engine: recognizer.engine! },
    },
  };
}
