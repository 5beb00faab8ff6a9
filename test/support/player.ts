/** A player or spectator without a page: a real socket, and the very modules that the page keeps its drawings with. */
import type { Socket } from 'socket.io-client';
import { io } from 'socket.io-client';
import type { Drawings } from '../../client/drawings.ts';
import { forgetLink, newDrawings, strokesOf, takeChunks, takeSnapshot } from '../../client/drawings.ts';
import { clear, penDown, penMove, penUp, take, undo } from '../../client/own.ts';
import type { Stroke } from '../../shared/ink.ts';
import type {
  Answer,
  Answers,
  ClientEvents,
  Command,
  Gone,
  Payload,
  PhaseView,
  PlayerGuesses,
  Refusal,
  RoomView,
  ServerEvents,
} from '../../shared/protocol.ts';
import { CHUNK_EVERY } from '../../shared/protocol.ts';

export interface Player {
  socket: Socket<ServerEvents, ClientEvents>;
  id?: string | undefined;
  token?: string | undefined;
  code?: string | undefined;
  room?: RoomView | undefined;
  drawings: Drawings;
  guesses: Map<string, PlayerGuesses>;
  refused: Refusal[];
  gone: Gone[];
  ask<C extends Command>(command: C, payload: Payload<C>): Promise<Answer<Answers[C]>>;
  /** Sends all that is not sent yet. */
  send(): void;
  /** Comes back to the seat, or as a spectator, on a new connection. */
  comeBack(): Promise<void>;
  close(): void;
}

const players = new Set<Player>();
const watching = new Set<() => void>();

/** `headers` are the handshake's, such as a cookie. */
export function connect(url: string, headers: Record<string, string> = {}): Player {
  const options = { transports: ['websocket'], reconnection: false, forceNew: true, extraHeaders: headers };
  const socket: Player['socket'] = io(url, options);
  /** Not let in again yet: what is said now would be refused. */
  let outside = false;
  const player: Player = {
    socket,
    drawings: newDrawings(0, undefined),
    guesses: new Map(),
    refused: [],
    gone: [],
    ask: (command, payload) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`no answer to ${command}`)), 5000);
        (socket.emit as (...args: unknown[]) => void)(command, payload, (answer: never) => {
          clearTimeout(timer);
          resolve(answer);
        });
      }),
    send() {
      const { own, round } = player.drawings;
      if (!socket.connected || !player.id || outside) return;
      for (let m = take(own, Date.now()); m; m = take(own, Date.now())) {
        const { event, ...payload } = m;
        if (event === 'resync') socket.emit('resync', { player: player.id });
        else (socket.emit as (...args: unknown[]) => void)(event, { round, ...payload });
      }
    },
    async comeBack() {
      outside = true;
      socket.disconnect();
      forgetLink(player.drawings);
      socket.connect();
      const { code, token } = player;
      const answer = token
        ? await player.ask('join', { code: code!, token })
        : await player.ask('watch', { code: code! });
      if (!answer.ok) throw new Error(`could not come back: ${answer.why}`);
      outside = false;
    },
    close() {
      clearInterval(sending);
      socket.disconnect();
      players.delete(player);
    },
  };
  const changed = () => {
    for (const check of watching) check();
  };
  socket.on('room', (room) => {
    if (!('round' in room.phase)) player.guesses.clear();
    else if (room.phase.round !== player.drawings.round) {
      player.drawings = newDrawings(room.phase.round, player.id);
      player.guesses.clear();
    }
    player.room = room;
    changed();
  });
  socket.on('live', (frame) => {
    for (const drawer of takeChunks(player.drawings, frame, Date.now(), () => {}))
      socket.emit('resync', { player: drawer });
    for (const guesses of frame.guesses) player.guesses.set(guesses.player, guesses);
    changed();
  });
  socket.on('ink', (ink) => {
    if (!takeSnapshot(player.drawings, ink, Date.now())) socket.emit('resync', { player: ink.player });
    changed();
  });
  socket.on('refused', (why) => {
    player.refused.push(why);
    changed();
  });
  socket.on('gone', (why) => {
    player.gone.push(why);
    changed();
  });
  socket.on('disconnect', changed);
  const sending = setInterval(() => player.send(), CHUNK_EVERY);
  players.add(player);
  return player;
}

/** Opens a room and sits in it. */
export async function create(
  url: string,
  nick: string,
  settings: Payload<'create'>['settings'] = {},
  headers: Record<string, string> = {},
): Promise<Player> {
  const player = connect(url, headers);
  seat(player, await player.ask('create', { nick, settings }));
  return player;
}

export async function join(
  url: string,
  code: string,
  nick: string,
  headers: Record<string, string> = {},
): Promise<Player> {
  const player = connect(url, headers);
  seat(player, await player.ask('join', { code, nick }));
  return player;
}

export async function watch(url: string, code: string): Promise<Player> {
  const player = connect(url);
  const answer = await player.ask('watch', { code });
  if (!answer.ok) throw new Error(answer.why);
  player.code = answer.code;
  return player;
}

function seat(player: Player, answer: Answer<{ code: string; player: string; token: string }>): void {
  if (!answer.ok) throw new Error(answer.why);
  player.code = answer.code;
  player.id = answer.player;
  player.token = answer.token;
  player.drawings.me = answer.player;
}

/** Waits until `holds` does; checked at every message that any player gets. */
export function until(holds: () => unknown, what: string, ms = 10_000): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (end: () => void) => {
      clearTimeout(timer);
      watching.delete(check);
      end();
    };
    const check = () => holds() && done(resolve);
    const timer = setTimeout(() => done(() => reject(new Error(`waited ${ms} ms for: ${what}`))), ms);
    watching.add(check);
    check();
  });
}

export const phase = async <N extends PhaseView['name']>(
  player: Player,
  name: N,
  ms?: number,
): Promise<PhaseView & { name: N }> => {
  // The phase as it was when it was waited for: a short one may be over by the time that the wait is.
  let found: PhaseView | undefined;
  const holds = () => {
    if (player.room?.phase.name === name) found = player.room.phase;
    return found;
  };
  await until(holds, `phase ${name}`, ms);
  return found as PhaseView & { name: N };
};

export const strokes = (player: Player, of: string): Stroke[] => strokesOf(player.drawings, of);

/** Draws a stroke at once; it leaves with the next sending. */
export function stroke(player: Player, points: Stroke): void {
  const { own } = player.drawings;
  penDown(own, points[0]!, points[1]!);
  for (let i = 2; i < points.length; i += 2) penMove(own, points[i]!, points[i + 1]!);
  penUp(own);
}

export const eraseLast = (player: Player): void => undo(player.drawings.own);
export const eraseAll = (player: Player): void => clear(player.drawings.own);

export function closeAll(): void {
  for (const player of [...players]) player.close();
}
