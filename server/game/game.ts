/**
 * The rules. Pure: `step` takes a game and an action and returns the next game, or a refusal. Time and chance come in with
 * the action; nothing here reads a clock, draws a random number or does I/O.
 */
import type { Difficulty, Recognition, Refusal, RoundResult, Settings } from '../../shared/protocol.ts';
import { looksLike } from './lookalikes.ts';
import { points } from './score.ts';

/** How long things take, in ms. Part of the game, so that a test's rooms can be quick. */
export interface Pace {
  countdown: number;
  /** After the end of a round, verdicts on ink that was drawn in time still count for this long. */
  settle: number;
  /** After the last player is recognized, everybody can finish their line. */
  finish: number;
  reveal: number;
  /** The seat of a player whose connection is lost is kept this long. */
  hold: number;
  /** A host whose connection is lost stays host this long. */
  hostHold: number;
  /** An empty room is kept this long. */
  empty: number;
}

export const PACE: Pace = {
  countdown: 3_000,
  settle: 250,
  finish: 1_500,
  reveal: 6_000,
  hold: 60_000,
  hostHold: 10_000,
  empty: 60_000,
};

export interface Prompt {
  word: string;
  difficulty: Difficulty;
  /** Difficulty as a factor of the score. */
  factor: number;
}

/** A player's place in the room. `token` and `socket` never leave the server. */
export interface Seat {
  id: string;
  token: string;
  nick: string;
  mark: number;
  /** The connection that holds the seat now, `process/socket`; null while it is lost. */
  socket: string | null;
  /** The version of the game that gave the seat to that connection. If two connections claim it, the later term holds it. */
  term: number;
  /** The player's signed session, for the leaderboards; never leaves the server. */
  session: string | null;
  /** When the connection was lost. ms */
  lost: number | null;
  /** The first round this player draws in. */
  from: number;
}

interface Match {
  /** Unique. */
  id: string;
  prompts: Prompt[];
  /** The match's first round. */
  first: number;
  results: RoundResult[];
  /** Everybody who drew in it, leavers too: they stay on the podium. */
  runners: Record<string, Pick<Seat, 'nick' | 'mark' | 'session'>>;
}

type Phase =
  | { name: 'lobby' }
  | { name: 'countdown'; ends: number }
  | { name: 'drawing'; started: number; ends: number; close: number; recognized: Recognition[] }
  | { name: 'reveal'; ends: number }
  | { name: 'podium'; since: number }
  | { name: 'closed' };

export interface Game {
  code: string;
  version: number;
  settings: Settings;
  pace: Pace;
  host: string | null;
  seats: Seat[];
  /** Grows with every round and never restarts, so a message from an earlier match cannot pass for one of this match. */
  round: number;
  match: Match | null;
  phase: Phase;
  /** When the last seat was left. ms */
  empty: number | null;
  /** How many watch, by the process that they are on. */
  spectators: Record<string, number>;
}

export type Action =
  | { type: 'join'; id: string; token: string; nick: string; socket: string; session?: string | null }
  | { type: 'return'; token: string; socket: string }
  | { type: 'drop'; id: string; socket: string }
  | { type: 'leave'; id: string }
  | { type: 'kick'; by: string; id: string }
  | { type: 'settings'; by: string; settings: Partial<Settings> }
  | { type: 'start'; by: string; match: string; prompts: Prompt[] }
  | { type: 'recognized'; id: string; round: number; at: number; word: string; probability: number }
  | { type: 'spectators'; process: string; count: number }
  /** A process died, and with it all its connections. */
  | { type: 'vanished'; process: string }
  | { type: 'tick' };

export function newGame(code: string, settings: Settings, pace: Pace, now: number): Game {
  return {
    code,
    version: 0,
    settings,
    pace,
    host: null,
    seats: [],
    round: 0,
    match: null,
    phase: { name: 'lobby' },
    empty: now,
    spectators: {},
  };
}

export const isRefusal = (result: unknown): result is Refusal => typeof result === 'string';

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
      return join(game, action);
    case 'return': {
      const seat = game.seats.find((s) => s.token === action.token);
      if (!seat) return 'bad-token';
      return withSeat(game, { ...seat, socket: action.socket, term: game.version + 1, lost: null });
    }
    case 'drop': {
      const seat = seatOf(game, action.id);
      // A connection that a newer one replaced no longer holds the seat.
      if (!seat || seat.socket !== action.socket) return game;
      return withSeat(game, { ...seat, socket: null, lost: now });
    }
    case 'leave':
      return seatOf(game, action.id) ? without(game, action.id, now) : 'not-seated';
    case 'kick':
      if (game.host !== action.by) return 'not-host';
      return seatOf(game, action.id) ? without(game, action.id, now) : 'unknown-player';
    case 'settings':
      if (game.host !== action.by) return 'not-host';
      if (inMatch(game)) return 'wrong-phase';
      if ((action.settings.seats ?? 12) < game.seats.length) return 'bad-settings';
      return { ...game, settings: { ...game.settings, ...action.settings } };
    case 'start':
      return start(game, action, now);
    case 'recognized':
      return recognize(game, action, now);
    case 'spectators': {
      const { process, count } = action;
      if ((game.spectators[process] ?? 0) === count) return game;
      const { [process]: _, ...others } = game.spectators;
      return { ...game, spectators: count > 0 ? { ...others, [process]: count } : others };
    }
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

