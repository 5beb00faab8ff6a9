/** A live drawing: what one player draws in a round, on the process that the player's socket is on. */
import type { Chunk, Ink, InkMeasure } from '../../shared/ink.ts';
import type { History, InkEvent, ShownGuesses } from '../../shared/history.ts';
import { costOf, GUESSES_KEPT, inkAt, withoutErased } from '../../shared/history.ts';
import { append, clear, measureInk, measureWith, undo } from '../../shared/ink.ts';
import type { PackedHistory } from '../../shared/packed-history.ts';
import { add, pack, unpack } from '../../shared/packed-history.ts';
import type { InkSnapshot, PlayerGuesses, Refusal } from '../../shared/protocol.ts';
import { INK_LIMIT, LINE_LIMIT, lineOf, STROKE_LIMIT } from '../../shared/protocol.ts';
import type { InkWrite } from '../storage/store.ts';

export interface Drawing {
  code: string;
  /** Drawings with the same one share a turn in the recognizer. */
  turn: string;
  player: string;
  round: number;
  /** When its round started. ms since 1970 */
  started: number;
  /** The version of the game in which the player took the seat on this process; see InkWrite. */
  term: number;
  /** Everything that happened to it; `ink` is what it comes to. */
  history: PackedHistory;
  /** What its history costs, in points. */
  cost: number;
  ink: Ink;
  measure: InkMeasure;
  /** When its first point came; 0 if it was begun on another connection. ms from the round's start */
  began: number;
  /** When the newest chunk came. ms from the round's start */
  at: number;
  /** More was drawn than a hand can draw. */
  implausible: boolean;
  recognized: boolean;
  /** The first strokes, so many of them, were recognized, and are never erased. */
  kept: number;
  /** Not broadcast yet; null if the room needs the whole ink. */
  unsent: Chunk[] | null;
  /** When the whole ink was last broadcast. ms */
  sentWholeAt: number;
  /** The newest events, which are not stored yet; null if the store needs the whole history. */
  unsaved: InkEvent[] | null;
  /** When the whole history was last stored. ms */
  savedWholeAt: number;
  guesses: PlayerGuesses | null;
  /** Whether the guesses are still to be broadcast: those that were due, or of an early look. */
  unsentGuesses: 'none' | 'early' | 'due';
  /** When the newest chunk came that the guesses are about. ms from the round's start */
  guessedAt: number;
  /** When the next guesses are due (`guess-schedule.ts`). ms from the round's start */
  guessesDueAt: number;
}

export type Erasing = 'undo' | 'clear';

/**
 * A history costs at most so much, in points. Beyond that, what was erased is forgotten: what is left is an ink within INK_LIMIT, and
 * guesses.
 */
const HISTORY_LIMIT = 3 * INK_LIMIT;

/** Empty, or with the stored history of a drawing that was begun on another connection. */
export function newDrawing(
  origin: Pick<Drawing, 'code' | 'turn' | 'player' | 'round' | 'started' | 'term' | 'recognized' | 'kept'>,
  stored?: History,
): Drawing {
  const history = stored ?? [];
  const ink = inkAt(history);
  return {
    ...origin,
    history: pack(history),
    cost: costOfAll(history),
    ink,
    measure: measureInk(ink),
    began: 0,
    at: history.findLast((event) => !('guesses' in event))?.at ?? 0,
    implausible: false,
    // A process that was killed may have stored what it did not broadcast any more.
    unsent: stored ? null : [],
    sentWholeAt: 0,
    // Writing the whole history claims the drawing for this process.
    unsaved: null,
    savedWholeAt: 0,
    guesses: null,
    unsentGuesses: 'none',
    guessedAt: 0,
    guessesDueAt: 0,
  };
}

/** Appends the chunk if it fits exactly. `now` in ms since 1970 */
export function appendChunk(drawing: Drawing, { rev, stroke, from, points }: Chunk, now: number): Refusal | null {
  const chunk = { rev, stroke, from, points };
  const measure = measureWith(drawing.measure, drawing.ink, chunk);
  if (stroke >= STROKE_LIMIT || measure.points > INK_LIMIT || lineOf(measure) > LINE_LIMIT) return 'ink-full';
  if (!append(drawing.ink, chunk)) return 'misplaced';
  const at = now - drawing.started;
  if (drawing.measure.points === 0) drawing.began = at;
  drawing.measure = measure;
  drawing.at = at;
  drawing.unsent?.push(chunk);
  keep(drawing, { at, stroke, points });
  return null;
}

/** Removes the last stroke, the last `times`, or all of them, but none that are kept. From then on the room needs the whole ink. */
export function eraseInk(drawing: Drawing, what: Erasing, rev: number, now: number, times = 1): Refusal | null {
  if (rev !== drawing.ink.rev) return 'misplaced';
  const kept = drawing.ink.strokes.slice(0, drawing.kept);
  if (what === 'undo') for (let i = 0; i < times; i++) undo(drawing.ink);
  else clear(drawing.ink);
  if (drawing.ink.strokes.length < kept.length) drawing.ink.strokes = kept;
  drawing.measure = measureInk(drawing.ink);
  drawing.at = now - drawing.started;
  drawing.unsent = null;
  drawing.guesses = null;
  drawing.unsentGuesses = 'none';
  keep(drawing, { at: drawing.at, erased: what, strokes: drawing.ink.strokes.length, rev: drawing.ink.rev });
  return null;
}

/** The newest guesses are shown now: `at` in ms of the round. Guesses that say the same as before are kept once. */
export function keepGuesses(drawing: Drawing, at: number): void {
  const { sureness, top, target } = drawing.guesses!;
  const guesses = { sureness, top: top.slice(0, GUESSES_KEPT), target };
  const before = drawing.history.place.guesses;
  if (!before || !isSame(before, guesses)) keep(drawing, { at, guesses });
}

const isSame = (a: ShownGuesses, b: ShownGuesses): boolean =>
  a.sureness === b.sureness &&
  a.target === b.target &&
  a.top.length === b.top.length &&
  a.top.every(([word, p], i) => word === b.top[i]![0] && p === b.top[i]![1]);

const costOfAll = (history: History): number => history.reduce((sum, event) => sum + costOf(event), 0);

/** The event is new, and kept as it is. Times never decrease, whatever the clocks of two processes say. */
function keep(drawing: Drawing, event: InkEvent): void {
  event.at = Math.max(event.at, drawing.history.place.at);
  add(drawing.history, event);
  drawing.unsaved?.push(event);
  drawing.cost += costOf(event);
  if (drawing.cost <= HISTORY_LIMIT) return;
  const history = withoutErased(unpack(drawing.history));
  drawing.history = pack(history);
  drawing.cost = costOfAll(history);
  drawing.unsaved = null;
}

/** What the store is missing, which then counts as stored; null if it is missing nothing. */
export function takeUnsaved(drawing: Drawing): InkWrite | null {
  const { player, term, history, unsaved } = drawing;
  if (unsaved?.length === 0) return null;
  drawing.unsaved = [];
  return {
    player,
    term,
    ...(unsaved ? { from: history.length - unsaved.length, events: unsaved } : { history: unpack(history) }),
  };
}

/** Whole inks are sent and stored at this rate at most, so that undoing in a large drawing costs no more than drawing it. Points a ms */
const WHOLE_INK_RATE = 20;

/** How long after a whole ink of this many points the next one may be sent, or stored. ms */
export const wholeInkPause = (points: number): number => points / WHOLE_INK_RATE;

export const snapshot = (round: number, player: string, { rev, strokes }: Ink): InkSnapshot => ({
  round,
  player,
  rev,
  strokes,
});
