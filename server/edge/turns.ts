/**
 * The requests of one address: a few begin in each turn of the event loop, so that a burst delays nobody else. An address has two of
 * these. p-limit would take 1.4 kB for each, of the 11 kB that an idle connection holds.
 */
import { REQUESTS_A_TURN } from './limits.ts';

export interface Turns {
  /** In this turn of the event loop. */
  begun: number;
  readonly waiting: (() => void)[];
}

export const newTurns = (): Turns => ({ begun: 0, waiting: [] });

/** Calls `answer` now, or when it is its turn. The next turn does not wait for the end of the answer. */
export function inTurn(turns: Turns, answer: () => void): void {
  if (turns.begun === REQUESTS_A_TURN) return void turns.waiting.push(answer);
  turns.begun++;
  setImmediate(giveTurn, turns);
  answer();
}

function giveTurn(turns: Turns): void {
  turns.begun--;
  const next = turns.waiting.shift();
  if (next) inTurn(turns, next);
}
