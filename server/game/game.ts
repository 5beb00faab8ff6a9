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
  /** After the end of a round, the longest that it waits for verdicts on ink that was drawn in time. */
  settle: number;
  /** After the last player is recognized, everybody can finish their line. */
  finish: number;
  reveal: number;
  /** In a race, the seat of a player whose connection is lost is kept this long. */
  hold: number;
  /** The same in lobby and podium, and for those who do not draw. */
  lobbyHold: number;
  /** A player who is away for this long holds nobody up: a race starts without them, and their place in a full room is free. */
  away: number;
  /** If the host is away for this long in lobby or podium, anybody may start. */
  hostHold: number;
  /** An empty room is kept this long, if it was ever shared or played in. */
  empty: number;
}

export const PACE: Pace = {
  countdown: 3_000,
  settle: 2_000,
  finish: 1_500,
  reveal: 6_000,
  hold: 60_000,
  lobbyHold: 600_000,
  away: 10_000,
  hostHold: 20_000,
  empty: 600_000,
};

/** Kicks that a room remembers, and seats that were given to somebody else. The oldest are forgotten first. */
const KICKS_KEPT = 100;
const DISPLACED_KEPT = 24;

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
  /** A keyed hash of the player's network address; never leaves the server. */
  address?: string | null;
  /** When the connection was lost. ms */
  lost: number | null;
  /** The first round this player draws in. */
  from: number;
}

/** Somebody who wants to come in. */
export interface Visitor {
  /** Their signed session; null if they have none. */
  session: string | null;
  /** A keyed hash of their network address. */
  address: string | null;
  /** They have no session, or one that is younger than a day. */
  isNew: boolean;
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
  | {
      name: 'drawing';
      started: number;
      /** No ink after this. */
      ends: number;
      /** The round closes at the latest, even if verdicts are missing. */
      close: number;
      recognized: Recognition[];
      /** The processes that have judged all ink that was drawn on them in time. */
      judged?: string[];
    }
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
  // A game of an earlier version has none of the following.
  /** Somebody besides its creator was in it, or a match was started. */
  used?: boolean;
  /** Who was kicked, for the room's life; the newest last. */
  kicked?: Pick<Visitor, 'session' | 'address'>[];
  /** Lost seats that were given to somebody else, whose owners may be back; the newest last. */
  displaced?: Seat[];
  /** Whom each player wants as the host. */
  votes?: Record<string, string>;
}

export type Action =
  | ({ type: 'join'; id: string; token: string; nick: string; socket: string } & Partial<Visitor>)
  | ({ type: 'return'; token: string; socket: string } & Partial<Visitor>)
  | { type: 'drop'; id: string; socket: string }
  | { type: 'leave'; id: string }
  | { type: 'kick'; by: string; id: string }
  /** The host hands the role over; a player votes for another host, or takes the vote back. */
  | { type: 'host'; by: string; id: string | null }
  | { type: 'settings'; by: string; settings: Partial<Settings> }
  | { type: 'start'; by: string; match: string; prompts: Prompt[] }
  | { type: 'recognized'; id: string; round: number; at: number; word: string; probability: number }
  /** Everything drawn on the process in the round is judged. */
  | { type: 'judged'; process: string; round: number }
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
      return join(game, action, now);
    case 'return':
      return comeBack(game, action, now);
    case 'drop': {
      const seat = seatOf(game, action.id);
      // A connection that a newer one replaced no longer holds the seat.
      if (!seat || seat.socket !== action.socket) return game;
      return withSeat(game, { ...seat, socket: null, lost: now });
    }
    case 'leave':
      return seatOf(game, action.id) ? without(game, action.id, now) : 'not-seated';
    case 'kick':
      return kick(game, action, now);
    case 'host':
      return appoint(game, action);
    case 'settings':
      if (game.host !== action.by) return 'not-host';
      if (inMatch(game) && RACE_SETTINGS.some((name) => name in action.settings)) return 'wrong-phase';
      if ((action.settings.seats ?? 12) < game.seats.length) return 'bad-settings';
      return { ...game, settings: { ...game.settings, ...action.settings } };
    case 'start':
      return start(game, action, now);
    case 'recognized':
      return recognize(game, action, now);
    case 'judged': {
      const { phase } = game;
      if (phase.name !== 'drawing' || game.round !== action.round) return game;
      const { judged = [] } = phase;
      if (now < phase.ends || judged.includes(action.process)) return game;
      return { ...game, phase: { ...phase, judged: [...judged, action.process] } };
    }
    case 'spectators': {
      const { process, count } = action;
      if ((game.spectators[process] ?? 0) === count) return game;
      const { [process]: _, ...others } = game.spectators;
      if (count === 0) return { ...game, spectators: others };
      return { ...game, spectators: { ...others, [process]: count }, used: true };
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
  const votes = Object.fromEntries(Object.entries(game.votes ?? {}).filter((vote) => !vote.includes(id)));
  return { ...game, seats, votes, empty: seats.length === 0 ? now : null };
};

