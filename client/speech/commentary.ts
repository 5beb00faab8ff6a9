/**
 * The commentary on a drawing, as in a sports broadcast: each guess once a round, at a pace that people can follow. Pure:
 * guesses and the time come in, the next remark comes out.
 */
import type { PlayerGuesses } from '../../shared/protocol.ts';

export type Remark = { kind: 'first' | 'more' | 'still' | 'solved'; word: string } | { kind: 'unsure' | 'puzzled' };

export interface Commentary {
  /** The words of all remarks. */
  words: string[];
  /** What the network stuck to: wrong words, or none at all. */
  stuck: (string | undefined)[];
  /** When the last remark was made. ms */
  last: number;
  unsure: boolean;
  solved: boolean;
}

/** Between two remarks. */
const REMARK_INTERVAL_MS = 1400;
/** A less probable guess is not worth a remark, whatever its rank. */
const MIN_PROBABILITY = 0.12;

export const newCommentary = (): Commentary => ({
  words: [],
  stuck: [],
  last: -Infinity,
  unsure: false,
  solved: false,
});

/** `accepted`: the prompt and its look-alikes. */
export function nextRemark(
  commentary: Commentary,
  guesses: PlayerGuesses,
  accepted: string[],
  now: number,
): Remark | undefined {
  if (commentary.solved || now - commentary.last < REMARK_INTERVAL_MS) return undefined;
  if (guesses.sureness === 'unsure' && commentary.words.length === 0 && !commentary.unsure) {
    commentary.unsure = true;
    commentary.last = now;
    return { kind: 'unsure' };
  }
  if (guesses.sureness !== 'guessing') return undefined;
  // An accepted word is kept for the moment of recognition.
  const next = guesses.top.find(
    ([word, probability]) =>
      probability >= MIN_PROBABILITY && !accepted.includes(word) && !commentary.words.includes(word),
  );
  if (!next) return undefined;
  commentary.words.push(next[0]);
  commentary.last = now;
  return { kind: commentary.words.length === 1 ? 'first' : 'more', word: next[0] };
}

/** Asks for something else, once for each word that the network sticks to, and once if it has none. */
export function nudge(commentary: Commentary, word: string | undefined, now: number): Remark | undefined {
  if (commentary.solved || commentary.stuck.includes(word)) return undefined;
  commentary.stuck.push(word);
  commentary.last = now;
  return word === undefined ? { kind: 'puzzled' } : { kind: 'still', word };
}

/** Recognition is announced at once, and is the last remark. */
export function solve(commentary: Commentary, word: string): Remark | undefined {
  if (commentary.solved) return undefined;
  commentary.solved = true;
  return { kind: 'solved', word };
}
