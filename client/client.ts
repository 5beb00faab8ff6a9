/**
 * A client of the game: link → session → room → drawing. It needs no page; the page hands in cells that its screens follow,
 * its storage, and attaches the browser's events (`page/`). Several clients live side by side.
 */
import { createDrawingInput, type DrawingInput } from './drawing/input.ts';
import { type NewCell, plainCell } from './net/cell.ts';
import { type Chat, createChat } from './net/chat.ts';
import { announceHosts } from './net/host.ts';
import { type Cheers, createCheers } from './net/cheers.ts';
import { type ClientSocket, createLink, type Link, type Obstacle } from './net/link.ts';
import { createMemory, type KeyValueStorage, type Memory } from './net/memory.ts';
import { createNotices, type Notices } from './net/notices.ts';
import { createRoom, type Room } from './net/room.ts';
import { createServerClock, type ServerClock } from './net/server-clock.ts';
import { createSession, type Session } from './net/session.ts';
import { createSolo, type Solo } from './net/solo.ts';

export interface Client {
  link: Link;
  session: Session;
  room: Room;
  chat: Chat;
  cheers: Cheers;
  /** The local player's pen and eraser. */
  input: DrawingInput;
  clock: ServerClock;
  notices: Notices;
  memory: Memory;
  solo: Solo;
  close(): void;
}

interface Environment {
  socket: ClientSocket;
  storage: KeyValueStorage;
  /** A monotonic clock. ms */
  now?: () => number;
  cell?: NewCell;
  /** Says what is in the way if the server answers, but the socket cannot connect. */
  findObstacle?: () => Promise<Obstacle | undefined>;
  /** Of the page, as in `en`. */
  language?: () => string;
}

export function createClient(environment: Environment): Client {
  const { socket, storage, now = () => performance.now(), cell = plainCell, findObstacle, language } = environment;
  const memory = createMemory(storage);
  const notices = createNotices(cell);
  const clock = createServerClock(now, cell);
  const link = createLink({ socket, notices, now, cell, findObstacle });
  const chat = createChat(link, cell);
  const cheers = createCheers(link, cell);
  const room = createRoom({ link, clock, now, cell });
  announceHosts(room, notices);
  const input = createDrawingInput({ link, room, notices, now });
  const session = createSession({ link, room, chat, memory, notices, cell, language });
  return {
    link,
    session,
    room,
    chat,
    cheers,
    input,
    clock,
    notices,
    memory,
    solo: createSolo(room, memory, cell),
    close() {
      link.close();
      input.close();
    },
  };
}