/** A game of an earlier version lacks some. */
const paceOf = (game: Game): Pace => ({ ...PACE, ...game.pace });

/** What a race is made of. The other settings may change at any time. */
const RACE_SETTINGS = ['rounds', 'seconds', 'seats', 'difficulty'] satisfies (keyof Settings)[];

const inMatch = (game: Game): boolean => !['lobby', 'podium'].includes(game.phase.name);

export const isPlaying = (game: Game, seat: Seat): boolean => inMatch(game) && seat.from <= game.round;

/** How long the seat is kept once its connection is lost. ms */
const holdOf = (game: Game, seat: Seat): number => paceOf(game)[isPlaying(game, seat) ? 'hold' : 'lobbyHold'];

const isAway = (game: Game, seat: Seat, now: number): boolean =>
  seat.lost !== null && seat.lost + paceOf(game).away <= now;

/** From the first round on that somebody who comes in now can draw in. Latecomers watch the present one. */
const firstRound = (game: Game): number =>
  game.phase.name === 'countdown' || !inMatch(game) ? game.round : game.round + 1;

function join(game: Game, action: Action & { type: 'join' }, now: number): Game | Refusal {
  if (isKicked(game, action)) return 'kicked';
  // Somebody must be in it who can open it.
  if (game.settings.locked && game.seats.length > 0) return 'locked';
  const room = withFreeSeat(game, now);
  if (!room) return 'room-full';
  const { id, token, nick, socket, session = null, address = null } = action;
  if (isTaken(room, nick)) return 'nick-taken';
  const term = game.version + 1;
  const mark = freeMark(room);
  const seat: Seat = { id, token, nick, mark, socket, term, session, address, lost: null, from: firstRound(game) };
  const used = game.used || game.seats.length > 0;
  return { ...room, seats: [...room.seats, seat], host: room.host ?? id, empty: null, used };
}

/** With the token of their seat: a player is back on it or, if somebody else got their place, on the next free one. */
function comeBack(game: Game, action: Action & { type: 'return' }, now: number): Game | Refusal {
  if (hasKickedSession(game, action)) return 'kicked';
  const { token, socket } = action;
  const here = { socket, term: game.version + 1, lost: null };
  const seat = game.seats.find((each) => each.token === token);
  if (seat) {
    const { session, address } = action;
    const from = Math.min(seat.from, firstRound(game));
    return withSeat(game, {
      ...{ ...seat, ...here, from },
      ...{ session: session ?? seat.session, address: address ?? seat.address ?? null },
    });
  }
  const owned = game.displaced?.find((each) => each.token === token);
  if (!owned || owned.lost! + paceOf(game).lobbyHold <= now) return isKicked(game, action) ? 'kicked' : 'bad-token';
  const room = withFreeSeat(game, now);
  if (!room) return 'seat-taken';
  const mark = room.seats.some((each) => each.mark === owned.mark) ? freeMark(room) : owned.mark;
  const back: Seat = { ...owned, ...here, mark, nick: freeNick(room, owned.nick), from: firstRound(game) };
  const displaced = room.displaced!.filter((each) => each.token !== token);
  return { ...room, seats: [...room.seats, back], displaced, empty: null };
}

/** The game with a free seat, if need be that of somebody who is away; null if there is none. */
function withFreeSeat(game: Game, now: number): Game | null {
  if (game.seats.length < game.settings.seats) return game;
  const isHost = (seat: Seat) => Number(seat.id === game.host);
  const [seat] = game.seats
    .filter((each) => isAway(game, each, now) && !isPlaying(game, each))
    .sort((a, b) => isHost(a) - isHost(b) || a.lost! - b.lost!);
  if (!seat) return null;
  return { ...without(game, seat.id, now), displaced: [...(game.displaced ?? []), seat].slice(-DISPLACED_KEPT) };
}

