/**
 * One room as this process has it. A LiveRoom owns everything that is keyed by a room's code: the newest game, the sockets on
 * this process, their drawings, and the timers. It is plain data; the functions below are the only ones that change its game
 * and its drawings, and they report each change to the subscribers.
 */
import type { History } from '../../shared/history.ts';
import type { Chunk } from '../../shared/ink.ts';
import type { LiveFrame, Refusal } from '../../shared/protocol.ts';
import type { Game, Visitor } from '../game/game.ts';
import { drawingRefusal, startOf } from '../game/match.ts';
import type { Drawing, Erasing } from './drawing.ts';
import { appendChunk, eraseInk, keepGuesses, newDrawing } from './drawing.ts';
import { turnOf } from './turn.ts';

export interface Subscriber {
  /** A drawing has more ink, or less, or is back from the store. */
  drawn?(room: LiveRoom, drawing: Drawing): void;
  /** Guesses about a drawing were sent to everybody. */
  guessed?(room: LiveRoom, drawing: Drawing): void;
  /** The room was opened on this process, or its game is a newer one. Drawings of the round before are still there. */
  changed?(room: LiveRoom): void;
}

export interface LiveRoom {
  readonly code: string;
  game: Game;
  /** Sockets on this process, each with its player, null for a spectator, and with who that is. */
  readonly members: Map<string, { player: string | null; visitor: Visitor }>;
  /** Of this round, by player: those that are drawn on this process. */
  readonly drawings: Map<string, Drawing>;
  readonly subscribers: readonly Subscriber[];
  readonly timers: {
    deadline?: NodeJS.Timeout;
    frame?: NodeJS.Timeout;
    spectatorFrame?: NodeJS.Timeout;
    drawings?: NodeJS.Timeout;
    spectators?: NodeJS.Timeout;
    judged?: NodeJS.Timeout;
  };
  /** When the last frame was broadcast. ms */
  frameSentAt: number;
  /**
   * What spectators have not been sent yet, because their frames are rarer under load; when the last one was sent, in ms; and whether
   * there are any on other processes, as far as this one knows.
   */
  spectators: { unsent: LiveFrame | null; sentAt: number; elsewhere: boolean };
  /** Whether it has people on other processes, as far as this one knows. */
  isSpread: boolean;
}

/** A socket in a room. */
export interface Member {
  socket: string;
  code: string;
  /** Null for a spectator. */
  player: string | null;
}

export type Player = Member & { player: string };

/** Where an undo or a clear applies. */
export interface ErasePoint {
  round: number;
  rev: number;
  /** Undo only. */
  times?: number;
}

export const newLiveRoom = (game: Game, subscribers: readonly Subscriber[]): LiveRoom => ({
  code: game.code,
  game,
  members: new Map(),
  drawings: new Map(),
  subscribers,
  timers: {},
  frameSentAt: 0,
  spectators: { unsent: null, sentAt: 0, elsewhere: false },
  isSpread: false,
});

/** Appends a player's chunk to their drawing. `now` in ms */
export function draw(room: LiveRoom, player: string, chunk: Chunk & { round: number }, now: number): Refusal | null {
  const refusal = drawingRefusal(room.game, player, chunk.round, now);
  if (refusal) return refusal;
  const drawing = room.drawings.get(player) ?? startDrawing(room, player);
  return appendChunk(drawing, chunk, now) ?? reportDrawn(room, drawing);
}

export function erase(room: LiveRoom, player: string, what: Erasing, at: ErasePoint, now: number): Refusal | null {
  const refusal = drawingRefusal(room.game, player, at.round, now);
  if (refusal) return refusal;
  const drawing = room.drawings.get(player) ?? startDrawing(room, player);
  return eraseInk(drawing, what, at.rev, now, at.times) ?? reportDrawn(room, drawing);
}

/**
 * The player is back, with what the store has of their drawing; the drawing on this process, if there is one, is newer.
 * Writing the whole history claims it for the connection that has the seat now.
 */
export function resume(room: LiveRoom, player: string, stored?: History): void {
  const drawing = room.drawings.get(player) ?? startDrawing(room, player, stored);
  drawing.term = termOf(room, player);
  drawing.unsaved = null;
  reportDrawn(room, drawing);
}

/** The newest guesses about a drawing were sent to everybody. `now` in ms */
export function showGuesses(room: LiveRoom, drawing: Drawing, now: number): void {
  keepGuesses(drawing, now - drawing.started);
  for (const subscriber of room.subscribers) subscriber.guessed?.(room, drawing);
}

/** Replaces the game by a newer one. */
export function advance(room: LiveRoom, game: Game): void {
  if (game.version <= room.game.version) return;
  room.game = game;
  for (const drawing of room.drawings.values()) {
    if (!drawing.recognized) Object.assign(drawing, recognitionOf(game, drawing.player));
    // Later, after a pause.
    if (drawing.round === game.round && game.phase.name === 'drawing') drawing.started = startOf(game);
  }
  reportChanged(room);
  for (const drawing of room.drawings.values()) if (drawing.round !== game.round) room.drawings.delete(drawing.player);
}

export function reportChanged(room: LiveRoom): void {
  for (const subscriber of room.subscribers) subscriber.changed?.(room);
}

/** Nothing happens in the room any more. */
export function stop(room: LiveRoom): void {
  for (const timer of Object.values(room.timers)) clearTimeout(timer);
  room.members.clear();
  room.drawings.clear();
}

export const isHere = (room: LiveRoom, player: string): boolean =>
  [...room.members.values()].some((member) => member.player === player);

/** On this process. */
export const hasPlayers = (room: LiveRoom): boolean => spectatorsOf(room) < room.members.size;

/** On any process, as far as this one knows. */
export const hasSpectators = (room: LiveRoom): boolean =>
  Object.keys(room.game.spectators).length > 0 || spectatorsOf(room) > 0;

/** On this process. */
export const spectatorsOf = (room: Pick<LiveRoom, 'members'>): number =>
  [...room.members.values()].filter(({ player }) => player === null).length;

function startDrawing(room: LiveRoom, player: string, stored?: History): Drawing {
  const { code, game } = room;
  const term = termOf(room, player);
  const recognition = recognitionOf(game, player);
  const origin = { code, turn: turnOf(game), player, round: game.round, started: startOf(game), term, ...recognition };
  const drawing = newDrawing(origin, stored);
  room.drawings.set(player, drawing);
  return drawing;
}

const termOf = ({ game }: LiveRoom, player: string): number => game.seats.find((seat) => seat.id === player)!.term;

/** Whether the player's drawing is recognized, and how much of it stays for that. */
function recognitionOf({ phase }: Game, player: string): Pick<Drawing, 'recognized' | 'kept'> {
  const recognition = phase.name === 'drawing' ? phase.recognized.find((each) => each.player === player) : undefined;
  return { recognized: recognition !== undefined, kept: recognition?.ink?.strokes ?? 0 };
}

function reportDrawn(room: LiveRoom, drawing: Drawing): null {
  for (const subscriber of room.subscribers) subscriber.drawn?.(room, drawing);
  return null;
}
