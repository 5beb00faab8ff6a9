/**
 * What the room's people see: the view after each change of the game, and what is drawn and guessed in frames. A frame leaves
 * at once after a pause, else every LIVE_EVERY; chunks and guesses share it, since a small message costs what sending costs.
 * Under load guesses become rarer for everybody, then spectators' frames. Players' ink never waits.
 */
import type { LiveFrame, PlayerGuesses, ServerEvents } from '../../shared/protocol.ts';
import { LIVE_EVERY } from '../../shared/protocol.ts';
import { view } from '../game/view.ts';
import type { Load } from '../load.ts';
import { snapshot, wholeInkPause } from './drawing.ts';
import { mayLeave, nextDue } from './guess-schedule.ts';
import type { LiveRoom } from './live-room.ts';
import { hasSpectators, showGuesses } from './live-room.ts';
import type { Outbox } from './outbox.ts';

/** Counts what goes through the rooms. */
export interface Meter {
  chunk(): void;
  /** ms from the newest chunk that the guesses are about to the frame that carries them. */
  guesses(latency: number): void;
  /** A drawing whose newest ink was not judged when its round closed. */
  unjudged(): void;
  /** A drawing of which more was drawn than a hand can draw. */
  implausible(): void;
}

export type Broadcaster = ReturnType<typeof createBroadcaster>;

/** By level of load: at most so often the frames of spectators. ms */
const SPECTATORS_PAUSE_MS = [0, 0, 500];
/** The teacher and the projector watch ten rooms at once. ms */
const LESSON_PAUSE_MS = 150;

export function createBroadcaster(outbox: Outbox, now: () => number, load: Load, meter?: Meter) {
  /** To everybody in the room, on every process. */
  function send<E extends keyof ServerEvents>(
    room: LiveRoom,
    event: E,
    payload: Parameters<ServerEvents[E]>[0],
    except?: string,
  ): void {
    outbox.toPlayers(room.code, event, payload, except);
    if (!hasSpectators(room)) return;
    sendUnsent(room);
    outbox.toSpectators(room.code, event, payload);
  }

  /** Sends the room's next frame when it is due. */
  function schedule(room: LiveRoom, delay = room.frameSentAt + LIVE_EVERY - now()): void {
    room.timers.frame ??= setTimeout(() => flush(room), Math.max(0, delay));
  }

  /**
   * Sends what was drawn and guessed since the last frame. What comes too early (guesses, whole inks) waits, unless this is the last
   * frame of the round.
   */
  function flush(room: LiveRoom, all = isRoundOver(room)): void {
    clearTimeout(room.timers.frame);
    delete room.timers.frame;
    const time = now();
    const frame: LiveFrame = { round: room.game.round, chunks: [], guesses: [] };
    for (const drawing of room.drawings.values()) {
      // When the game moves on, the last frame still belongs to the round that the drawings are of.
      frame.round = drawing.round;
      if (drawing.unsent) {
        for (const chunk of drawing.unsent) frame.chunks.push({ player: drawing.player, ...chunk });
        drawing.unsent = [];
      } else if (all || time - drawing.sentWholeAt >= wholeInkPause(drawing.measure.points)) {
        send(room, 'ink', snapshot(drawing.round, drawing.player, drawing.ink));
        drawing.unsent = [];
        drawing.sentWholeAt = time;
      } else schedule(room, LIVE_EVERY);
      if (!drawing.guesses || drawing.unsentGuesses === 'none') continue;
      if (all || mayLeave(drawing, time)) {
        frame.guesses.push(drawing.guesses);
        showGuesses(room, drawing, time);
        if (drawing.unsentGuesses === 'early') drawing.guessesDueAt = nextDue(drawing, time, load.level());
        drawing.unsentGuesses = 'none';
        meter?.guesses(time - drawing.started - drawing.guessedAt);
      } else schedule(room, LIVE_EVERY);
    }
    if (frame.chunks.length > 0 || frame.guesses.length > 0) {
      room.frameSentAt = time;
      outbox.toPlayers(room.code, 'live', frame);
      if (hasSpectators(room)) room.spectators.unsent = merged(room.spectators.unsent, frame);
    }
    if (!room.spectators.unsent) return;
    const pause = Math.max(SPECTATORS_PAUSE_MS[load.level()]!, room.game.lesson ? LESSON_PAUSE_MS : 0);
    const left = room.spectators.sentAt + pause - time;
    if (all || left <= 0) sendUnsent(room);
    else room.timers.spectatorFrame ??= setTimeout(() => sendUnsent(room), left);
  }

  /** Sends spectators what they have not been sent yet. */
  function sendUnsent(room: LiveRoom): void {
    clearTimeout(room.timers.spectatorFrame);
    delete room.timers.spectatorFrame;
    const { unsent } = room.spectators;
    if (!unsent) return;
    room.spectators.unsent = null;
    room.spectators.sentAt = now();
    outbox.toSpectators(room.code, 'live', unsent);
  }

  return {
    drawn: (room: LiveRoom): void => schedule(room),
    changed(room: LiveRoom): void {
      flush(room);
      outbox.toSockets(room.members.keys(), 'room', view(room.game, now()));
    },
    schedule: (room: LiveRoom): void => schedule(room),
    flush,
    send,
    /** All drawings of this process, to everybody in the room but their drawers. */
    showDrawings(room: LiveRoom): void {
      flush(room, true);
      const sockets = new Map([...room.members].map(([socket, { player }]) => [player, socket]));
      for (const { player, round, ink } of room.drawings.values())
        send(room, 'ink', snapshot(round, player, ink), sockets.get(player));
      const guesses = guessesOf(room);
      if (guesses.length > 0) send(room, 'live', { round: room.game.round, chunks: [], guesses });
    },
  };
}

const isRoundOver = ({ game, drawings }: LiveRoom): boolean =>
  game.phase.name !== 'drawing' || [...drawings.values()].some(({ round }) => round !== game.round);

/** One frame instead of two: chunks in order, the newest guesses. */
function merged(before: LiveFrame | null, { round, chunks, guesses }: LiveFrame): LiveFrame {
  if (!before || before.round !== round) return { round, chunks, guesses };
  const newer = new Set(guesses.map(({ player }) => player));
  const older = before.guesses.filter(({ player }) => !newer.has(player));
  return { round, chunks: [...before.chunks, ...chunks], guesses: [...older, ...guesses] };
}

/** The newest guesses about everybody who draws on this process. */
export const guessesOf = (room: LiveRoom): PlayerGuesses[] =>
  [...room.drawings.values()].flatMap(({ guesses }) => (guesses ? [guesses] : []));