function freeMark({ seats }: Game): number {
  let mark = 0;
  while (seats.some((seat) => seat.mark === mark)) mark++;
  return mark;
}

const isTaken = ({ seats }: Game, nick: string): boolean => seats.some((seat) => looksLike(seat.nick, nick));

function freeNick(game: Game, nick: string): string {
  let free = nick;
  for (let n = 2; isTaken(game, free); n++) free = `${nick} ${n}`;
  return free;
}

/** All seats of the person go, and neither they nor their address come back: see `isKicked`. */
function kick(game: Game, { by, id }: Action & { type: 'kick' }, now: number): Game | Refusal {
  if (game.host !== by) return 'not-host';
  const seat = seatOf(game, id);
  if (!seat) return 'unknown-player';
  const { session, address = null } = seat;
  // A host who has two seats may give one up.
  if (isSamePerson(seat, seatOf(game, by)!)) return without(game, id, now);
  const seats = game.seats.filter((each) => isSamePerson(each, seat));
  const kicked = [...(game.kicked ?? []), { session, address }].slice(-KICKS_KEPT);
  const displaced = (game.displaced ?? []).filter((each) => !isSamePerson(each, seat));
  return seats.reduce((left, each) => without(left, each.id, now), { ...game, kicked, displaced } as Game);
}

const isSamePerson = (a: Seat, b: Seat): boolean => a.id === b.id || (a.session !== null && a.session === b.session);

const hasKickedSession = ({ kicked = [] }: Game, { session }: Partial<Visitor>): boolean =>
  session != null && kicked.some((each) => each.session === session);

/**
 * Whether the visitor was kicked. Sessions are free, so the address counts too, but many people may share it. It counts for a
 * visitor without a session and, unless somebody in the room plays from the same address, for one with a new session.
 */
function isKicked(game: Game, visitor: Partial<Visitor>): boolean {
  if (hasKickedSession(game, visitor)) return true;
  const { session, address, isNew = false } = visitor;
  if (address == null || !game.kicked?.some((each) => each.address === address)) return false;
  return session == null || (isNew && !game.seats.some((seat) => seat.address === address));
}

/**
 * Why the visitor cannot watch; null if they can. Whoever plays may watch on another screen, too. An address that was kicked
 * sends nobody away who is here: they were before.
 */
export function watchRefusal(game: Game, visitor: Visitor, isHere = false): 'kicked' | 'no-spectators' | null {
  if (isHere ? hasKickedSession(game, visitor) : isKicked(game, visitor)) return 'kicked';
  const { session } = visitor;
  const plays = session !== null && game.seats.some((seat) => seat.session === session);
  return game.settings.spectators === false && !plays ? 'no-spectators' : null;
}

function appoint(game: Game, { by, id }: Action & { type: 'host' }): Game | Refusal {
  if (!seatOf(game, by)) return 'not-seated';
  const { [by]: before, ...votes } = game.votes ?? {};
  if (id === null || id === game.host) return before === undefined ? game : { ...game, votes };
  const heir = seatOf(game, id);
  if (!heir) return 'unknown-player';
  if (heir.lost !== null) return 'player-away';
  if (game.host === by) return { ...game, host: id, votes: {} };
  return before === id ? game : { ...game, votes: { ...votes, [by]: id } };
}

/** Who votes: the players who are here, except the host. A person with several seats has one vote. */
function electorate(game: Game): Seat[] {
  const host = seatOf(game, game.host!);
  return game.seats.filter(
    (seat, i, seats) =>
      seat.lost === null &&
      !(host && isSamePerson(seat, host)) &&
      seats.findIndex((each) => each.lost === null && isSamePerson(each, seat)) === i,
  );
}

/** More than half of those who vote. The role of a host who is here also takes two: a stranger could take any room of one. */
export function votesNeeded(game: Game, isHostAway = seatOf(game, game.host!)?.lost !== null): number {
  return Math.max(Math.floor(electorate(game).length / 2) + 1, isHostAway ? 1 : 2);
}

