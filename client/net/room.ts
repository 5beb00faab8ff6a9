/**
 * The room as this client knows it: its view, the player who sits here, everybody's ink, and what the network guesses. The
 * ink changes up to 240 times a second, so it stays outside cells: canvases ask for it when they paint.
 */
import type { Ink, Stroke } from '../../shared/ink.ts';
import type { InkSnapshot, LiveFrame, PlayerGuesses, RoomView } from '../../shared/protocol.ts';
import { unpackFrame } from '../../shared/wire.ts';
import {
  applyChunks,
  applySnapshot,
  type Drawings,
  newDrawings,
  remoteOf,
  resetOnNewLink,
  strokesOf,
} from '../drawing/drawings.ts';
import type { LocalDrawing } from '../drawing/local-drawing.ts';
import type { NewCell } from './cell.ts';
import type { Link } from './link.ts';
import { newRoundRecord, type RoundRecord, recordThoughts } from './match-history.ts';
import type { ServerClock } from './server-clock.ts';

/** `me` is the id of the player who sits here; none for a spectator. */
export interface Inside {
  at: 'inside';
  me: string | undefined;
  view: RoomView;
}

/** A player's snapshot is asked for at most this often. */
const RESYNC_INTERVAL_MS = 250;

/**
 * What arrives while the server lets this client in. Only the answer says who sits here, and only a view says which round it
 * is; either may be first, and the round's ink and guesses may come before both.
 */
interface Entering {
  answered: boolean;
  me?: string | undefined;
  view?: RoomView;
  waiting: (() => void)[];
}

export interface Room {
  inside(): Inside | undefined;
  /** Call it before asking to be let in. All stays as it was until then, so that a lost link does not empty the page. */
  beginEntering(): void;
  /** The server let this client in, as `me` or as a spectator. */
  admit(me: string | undefined): void;
  /** Whether this client is let in on the present connection. */
  isAdmitted(): boolean;
  leave(): void;
  /** After each change of the view. */
  onChange(listener: () => void): void;
  drawings(): Drawings;
  localDrawing(): LocalDrawing;
  strokes(player: string): Stroke[];
  /** Calls `listener` whenever the player's ink changes, until the returned function is called. */
  onInk(player: string, listener: () => void): () => void;
  inkChanged(player: string): void;
  /** What happens to a drawing of this round that no frame brings: a ghost's. */
  replay(drawing: string, ink: Ink, guesses: PlayerGuesses[]): void;
  guesses(): Record<string, PlayerGuesses>;
  guessesOf(player: string): PlayerGuesses | undefined;
  /** The rounds of this match, the present one last. */
  history(): RoundRecord[];
}

interface Parts {
  link: Link;
  clock: ServerClock;
  /** ms */
  now: () => number;
  cell: NewCell;
}

/** The round whose drawings the server has: on the podium, the last one. */
export const roundOf = ({ phase }: RoomView): number | undefined =>
  phase.name === 'podium' ? phase.results.at(-1)?.round : 'round' in phase ? phase.round : undefined;

