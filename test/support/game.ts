/** A game played by actions alone, for the tests of the rules. */
import type { Action, Game, Prompt } from '../../server/game/game.ts';
import { isRefusal, newGame, PACE } from '../../server/game/game.ts';
import { deadline, step } from '../../server/game/step.ts';
import { view } from '../../server/game/view.ts';
import { DEFAULT_SETTINGS } from '../../shared/protocol.ts';

export const PROMPTS: Prompt[] = [
  { word: 'cat', difficulty: 'easy', factor: 1 },
  { word: 'sun', difficulty: 'hard', factor: 1.5 },
];

/** Folds actions over a new room; each is `[ms, action]`. A refusal fails the test. */
export function play(...acts: [number, Action][]): Game {
  return acts.reduce((game, [now, action]) => ok(step(game, action, now)), room());
}
export const room = () => newGame('ABCDE', DEFAULT_SETTINGS, PACE, 0);
export function ok(result: ReturnType<typeof step>): Game {
  if (isRefusal(result)) throw new Error(`refused: ${result}`);
  return result;
}
export const join = (id: string): Action => ({ type: 'join', id, token: `token-${id}`, nick: id, socket: `s-${id}` });
export const drop = (id: string): Action => ({ type: 'drop', id, socket: `s-${id}` });
export const comeBack = (id: string): Action => ({ type: 'return', token: `token-${id}`, socket: `s2-${id}` });
export const start: Action = { type: 'start', by: 'ann', match: 'm', prompts: PROMPTS };
export const tick: Action = { type: 'tick' };
export const recognized = (id: string, round: number, at: number): Action => ({
  type: 'recognized',
  id,
  round,
  at,
  word: 'cat',
  probability: 0.8,
});
/** Ticks at every deadline up to `until`. */
export function run(game: Game, until: number): Game {
  for (let at = deadline(game); at <= until; at = deadline(game)) game = ok(step(game, tick, at));
  return game;
}
export const phase = (game: Game) => view(game, 0).phase;
