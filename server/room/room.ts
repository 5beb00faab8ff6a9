/** One room as this process has it: who is in it here, their desks, and the frames that tell everybody what happens. */
import type { LiveFrame, PlayerGuesses } from '../../shared/protocol.ts';
import { GUESSES_EVERY, LIVE_EVERY } from '../../shared/protocol.ts';
import type { Game } from '../game/game.ts';
import { startOf } from '../game/game.ts';
import type { KeptInk } from '../storage/store.ts';
import type { Desk } from './drawing.ts';
import { newDesk } from './drawing.ts';
import type { Outbox } from './outbox.ts';

/** Who a socket is: the room it is in, and its player there; null for a spectator. */
export interface Member {
  socket: string;
  code: string;
  player: string | null;
}

export type Player = Member & { player: string };

export interface Room {
  game: Game;
  /** Sockets on this process, with their player; null for spectators. */
  members: Map<string, string | null>;
  /** By player. */
  desks: Map<string, Desk>;
  stopWatching: () => void;
  deadline?: NodeJS.Timeout;
  live?: NodeJS.Timeout | undefined;
  /** When the last frame was sent. ms */
  sent: number;
  /** All drawings of this process are sent anew then: somebody on another one needs them. */
  telling?: NodeJS.Timeout | undefined;
  /** The match that was told to the leaderboards. */
  honored?: string;
}

/** What is counted and timed of the rooms. */
export interface Meter {
  chunk(): void;
  /** ms from the newest chunk that a look saw to the frame in which its guesses leave. */
  guesses(latency: number): void;
}

/** What a room's frames need of the world. */
export interface World {
  outbox: Outbox;
  meter?: Meter | undefined;
  now: () => number;
}

export const newRoom = (game: Game, stopWatching: () => void): Room => ({
  game,
  members: new Map(),
  desks: new Map(),
  stopWatching,
  sent: 0,
});

/** Stops whatever the room would still do by itself. */
export function stopTimers(room: Room): void {
  for (const timer of [room.deadline, room.live, room.telling]) clearTimeout(timer);
}

export const isHere = (room: Room, player: string): boolean => [...room.members.values()].includes(player);

export const spectatorsOf = (room: Room): number =>
  [...room.members.values()].filter((player) => player === null).length;

/** A desk for the round that is drawn now, with what was kept of the drawing if it was begun elsewhere. */
export function layDesk(room: Room, player: string, kept?: KeptInk): Desk {
  const { code, round, phase, seats } = room.game;
  const { term } = seats.find((seat) => seat.id === player)!;
  const desk = newDesk(code, player, round, term, kept);
  desk.recognized = phase.name === 'drawing' && phase.recognized.some((each) => each.player === player);
  room.desks.set(player, desk);
  return desk;
}

/** The newest guesses of everybody who draws on this process. */
export const guessesHere = (room: Room): PlayerGuesses[] =>
  [...room.desks.values()].map((desk) => desk.guesses).filter((guesses) => guesses !== null);

/** Sends the room's next frame when it is due: at once after a pause. */
export function soon(room: Room, world: World): void {
  room.live ??= setTimeout(() => flush(room, world), Math.max(0, room.sent + LIVE_EVERY - world.now()));
}

/** Sends what was drawn and guessed since the last frame. Guesses that are too early for their player stay for the next. */
export function flush(room: Room, world: World): void {
  clearTimeout(room.live);
  room.live = undefined;
  const time = world.now();
  const frame: LiveFrame = { round: room.game.round, chunks: [], guesses: [] };
  for (const desk of room.desks.values()) {
    for (const chunk of desk.unsent) frame.chunks.push({ player: desk.player, ...chunk });
    desk.unsent = [];
    if (!desk.guesses || !desk.news) continue;
    if (time - desk.guessed >= GUESSES_EVERY) {
      frame.guesses.push(desk.guesses);
      desk.news = false;
      desk.guessed = time;
      world.meter?.guesses(time - startOf(room.game) - desk.seen);
    } else room.live ??= setTimeout(() => flush(room, world), LIVE_EVERY);
  }
  if (frame.chunks.length === 0 && frame.guesses.length === 0) return;
  room.sent = time;
  world.outbox.toRoom(room.game.code, 'live', frame);
}
