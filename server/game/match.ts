/** A match: from the start through its rounds to the podium. Pure. */
import type { Closing, Recognition, Refusal, RoundResult } from '../../shared/protocol.ts';
import { DEFAULT_SETTINGS, placeOf } from '../../shared/protocol.ts';
import type { Action, Game, Match, Prompt, Seat } from './game.ts';
import { inMatch, isLone, paceOf, timeOf } from './game.ts';
import { isHost, isHostAway } from './host.ts';
import { pointParts, pointsOf } from './score.ts';
import { isAway, isPlaying, seatOf } from './seats.ts';

/** Words of earlier matches that a room remembers. */
const PAST_KEPT = 100;
/** Once this share of the players is recognized, the others have little time left. */
const MOST = 0.75;

/** Why this player cannot start a match now; null if they can. */
export function startRefusal(game: Game, by: string | null, now: number): Refusal | null {
  if (by !== null && !seatOf(game, by)) return 'not-seated';
  if (!isHost(game, by) && !isHostAway(game, now)) return 'not-host';
  return inMatch(game) || (isLone(game) && game.match) ? 'wrong-phase' : null;
}

export function start(game: Game, action: Action & { type: 'start' }, now: number): Game | Refusal {
  const refusal = startRefusal(game, action.by, now);
  if (refusal) return refusal;
  if (game.daily && action.day === undefined) return 'bad-settings';
  const last = action.prompts.length - 1;
  // Settings of an earlier version lack `finale` and `words`.
  const isDouble = (game.settings.finale ?? DEFAULT_SETTINGS.finale) && last > 0;
  const prompts = action.prompts.map((prompt, i) => (isDouble && i === last ? { ...prompt, double: true } : prompt));
  const own = (game.settings.words ?? []).length > 0;
  const match: Match = { id: action.match, prompts, own, first: game.round + 1, results: [], runners: {} };
  const past = [...(game.past ?? []), ...prompts.map(({ word }) => word)].slice(-PAST_KEPT);
  const daily = game.daily && { daily: { ...game.daily, day: action.day! } };
  return nextRound({ ...game, match, past, ...daily, used: true, votes: {} }, now);
}

