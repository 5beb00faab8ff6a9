/** A duel word by word, and as text to paste. The text says who was earlier, and no word. */
import type { Times } from '../../../shared/challenge.ts';
import { duel } from '../../../shared/challenge.ts';

export type Outcome = 'won' | 'lost' | 'even';

/** From `mine`'s side. */
function outcomeOf(mine: number | null, theirs: number | null): Outcome {
  const { won, lost } = duel([mine], [theirs]);
  return won ? 'won' : lost ? 'lost' : 'even';
}

export const outcomesOf = (mine: Times, theirs: Times): Outcome[] =>
  mine.map((at, i) => outcomeOf(at, theirs[i] ?? null));

/** Of the whole duel. */
export function resultOf(mine: Times, theirs: Times): Outcome {
  const { won, lost } = duel(mine, theirs);
  return won > lost ? 'won' : won < lost ? 'lost' : 'even';
}

const EMOJI: Record<Outcome, string> = { won: '🟩', lost: '🔶', even: '➖' };

interface Shared {
  mine: Times;
  theirs: Times;
  /** The first line: who raced, and how many words each won. */
  title: string;
  link: string;
  seconds(ms: number): string;
}

/** The times are beside the shapes, for people who hear the text. */
export function resultText({ mine, theirs, title, link, seconds }: Shared): string {
  const time = (at: number | null) => (at === null ? '–' : seconds(at));
  const shapes = outcomesOf(mine, theirs).map((outcome) => EMOJI[outcome]);
  const times = mine.map((at, i) => `${time(at)} : ${time(theirs[i] ?? null)}`);
  return [title, shapes.join(''), times.join(' · '), link].join('\n');
}
