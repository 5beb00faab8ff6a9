/**
 * Whole matches by the rules of the game, with the times of real drawings: how long they take, what players do meanwhile, and
 * whether winning rounds wins matches. Pure: chance comes in.
 */
import type { Action, Game, Pace, Prompt } from '../server/game/game.ts';
import { isRefusal, newGame } from '../server/game/game.ts';
import { deadline, step } from '../server/game/step.ts';
import { standing } from '../server/game/view.ts';
import { DEFAULT_SETTINGS } from '../shared/protocol.ts';

/** One real drawing, replayed. ms since its first point */
export interface Take {
  /** Null if it was never recognized. */
  recognized: number | null;
  ends: number;
}

export interface Deck {
  prompts: readonly Prompt[];
  /** By word; each has some. */
  takes: ReadonlyMap<string, readonly Take[]>;
}

/** What a player's time in a match goes to. ms, of all players together */
export interface Spent {
  countdown: number;
  /** Until the drawing is recognized, or the player would not draw on. */
  drawing: number;
  /** From then on, until the player would not draw on. */
  finishing: number;
  /** Watching the others, able to draw on, react, enlarge and cheer. */
  free: number;
  /** Done without being recognized: able to draw on only. */
  stuck: number;
  /** After the end of the ink, until the reveal. */
  settling: number;
  reveal: number;
}

export interface Simulated {
  ms: number;
  spent: Spent;
  /** How many players won the most rounds, and whether one of them won the match. Null if nobody won a round. */
  best: { isWinner: boolean; share: number } | null;
}

/** A random number, 0..1 without 1. */
export type Random = () => number;

/** From the word on the screen to the first point. ms */
const THINKING = { least: 600, most: 1800 };
/** Standard deviation of the logarithm of a player's speed. */
const SPEEDS = 0.25;
/** From a stroke to its verdict. ms */
const VERDICT_MS = 100;

/** Plays one match. `players`: how many. */
export function simulate(deck: Deck, players: number, pace: Pace, random: Random): Simulated {
  let now = 0;
  let game = newGame('ABCDE', { ...DEFAULT_SETTINGS, seats: players }, pace, now);
  const act = (action: Action, at: number) => {
    now = at;
    const next = step(game, action, now);
    if (isRefusal(next)) throw new Error(`refused: ${next}`);
    game = next;
  };
  const ids = Array.from({ length: players }, (_, i) => `p${i}`);
  for (const id of ids) act({ type: 'join', id, token: id, nick: id, socket: `process/${id}` }, 0);
  const speeds = new Map(ids.map((id) => [id, Math.exp(SPEEDS * normal(random))]));
  act({ type: 'start', by: ids[0]!, match: 'm', prompts: draw(deck.prompts, DEFAULT_SETTINGS.rounds, random) }, 0);

  const spent: Spent = { countdown: 0, drawing: 0, finishing: 0, free: 0, stuck: 0, settling: 0, reveal: 0 };
  while (game.phase.name !== 'podium') {
    const { name } = game.phase;
    const from = now;
    if (name === 'drawing') playRound(game, deck, speeds, random, act, () => game, spent);
    else act({ type: 'tick' }, deadline(game));
    if (name === 'countdown' || name === 'reveal') spent[name] += players * (now - from);
  }
  return { ms: now, spent, best: bestOf(game) };
}

function playRound(
  start: Game,
  { takes }: Deck,
  speeds: ReadonlyMap<string, number>,
  random: Random,
  act: (action: Action, at: number) => void,
  current: () => Game,
  spent: Spent,
): void {
  const { phase, match, round } = start;
  if (phase.name !== 'drawing') return;
  const { word } = match!.prompts[round - match!.first]!;
  const drawers = [...speeds].map(([id, speed]) => {
    const all = takes.get(word)!;
    const take = all[Math.floor(random() * all.length)]!;
    const begins = THINKING.least + random() * (THINKING.most - THINKING.least);
    const recognized = take.recognized === null ? Infinity : begins + take.recognized * speed;
    return { id, recognized, done: begins + take.ends * speed };
  });
  let ends = phase.ends;
  const follow = () => {
    const { phase } = current();
    if (phase.name === 'drawing') ends = phase.ends;
  };
  for (const { id, recognized: at } of [...drawers].sort((a, b) => a.recognized - b.recognized)) {
    if (phase.started + at > ends) continue;
    const action: Action = { type: 'recognized', id, round, at: Math.round(at), word, probability: 0.8 };
    act(action, phase.started + at + VERDICT_MS);
    follow();
  }
  const ended = ends - phase.started;
  // The ink may end while the last verdict is on its way.
  if (current().phase.name === 'drawing') act({ type: 'judged', process: 'process', round }, ends + VERDICT_MS);
  for (const { recognized, done } of drawers) {
    const known = Math.min(recognized, ended);
    const drawn = Math.min(done, ended);
    spent.drawing += Math.min(known, drawn);
    spent.finishing += Math.max(0, drawn - known);
    spent.free += ended - Math.max(known, drawn);
    spent.stuck += Math.max(0, known - drawn);
    spent.settling += VERDICT_MS;
  }
}

/** Who won the most rounds, and whether one of them won the match. */
function bestOf(game: Game): Simulated['best'] {
  const wins = new Map<string, number>();
  for (const { recognized } of game.match!.results) {
    const [first] = recognized;
    if (first) wins.set(first.player, (wins.get(first.player) ?? 0) + 1);
  }
  if (wins.size === 0) return null;
  const most = Math.max(...wins.values());
  const best = [...wins].filter(([, won]) => won === most).map(([player]) => player);
  const winners = standing(game).filter(({ place }) => place === 1);
  return { isWinner: winners.some(({ player }) => best.includes(player)), share: best.length / game.seats.length };
}

function draw(prompts: readonly Prompt[], n: number, random: Random): Prompt[] {
  const left = [...prompts];
  return Array.from({ length: n }, () => left.splice(Math.floor(random() * left.length), 1)[0]!);
}

/** Standard normal, by Box and Muller. */
const normal = (random: Random): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