function nextRound(game: Game, now: number): Game {
  const { countdown, recount } = paceOf(game);
  const lasts = game.match!.results.length === 0 ? countdown : Math.min(countdown, recount);
  return withoutAway({ ...game, round: game.round + 1, phase: { name: 'countdown', ends: now + lasts } }, now);
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

/** A room of a day learns whether its match counts. */
export function claimed(game: Game, { match, scored }: Action & { type: 'claimed' }): Game {
  const { daily } = game;
  if (!daily || game.match?.id !== match || daily.scored !== undefined) return game;
  return { ...game, daily: { ...daily, scored } };
}

export function draw(counted: Game, started: number): Game {
  const game = withoutAway(counted, started);
  const ends = started + game.settings.seconds * 1000;
  const runners = { ...game.match!.runners };
  const drawers = game.seats.filter((seat) => isPlaying(game, seat));
  for (const { id, nick, mark, session, language } of drawers)
    runners[id] = { nick, mark, session, ...(language && { language }) };
  return {
    ...game,
    match: { ...game.match!, runners },
    phase: {
      ...{ name: 'drawing', started, ends, close: ends + game.pace.settle },
      ...{ recognized: [], closing: null, drawers: drawers.length },
    },
  };
}

export function recognize(game: Game, action: Action & { type: 'recognized' }, now: number): Game {
  const { phase } = game;
  const seat = seatOf(game, action.id);
  // A result for another round, or a second one, changes nothing. It is nobody's fault, so it is no refusal.
  if (phase.name !== 'drawing' || game.round !== action.round || !seat || !isPlaying(game, seat)) return game;
  if (phase.started + action.at > phase.ends) return game;
  if (phase.recognized.some((r) => r.player === action.id)) return game;
  const { id: player, at, word, probability, ink } = action;
  const recognition = { player, at, word, probability, points: 0, ...(ink && { ink }) };
  const recognized = [...phase.recognized, recognition].sort((a, b) => a.at - b.at);
  return closeWhenDone({ ...game, phase: { ...phase, recognized: scored(game, recognized) } }, timeOf(game, now));
}

/** With the points of each. A verdict on an earlier stroke may come later, and moves the others one place down. */
function scored(game: Game, recognized: Recognition[]): Recognition[] {
  const { factor, double = false } = promptOf(game);
  const { phase } = game;
  const drawers = (phase.name === 'drawing' && phase.drawers) || recognized.length;
  return recognized.map((each) => {
    const parts = pointParts({ at: each.at, place: placeOf(recognized, each), drawers, factor, double });
    return { ...each, points: pointsOf(parts), parts };
  });
}

/**
 * Once all who draw are recognized, they have some time to finish their drawings; once most are, the others have little time left.
 * Nobody waits for those who are away.
 */
export function closeWhenDone(game: Game, now: number): Game {
  const { phase } = game;
  if (phase.name !== 'drawing' || phase.closing === 'all' || now >= phase.ends) return game;
  const isRecognized = ({ id }: Seat) => phase.recognized.some(({ player }) => player === id);
  const drawing = game.seats.filter(
    (seat) => isPlaying(game, seat) && (isRecognized(seat) || !isAway(game, seat, now)),
  );
  const done = drawing.filter(isRecognized).length;
  if (phase.recognized.length > 0 && done === drawing.length) return closing(game, 'all', now + paceOf(game).finish);
  const hurried = now + paceOf(game).hurry;
  const isMost = done > 0 && done >= MOST * drawing.length && hurried < phase.ends;
  return isMost && !phase.closing ? closing(game, 'most', hurried) : game;
}

function closing(game: Game, closing: Closing, ends: number): Game {
  if (game.phase.name !== 'drawing') return game;
  return { ...game, phase: { ...game.phase, closing, ends, close: ends + game.pace.settle } };
}

/** When somebody who is away no longer holds up the round. ms; Infinity if nobody does */
export function awayAt(game: Game): number {
  const { phase } = game;
  if (phase.name !== 'drawing' || phase.closing === 'all') return Infinity;
  const lost = game.seats.filter(
    (seat) => isPlaying(game, seat) && seat.lost !== null && !phase.recognized.some(({ player }) => player === seat.id),
  );
  const times = lost.map((seat) => seat.lost! + paceOf(game).away);
  return Math.min(...times.filter((at) => closeWhenDone(game, at) !== game));
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
  const { word, difficulty, double } = promptOf(game);
  const result: RoundResult = { round: game.round, prompt: word, difficulty, ...(double && { double }), recognized };
  return {
    ...game,
    match: { ...game.match!, results: [...game.match!.results, result] },
    phase: { name: 'reveal', started: now, ends: now + game.pace.reveal },
  };
}

export function skip(game: Game, { id, round }: Action & { type: 'skip' }): Game | Refusal {
  const { phase } = game;
  const seat = seatOf(game, id);
  if (!seat) return 'not-seated';
  if (phase.name !== 'reveal' || game.round !== round) return 'wrong-phase';
  const { skips = [] } = phase;
  return skips.includes(id) ? game : { ...game, phase: { ...phase, skips: [...skips, id] } };
}

/** Whether all players who are here want to go on. */
export function isSkipped({ phase, seats }: Game): boolean {
  if (phase.name !== 'reveal' || !phase.skips?.length) return false;
  const here = seats.filter(({ lost }) => lost === null);
  return here.length > 0 && here.every(({ id }) => phase.skips!.includes(id));
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
  if (game.paused !== undefined) return 'wrong-phase';
  return isPlaying(game, seat) ? null : 'not-drawing';
}
