/** A match: from the start through its rounds to the podium. Pure. */
import type { Recognition, Refusal, RoundResult } from '../../shared/protocol.ts';
import type { Action, Game, Match, Prompt, Seat } from './game.ts';
import { inMatch } from './game.ts';
import { isHostAway } from './host.ts';
import { points } from './score.ts';
import { isAway, isPlaying, seatOf } from './seats.ts';

/** Why this player cannot start a match now; null if they can. */
export function startRefusal(game: Game, by: string, now: number): Refusal | null {
  if (!seatOf(game, by)) return 'not-seated';
  if (game.host !== by && !isHostAway(game, now)) return 'not-host';
  return inMatch(game) ? 'wrong-phase' : null;
}

export function start(game: Game, action: Action & { type: 'start' }, now: number): Game | Refusal {
  const refusal = startRefusal(game, action.by, now);
  if (refusal) return refusal;
  const match: Match = { id: action.match, prompts: action.prompts, first: game.round + 1, results: [], runners: {} };
  return nextRound({ ...game, match, used: true, votes: {} }, now);
}

function nextRound(game: Game, now: number): Game {
  const { countdown } = game.pace;
  return withoutAway({ ...game, round: game.round + 1, phase: { name: 'countdown', ends: now + countdown } }, now);
}

/** The round begins without those who are away and have not drawn in this match yet. Once back, they are latecomers. */
function withoutAway(game: Game, now: number): Game {
  const seats = game.seats.map((seat) =>
    seat.from <= game.round && isAway(game, seat, now) && !(seat.id in game.match!.runners)
      ? { ...seat, from: game.round + 1 }
      : seat,
  );
  return { ...game, seats };
}

export function draw(counted: Game, started: number): Game {
  const game = withoutAway(counted, started);
  const ends = started + game.settings.seconds * 1000;
  const runners = { ...game.match!.runners };
  for (const { id, nick, mark, session, from } of game.seats)
    if (from <= game.round) runners[id] = { nick, mark, session };
  return {
    ...game,
    match: { ...game.match!, runners },
    phase: { name: 'drawing', started, ends, close: ends + game.pace.settle, recognized: [] },
  };
}

export function recognize(game: Game, action: Action & { type: 'recognized' }, now: number): Game {
  const { phase } = game;
  const seat = seatOf(game, action.id);
  // A result for another round, or a second one, changes nothing. It is nobody's fault, so it is no refusal.
  if (phase.name !== 'drawing' || game.round !== action.round || !seat || !isPlaying(game, seat)) return game;
  if (phase.started + action.at > phase.ends) return game;
  if (phase.recognized.some((r) => r.player === action.id)) return game;
  const prompt = promptOf(game);
  const recognition: Recognition = {
    player: action.id,
    at: action.at,
    word: action.word,
    probability: action.probability,
    points: points(action.at, game.settings.seconds * 1000, prompt.factor),
  };
  const recognized = [...phase.recognized, recognition].sort((a, b) => a.at - b.at);
  return closeWhenDone({ ...game, phase: { ...phase, recognized } }, now);
}

/** Once everybody who draws is recognized, the round ends soon. */
export function closeWhenDone(game: Game, now: number): Game {
  const { phase } = game;
  if (phase.name !== 'drawing') return game;
  const drawing = game.seats.filter((seat) => isPlaying(game, seat));
  const done = drawing.every((seat) => phase.recognized.some((r) => r.player === seat.id));
  const ends = now + game.pace.finish;
  if (!done || ends >= phase.ends) return game;
  return { ...game, phase: { ...phase, ends, close: ends + game.pace.settle } };
}

/** Whether no verdict can come any more: for nobody who is not recognized, from the process that they are on. */
export function isJudged(game: Game): boolean {
  const { phase } = game;
  if (phase.name !== 'drawing') return true;
  const { recognized, judged = [] } = phase;
  const isDone = ({ id, socket }: Seat) =>
    socket === null ||
    recognized.some(({ player }) => player === id) ||
    judged.some((process) => socket.startsWith(`${process}/`));
  return game.seats.every((seat) => !isPlaying(game, seat) || isDone(seat));
}

export function reveal(game: Game, recognized: Recognition[], now: number): Game {
  const { word, difficulty } = promptOf(game);
  const result: RoundResult = { round: game.round, prompt: word, difficulty, recognized };
  return {
    ...game,
    match: { ...game.match!, results: [...game.match!.results, result] },
    phase: { name: 'reveal', ends: now + game.pace.reveal },
  };
}

export function afterReveal(game: Game, now: number): Game {
  if (game.match!.results.length < game.match!.prompts.length) return nextRound(game, now);
  return { ...game, phase: { name: 'podium', since: now } };
}

export const numberOf = (game: Game): number => game.round - game.match!.first + 1;

/** The word of the current round. */
export const promptOf = (game: Game): Prompt => game.match!.prompts[numberOf(game) - 1]!;

/** When the current round started; 0 outside one. ms */
export const startOf = (game: Game): number => (game.phase.name === 'drawing' ? game.phase.started : 0);

/** Why this player cannot draw now in `round`; null if they can. */
export function drawingRefusal(game: Game, id: string, round: number, now: number): Refusal | null {
  const seat = seatOf(game, id);
  if (!seat) return 'not-seated';
  if (game.phase.name !== 'drawing' || game.round !== round || now >= game.phase.ends) return 'wrong-phase';
  return isPlaying(game, seat) ? null : 'not-drawing';
}