/** The player whom enough others want as the host at `now`. */
function elected(game: Game, now: number): Seat | undefined {
  const votes = Object.values(game.votes ?? {});
  if (votes.length === 0) return undefined;
  const voters = electorate(game);
  const needed = votesNeeded(game, isHostAway(game, now));
  return game.seats.find(
    ({ id, lost }) =>
      lost === null && id !== game.host && voters.filter((voter) => votedFor(game, voter) === id).length >= needed,
  );
}

const votedFor = (game: Game, voter: Seat): string | undefined =>
  game.seats.filter((seat) => isSamePerson(seat, voter)).flatMap(({ id }) => game.votes?.[id] ?? [])[0];

const isHostAway = (game: Game, now: number): boolean => {
  const host = seatOf(game, game.host!);
  return host !== undefined && host.lost !== null && host.lost + paceOf(game).hostHold <= now;
};

/** When anybody may start, since the host is away; null while the host is here, and during a match. ms */
export function anybodyStartsAt(game: Game): number | null {
  const lost = game.host === null || inMatch(game) ? null : (seatOf(game, game.host)?.lost ?? null);
  return lost === null ? null : lost + paceOf(game).hostHold;
}

function start(game: Game, action: Action & { type: 'start' }, now: number): Game | Refusal {
  if (!seatOf(game, action.by)) return 'not-seated';
  if (game.host !== action.by && !isHostAway(game, now)) return 'not-host';
  if (inMatch(game)) return 'wrong-phase';
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

function recognize(game: Game, action: Action & { type: 'recognized' }, now: number): Game {
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
    if (seat.lost !== null && seat.lost + holdOf(game, seat) <= now) next = without(next, seat.id, now);
  const { phase } = next;
  if (phase.name === 'countdown' && phase.ends <= now) next = draw(next, phase.ends);
  else if (phase.name === 'drawing' && phase.close <= now) next = reveal(next, phase.recognized, now);
  else if (phase.name === 'reveal' && phase.ends <= now) next = afterReveal(next, now);
  return next;
}

function draw(counted: Game, started: number): Game {
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
    if (game.empty !== null && game.empty + emptyFor(game) <= now) return { ...game, phase: { name: 'closed' } };
    if (game.host === null && game.match === null) return game;
    return { ...game, host: null, match: null, votes: {}, phase: { name: 'lobby' } };
  }
  const host = elected(game, now) ?? seatOf(game, game.host!) ?? heirOf(game);
  const next = closeWhenDone(host.id === game.host ? game : { ...game, host: host.id, votes: {} }, now);
  const { phase } = next;
  return phase.name === 'drawing' && phase.ends <= now && isJudged(next) ? reveal(next, phase.recognized, now) : next;
}

/** Whether no verdict can come any more: for nobody who is not recognized, from the process that they are on. */
function isJudged(game: Game): boolean {
  const { phase } = game;
  if (phase.name !== 'drawing') return true;
  const { recognized, judged = [] } = phase;
  const isDone = ({ id, socket }: Seat) =>
    socket === null ||
    recognized.some(({ player }) => player === id) ||
    judged.some((process) => socket.startsWith(`${process}/`));
  return game.seats.every((seat) => !isPlaying(game, seat) || isDone(seat));
}

const heirOf = ({ seats }: Game): Seat => seats.find((seat) => seat.lost === null) ?? seats[0]!;

/** Nobody knows of a room that only its creator was in. ms */
const emptyFor = (game: Game): number => (game.used ? paceOf(game).empty : 0);

/** When `tick` next has something to do. ms; Infinity for never */
export function deadline(game: Game): number {
  const { phase } = game;
  if (phase.name === 'closed') return Infinity;
  const times: number[] = [];
  if (phase.name === 'countdown' || phase.name === 'reveal') times.push(phase.ends);
  if (phase.name === 'drawing') times.push(isJudged(game) ? phase.ends : phase.close);
  if (game.empty !== null) times.push(game.empty + emptyFor(game));
  for (const seat of game.seats) {
    if (seat.lost === null) continue;
    times.push(seat.lost + holdOf(game, seat));
    const awayFrom = seat.lost + paceOf(game).hostHold;
    if (seat.id === game.host && elected(game, awayFrom)) times.push(awayFrom);
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
