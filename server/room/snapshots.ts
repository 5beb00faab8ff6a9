/**
 * Whole drawings for single sockets: for those that enter, and for those that missed something. Requests that come while one
 * is answered wait and are answered together, so the store is read and a drawing is encoded once for all of them, at a rate
 * that the size of the drawings sets. A socket that has not read what it was sent waits until it has.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { History } from '../../shared/history.ts';
import { inkAt } from '../../shared/history.ts';
import { inkSize } from '../../shared/ink.ts';
import type { Store } from '../storage/store.ts';
import type { Broadcaster } from './broadcaster.ts';
import { guessesOf } from './broadcaster.ts';
import { snapshot } from './drawing.ts';
import type { LiveRoom } from './live-room.ts';
import type { Outbox } from './outbox.ts';

/** At least so long between two answers in a room. */
const COLLECT_MS = 50;
/** What one answer costs is made up for by the pause after it. Points a ms */
const ANSWER_RATE = 100;

interface Request {
  socket: string;
  /** One player's drawing, or everybody's. */
  player: string | null;
  answered(stored: Map<string, History>): void;
  failed(reason: unknown): void;
}

interface Parts {
  store: Store;
  broadcaster: Broadcaster;
  outbox: Outbox;
}

export type Snapshots = ReturnType<typeof createSnapshots>;

export function createSnapshots({ store, broadcaster, outbox }: Parts) {
  /** By room, which has an entry while requests wait or a pause lasts. */
  const waiting = new Map<LiveRoom, Request[]>();

  async function answerAll(room: LiveRoom): Promise<void> {
    // Those that come in the same turn share the first answer.
    await null;
    for (;;) {
      const requests = waiting.get(room)!;
      const ready = requests.filter(({ socket }) => !outbox.isBehind(socket));
      waiting.set(
        room,
        requests.filter((request) => !ready.includes(request)),
      );
      const points =
        ready.length === 0
          ? 0
          : await answer(room, ready).catch((reason) => {
              for (const request of ready) request.failed(reason);
              return 0;
            });
      await wait(COLLECT_MS + points / ANSWER_RATE, undefined, { ref: false });
      if (waiting.get(room)!.length === 0) break;
    }
    waiting.delete(room);
  }

  /** Returns how many points were encoded. */
  async function answer(room: LiveRoom, requests: Request[]): Promise<number> {
    const { round } = room.game;
    const wanted = new Set(requests.map(({ player }) => player));
    const stored = await readStored(room, wanted);
    // What waits for the next frame is in the snapshots: it must not reach anybody twice.
    broadcaster.flush(room);
    let points = 0;
    const everybody = new Set([...stored.keys(), ...room.drawings.keys()]);
    for (const player of wanted.has(null) ? everybody : (wanted as Set<string>)) {
      const sockets = requests.filter((each) => each.player === null || each.player === player);
      const ink = room.drawings.get(player)?.ink ?? inkAt(stored.get(player) ?? []);
      points += inkSize(ink);
      outbox.toSockets(new Set(sockets.map(({ socket }) => socket)), 'ink', snapshot(round, player, ink));
    }
    const guesses = guessesOf(room);
    const newcomers = requests.filter(({ player }) => player === null).map(({ socket }) => socket);
    if (newcomers.length > 0 && guesses.length > 0) outbox.toSockets(newcomers, 'live', { round, chunks: [], guesses });
    for (const { answered } of requests) answered(stored);
    return points;
  }

  /** From the store, for those who draw on another process. It may have older ones of those who draw on this one. */
  async function readStored({ code, drawings, game }: LiveRoom, wanted: Set<string | null>) {
    const missing = [...wanted].filter((player) => player === null || !drawings.has(player));
    // One read of all is cheaper than three of one.
    const elsewhere = missing.length > 2 || missing.includes(null) ? [undefined] : (missing as string[]);
    const read = await Promise.all(elsewhere.map((player) => store.readInk(code, game.round, player)));
    return new Map(read.flatMap((each) => [...each]));
  }

  return {
    /** Sends the socket the drawing of one player, or of everybody (null). Resolves when it is sent, with what was read. */
    request: (room: LiveRoom, socket: string, player: string | null): Promise<Map<string, History>> =>
      new Promise((answered, failed) => {
        const request = { socket, player, answered, failed };
        const others = waiting.get(room);
        if (others) {
          // A socket needs a drawing once, however often it asks.
          const same = others.findIndex((other) => other.socket === socket && other.player === player);
          if (same >= 0) others.splice(same, 1)[0]!.answered(new Map());
          others.push(request);
          return;
        }
        waiting.set(room, [request]);
        void answerAll(room);
      }),
  };
}