const seatOf = (game: Game, id: string): Seat | undefined => game.seats.find((seat) => seat.id === id);

const withSeat = (game: Game, seat: Seat): Game => ({
  ...game,
  seats: game.seats.map((s) => (s.id === seat.id ? seat : s)),
});

const without = (game: Game, id: string, now: number): Game => {
  const seats = game.seats.filter((seat) => seat.id !== id);
  return { ...game, seats, empty: seats.length === 0 ? now : null };
};

const inMatch = (game: Game): boolean => !['lobby', 'podium'].includes(game.phase.name);

export const isPlaying = (game: Game, seat: Seat): boolean => inMatch(game) && seat.from <= game.round;

function join(game: Game, { id, token, nick, socket, session = null }: Action & { type: 'join' }): Game | Refusal {
  if (game.seats.length >= game.settings.seats) return 'room-full';
  if (game.seats.some((seat) => looksLike(seat.nick, nick))) return 'nick-taken';
  let mark = 0;
  while (game.seats.some((seat) => seat.mark === mark)) mark++;
  // Latecomers watch the round that is drawn or revealed, and play in the next.
  const from = game.phase.name === 'countdown' || !inMatch(game) ? game.round : game.round + 1;
  const term = game.version + 1;
  const seat: Seat = { id, token, nick, mark, socket, term, session, lost: null, from };
  return { ...game, seats: [...game.seats, seat], host: game.host ?? id, empty: null };
}

function start(game: Game, action: Action & { type: 'start' }, now: number): Game | Refusal {
  if (game.host !== action.by) return 'not-host';
  if (inMatch(game)) return 'wrong-phase';
  const match: Match = { id: action.match, prompts: action.prompts, first: game.round + 1, results: [], runners: {} };
  return nextRound({ ...game, match }, now);
}

function nextRound(game: Game, now: number): Game {
  return { ...game, round: game.round + 1, phase: { name: 'countdown', ends: now + game.pace.countdown } };
}

function recognize(game: Game, action: Action & { type: 'recognized' }, now: number): Game {
  const { phase } = game;
  const seat = seatOf(game, action.id);
  // A result for another round, or a second one, changes nothing. It is nobody's fault, so it is no refusal.
  if (phase.name !== 'drawing' || game.round !== action.round || !seat || !isPlaying(game, seat)) return game;
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
function closeWhenDone(game: Game, now: number): Game {
  const { phase } = game;
  if (phase.name !== 'drawing') return game;
  const drawing = game.seats.filter((seat) => isPlaying(game, seat));
  const done = drawing.every((seat) => phase.recognized.some((r) => r.player === seat.id));
  const ends = now + game.pace.finish;
  if (!done || ends >= phase.ends) return game;
  return { ...game, phase: { ...phase, ends, close: ends + game.pace.settle } };
}

function tick(game: Game, now: number): Game {
  let next = game;
  for (const seat of game.seats)
    if (seat.lost !== null && seat.lost + game.pace.hold <= now) next = without(next, seat.id, now);
  const { phase } = next;
  if (phase.name === 'countdown' && phase.ends <= now) next = draw(next, phase.ends);
  else if (phase.name === 'drawing' && phase.close <= now) next = reveal(next, phase.recognized, now);
  else if (phase.name === 'reveal' && phase.ends <= now) next = afterReveal(next, now);
  return next;
}

function draw(game: Game, started: number): Game {
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

function reveal(game: Game, recognized: Recognition[], now: number): Game {
  const { word, difficulty } = promptOf(game);
  const result: RoundResult = { round: game.round, prompt: word, difficulty, recognized };
  return {
    ...game,
    match: { ...game.match!, results: [...game.match!.results, result] },
    phase: { name: 'reveal', ends: now + game.pace.reveal },
  };
}

function afterReveal(game: Game, now: number): Game {
  if (game.match!.results.length < game.match!.prompts.length) return nextRound(game, now);
  return { ...game, phase: { name: 'podium', since: now } };
}

/** What follows from any change: whether anybody is left, who the host is, whether the round is over. */
function settle(game: Game, now: number): Game {
  if (game.seats.length === 0) {
    if (game.empty !== null && game.empty + game.pace.empty <= now) return { ...game, phase: { name: 'closed' } };
    if (game.host === null && game.match === null) return game;
    return { ...game, host: null, match: null, phase: { name: 'lobby' } };
  }
  const host = game.seats.find((seat) => seat.id === game.host);
  const gone = !host || (host.lost !== null && host.lost + game.pace.hostHold <= now);
  const heir = gone ? (game.seats.find((seat) => seat.lost === null) ?? host ?? game.seats[0]!) : host;
  return closeWhenDone(heir.id === game.host ? game : { ...game, host: heir.id }, now);
}

/** When `tick` next has something to do. ms; Infinity for never */
export function deadline(game: Game): number {
  const { phase, pace } = game;
  if (phase.name === 'closed') return Infinity;
  const times: number[] = [];
  if (phase.name === 'countdown' || phase.name === 'reveal') times.push(phase.ends);
  if (phase.name === 'drawing') times.push(phase.close);
  if (game.empty !== null) times.push(game.empty + pace.empty);
  for (const seat of game.seats) {
    if (seat.lost === null) continue;
    times.push(seat.lost + pace.hold);
    if (seat.id === game.host && game.seats.some((s) => s.lost === null)) times.push(seat.lost + pace.hostHold);
  }
  return Math.min(...times);
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