export function createRoom({ link, clock, now, cell }: Parts): Room {
  const inside = cell<Inside | undefined>(undefined);
  const guesses = cell<Record<string, PlayerGuesses>>({});
  const history = cell<RoundRecord[]>([]);
  let drawings = newDrawings(-1, undefined);
  /** None outside, too: what comes then is not for this part, but for a teacher's overview of all rooms. */
  let entering: Entering | undefined;
  const changeListeners: (() => void)[] = [];
  const inkListeners = new Set<{ player: string; listener: () => void }>();
  /** When each player's snapshot was last asked for. ms */
  const resyncedAt = new Map<string, number>();

  // ---------------------------------------------------------------- coming in and leaving

  function beginEntering(): void {
    entering = { answered: false, waiting: [] };
    clock.reset();
  }

  function admit(me: string | undefined): void {
    entering = { waiting: [], ...entering, answered: true, me };
    open();
  }

  function open(): void {
    if (!entering?.answered || !entering.view) return;
    const { me, view, waiting } = entering;
    entering = undefined;
    show(view, me);
    resetOnNewLink(drawings);
    for (const apply of waiting) apply();
    for (const { listener } of inkListeners) listener();
  }

  // ---------------------------------------------------------------- from the server

  function receiveView(view: RoomView): void {
    clock.sync(view.now);
    if (entering) {
      entering.view = view;
      open();
    } else if (inside.value) show(view, inside.value.me);
  }

  function show(view: RoomView, me: string | undefined): void {
    const round = roundOf(view) ?? drawings.round;
    const isNew = round !== drawings.round || drawings.me !== me;
    if (isNew) {
      drawings = newDrawings(round, me);
      guesses.value = {};
      const isFirst = 'number' in view.phase && view.phase.number === 1;
      history.value = [
        ...(isFirst ? [] : history.value.filter((record) => record.round !== round)),
        newRoundRecord(drawings, view.phase.name === 'countdown'),
      ];
    }
    const record = history.value.at(-1);
    const { phase } = view;
    const prompt = phase.name === 'drawing' ? phase.prompt : phase.name === 'reveal' ? phase.result.prompt : undefined;
    if (record && prompt && 'alike' in phase) record.accepted = [prompt, ...(phase.alike ?? [])];
    clock.stop(view.paused);
    change({ at: 'inside', me, view });
    if (isNew) for (const { listener } of inkListeners) listener();
  }

  function change(next: Inside | undefined): void {
    inside.value = next;
    for (const listener of changeListeners) listener();
  }

  function receiveLive(frame: LiveFrame): void {
    if (entering) {
      entering.waiting.push(() => receiveLive(frame));
      return;
    }
    if (!inside.value) return;
    for (const player of applyChunks(drawings, frame, now(), inkChanged)) resync(player);
    if (frame.guesses.length > 0 && frame.round === drawings.round) showGuesses(frame);
  }

  function showGuesses(frame: Pick<LiveFrame, 'guesses'>): void {
    guesses.value = { ...guesses.value, ...Object.fromEntries(frame.guesses.map((each) => [each.player, each])) };
    const record = history.value.at(-1);
    if (record) recordThoughts(record, frame);
  }

  function replay(drawing: string, ink: Ink, guesses: PlayerGuesses[]): void {
    remoteOf(drawings, drawing).ink = ink;
    if (guesses.length > 0) showGuesses({ guesses });
    inkChanged(drawing);
  }

  function receiveInk(ink: InkSnapshot): void {
    if (entering) {
      entering.waiting.push(() => receiveInk(ink));
      return;
    }
    if (!inside.value) return;
    if (!applySnapshot(drawings, ink, now())) resync(ink.player);
    // Guesses for a drawing that was cleared are gone with it.
    if (ink.strokes.length === 0 && ink.player in guesses.value) {
      const { [ink.player]: _, ...others } = guesses.value;
      guesses.value = others;
    }
    inkChanged(ink.player);
    // The podium paints each drawing once. After a reload they arrive later: a new record has them painted again.
    if (inside.value?.view.phase.name === 'podium')
      history.value = history.value.map((record) => (record.round === ink.round ? { ...record } : record));
  }

  function resync(player: string): void {
    const time = now();
    if (time - (resyncedAt.get(player) ?? -Infinity) < RESYNC_INTERVAL_MS) return;
    resyncedAt.set(player, time);
    link.send('resync', { player });
  }

  function inkChanged(player: string): void {
    for (const each of inkListeners) if (each.player === player) each.listener();
  }

  link.socket.on('room', receiveView);
  link.socket.on('live', (frame) => receiveLive(unpackFrame(frame)));
  link.socket.on('ink', receiveInk);

  return {
    inside: () => inside.value,
    beginEntering,
    admit,
    isAdmitted: () => entering === undefined && inside.value !== undefined,
    leave() {
      entering = undefined;
      clock.reset();
      history.value = [];
      clock.stop(undefined);
      change(undefined);
    },
    onChange: (listener) => void changeListeners.push(listener),
    drawings: () => drawings,
    localDrawing: () => drawings.local,
    strokes: (player) => strokesOf(drawings, player),
    onInk(player, listener) {
      const entry = { player, listener };
      inkListeners.add(entry);
      return () => inkListeners.delete(entry);
    },
    inkChanged,
    replay,
    guesses: () => guesses.value,
    guessesOf: (player) => guesses.value[player],
    history: () => history.value,
  };
}
