/**
 * What the room's people see: the view after each change of the game, and what is drawn and guessed in frames. A frame leaves
 * at once after a pause, else every LIVE_EVERY; chunks and guesses share it, since a small message costs what sending costs.
 */
import type { LiveFrame, PlayerGuesses } from '../../shared/protocol.ts';
import { GUESSES_EVERY, LIVE_EVERY } from '../../shared/protocol.ts';
import { view } from '../game/view.ts';
import type { StoredInk } from '../storage/store.ts';
import type { Drawing } from './drawing.ts';
import { snapshot } from './drawing.ts';
import type { LiveRoom } from './live-room.ts';
import type { Outbox } from './outbox.ts';

/** Counts what goes through the rooms. */
export interface Meter {
  chunk(): void;
  /** ms from the newest chunk that the guesses are about to the frame that carries them. */
  guesses(latency: number): void;
}

export type Broadcaster = ReturnType<typeof createBroadcaster>;

export function createBroadcaster(outbox: Outbox, now: () => number, meter?: Meter) {
  /** Sends the room's next frame when it is due. */
  function schedule(room: LiveRoom): void {
    room.timers.frame ??= setTimeout(() => flush(room), Math.max(0, room.frameSentAt + LIVE_EVERY - now()));
  }

  /** Sends what was drawn and guessed since the last frame. Guesses that are too early for their player wait. */
  function flush(room: LiveRoom): void {
    clearTimeout(room.timers.frame);
    delete room.timers.frame;
    const time = now();
    const frame: LiveFrame = { round: room.game.round, chunks: [], guesses: [] };
    for (const drawing of room.drawings.values()) {
      // When the game moves on, the last frame still belongs to the round that the drawings are of.
      frame.round = drawing.round;
      for (const chunk of drawing.unsent ?? []) frame.chunks.push({ player: drawing.player, ...chunk });
      drawing.unsent = [];
      if (!drawing.guesses || !drawing.guessesUnsent) continue;
      if (areGuessesDue(drawing)) {
        frame.guesses.push(drawing.guesses);
        drawing.guessesUnsent = false;
        drawing.guessesSentAt = time;
        meter?.guesses(time - drawing.started - drawing.guessedAt);
      } else room.timers.frame ??= setTimeout(() => flush(room), LIVE_EVERY);
    }
    if (frame.chunks.length === 0 && frame.guesses.length === 0) return;
    room.frameSentAt = time;
    outbox.toRoom(room.code, 'live', frame);
  }

  const areGuessesDue = (drawing: Drawing): boolean => now() - drawing.guessesSentAt >= GUESSES_EVERY;

  return {
    drawn(room: LiveRoom, drawing: Drawing): void {
      if (!drawing.unsent) {
        drawing.unsent = [];
        outbox.toRoom(room.code, 'ink', snapshot(drawing.round, drawing.player, drawing.ink));
      }
      schedule(room);
    },
    changed(room: LiveRoom): void {
      flush(room);
      const state = view(room.game, now());
      for (const socket of room.members.keys()) outbox.toSocket(socket, 'room', state);
    },
    schedule,
    flush,
    areGuessesDue,
    /** The room as it is, to one socket: the view, all ink, the newest guesses. */
    showTo(room: LiveRoom, socket: string, inks: Map<string, StoredInk>): void {
      const { round } = room.game;
      // What waits for the next frame is in the snapshots: it must not reach the newcomer twice.
      flush(room);
      for (const [player, { ink }] of inks) outbox.toSocket(socket, 'ink', snapshot(round, player, ink));
      const guesses = guessesOf(room);
      if (guesses.length > 0) outbox.toSocket(socket, 'live', { round, chunks: [], guesses });
    },
    /** All drawings of this process, to everybody in the room but their drawers. */
    showDrawings(room: LiveRoom): void {
      flush(room);
      const sockets = new Map([...room.members].map(([socket, { player }]) => [player, socket]));
      for (const { player, round, ink } of room.drawings.values())
        outbox.toRoom(room.code, 'ink', snapshot(round, player, ink), sockets.get(player));
      const guesses = guessesOf(room);
      if (guesses.length > 0) outbox.toRoom(room.code, 'live', { round: room.game.round, chunks: [], guesses });
    },
  };
}

/** The newest guesses about everybody who draws on this process. */
const guessesOf = (room: LiveRoom): PlayerGuesses[] =>
  [...room.drawings.values()].flatMap(({ guesses }) => (guesses ? [guesses] : []));
