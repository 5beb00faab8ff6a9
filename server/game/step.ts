/**
 * The rules. Pure: `step` takes a game and an action and returns the next game, or a refusal. Time and chance come in with
 * the action; nothing here reads a clock, draws a random number or does I/O. Each rule has a file with its noun.
 */
import type { Refusal, Settings } from '../../shared/protocol.ts';
import type { Action, Game, Seat } from './game.ts';
import { inMatch, isLone, isRefusal, paceOf, timeOf } from './game.ts';
import { setGhosts } from './ghosts.ts';
import { appoint, elected, heirOf, isHost } from './host.ts';
import { join, comeBack } from './joining.ts';
import { kick } from './kicks.ts';
import { finish, next, pause, resumed } from './lesson.ts';
import {
  afterReveal,
  awayAt,
  claimed,
  closeWhenDone,
  draw,
  isJudged,
  isSkipped,
  recognize,
  reveal,
  skip,
  start,
} from './match.ts';
import { holdOf, isDeserted, seatOf, without, withSeat } from './seats.ts';

/** The game after `action` at `now` (ms), with the next version; the same object if nothing changed; or the refusal. */
export function step(game: Game, action: Action, now: number): Game | Refusal {
  if (game.phase.name === 'closed') return 'no-room';
  const next = act(game, action, now);
  if (isRefusal(next)) return next;
  const settled = settle(next, now);
  return settled === game ? game : { ...settled, version: game.version + 1 };
}

function act(game: Game, action: Action, now: number): Game | Refusal {
  switch (action.type) {
    case 'join':
      return join(game, action, now);
    case 'return':
      return comeBack(game, action, now);
    case 'drop': {
      const seat = seatOf(game, action.id);
      // A connection that a newer one replaced no longer holds the seat.
      if (!seat || seat.socket !== action.socket) return game;
      return withSeat(game, { ...seat, socket: null, lost: now });
    }
    case 'leave': {
      const seat = seatOf(game, action.id);
      if (!seat) return 'not-seated';
      // Another connection has the seat by now.
      const isElsewhere = action.socket !== undefined && seat.socket !== null && seat.socket !== action.socket;
      return isElsewhere ? game : without(game, action.id, now);
    }
    case 'kick':
      return kick(game, action, now);
    case 'host':
      return appoint(game, action);
    case 'settings':
      if (!isHost(game, action.by)) return 'not-host';
      if (isLone(game)) return 'bad-settings';
      if (inMatch(game) && RACE_SETTINGS.some((name) => name in action.settings)) return 'wrong-phase';
      if ((action.settings.seats ?? 12) < game.seats.length) return 'bad-settings';
      return { ...game, settings: { ...game.settings, ...action.settings } };
    case 'start':
      return start(game, action, now);
    case 'claimed':
      return claimed(game, action);
    case 'recognized':
      return recognize(game, action, now);
    case 'ghosts':
      return setGhosts(game, action);
    case 'pause':
      return pause(game, action.on, now);
    case 'next':
      return next(resumed(game, now), action.to, now);
    case 'finish':
      return finish(resumed(game, now), now);
    case 'close':
      return game.lesson ? { ...game, phase: { name: 'closed' } } : 'not-host';
    case 'skip':
      return skip(game, action);
    case 'judged': {
      const { phase } = game;
      if (phase.name !== 'drawing' || game.round !== action.round) return game;
      const { judged = [] } = phase;
      if (timeOf(game, now) < phase.ends || judged.includes(action.process)) return game;
      return { ...game, phase: { ...phase, judged: [...judged, action.process] } };
    }
    case 'spectators': {
      const { process, count } = action;
      if ((game.spectators[process] ?? 0) === count) return game;
      const { [process]: _, ...others } = game.spectators;
      if (count === 0) return { ...game, spectators: others };
      return { ...game, spectators: { ...others, [process]: count }, used: true };
    }
    case 'evict':
      return isDeserted(game, now) ? { ...game, phase: { name: 'closed' } } : game;
    case 'vanished': {
      const { [action.process]: watched, ...spectators } = game.spectators;
      const isLost = (seat: Seat) => seat.socket?.startsWith(`${action.process}/`);
      if (watched === undefined && !game.seats.some(isLost)) return game;
      const seats = game.seats.map((seat) => (isLost(seat) ? { ...seat, socket: null, lost: now } : seat));
      return { ...game, seats, spectators };
    }
    case 'tick':
      return tick(game, now);
  }
}

/** What a race is made of. The other settings may change at any time. */
const RACE_SETTINGS = [
  'rounds',
  'seconds',
  'seats',
  'difficulty',
  'finale',
  'pack',
  'words',
  'ghosts',
  'ghostKind',
] satisfies (keyof Settings)[];

function tick(game: Game, now: number): Game {
  let next = game;
  for (const seat of game.seats)
    if (seat.lost !== null && seat.lost + holdOf(game, seat) <= now) next = without(next, seat.id, now);
  const { phase } = next;
  if (next.paused !== undefined) return next;
  if (phase.name === 'countdown' && phase.ends <= now) next = draw(next, phase.ends);
  else if (phase.name === 'drawing' && phase.close <= now) next = reveal(next, phase.recognized, now);
  else if (phase.name === 'reveal' && phase.ends <= now) next = afterReveal(next, now);
  return next;
}

/** What follows from any change: whether anybody is left, who the host is, whether the round is over. */
function settle(game: Game, now: number): Game {
  if (game.seats.length === 0) {
    if (game.empty !== null && game.empty + emptyFor(game) <= now) return { ...game, phase: { name: 'closed' } };
    if (game.host === null && game.match === null) return game;
    return { ...game, host: null, match: null, votes: {}, phase: { name: 'lobby' } };
  }
  const next = closeWhenDone(withHost(game, now), timeOf(game, now));
  const { phase } = next;
  if (next.paused !== undefined) return next;
  if (phase.name === 'drawing' && phase.ends <= now && isJudged(next)) return reveal(next, phase.recognized, now);
  return isSkipped(next) ? afterReveal(next, now) : next;
}

function withHost(game: Game, now: number): Game {
  if (game.lesson) return game;
  const host = elected(game, now) ?? seatOf(game, game.host!) ?? heirOf(game);
  return host.id === game.host ? game : { ...game, host: host.id, votes: {} };
}

/** Nobody knows of a room that only its creator was in, and nobody may enter a lone one. ms */
const emptyFor = (game: Game): number => (game.used && !isLone(game) ? paceOf(game).empty : 0);

/** When `tick` next has something to do. ms; Infinity for never */
export function deadline(game: Game): number {
  const { phase } = game;
  if (phase.name === 'closed') return Infinity;
  const times: number[] = [];
  if (game.paused !== undefined) times.push(Infinity);
  else if (phase.name === 'countdown' || phase.name === 'reveal') times.push(phase.ends);
  else if (phase.name === 'drawing') times.push(isJudged(game) ? phase.ends : phase.close, awayAt(game));
  if (game.empty !== null) times.push(game.empty + emptyFor(game));
  for (const seat of game.seats) {
    if (seat.lost === null) continue;
    times.push(seat.lost + holdOf(game, seat));
    const awayFrom = seat.lost + paceOf(game).hostHold;
    if (seat.id === game.host && elected(game, awayFrom)) times.push(awayFrom);
  }
  return Math.min(...times);
}
