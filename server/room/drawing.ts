/** A desk: where one player's drawing of the round lies, on the process that the player's socket is on. */
import type { Chunk, Ink } from '../../shared/ink.ts';
import { append, clear, copyInk, emptyInk, inkSize, undo } from '../../shared/ink.ts';
import type { InkSnapshot, PlayerGuesses, Refusal } from '../../shared/protocol.ts';
import { INK_LIMIT, STROKE_LIMIT } from '../../shared/protocol.ts';
import type { InkWrite, KeptInk } from '../storage/store.ts';

export interface Desk {
  code: string;
  player: string;
  round: number;
  /** The version of the game in which its player took the seat on this process; see InkWrite. */
  term: number;
  ink: Ink;
  points: number;
  /** When the newest chunk came. ms from the round's start */
  at: number;
  recognized: boolean;
  /** Not yet sent to the room. */
  unsent: Chunk[];
  /** Not yet given to the store; null where it must be told the whole ink. */
  unsaved: Chunk[] | null;
  guesses: PlayerGuesses | null;
  /** The guesses are not sent yet. */
  news: boolean;
  /** When the newest chunk came that they are of. ms from the round's start */
  seen: number;
  /** When guesses were last sent. ms */
  guessed: number;
}

/** A desk with an empty board, or with what was kept of a drawing that was begun on another one. */
export function newDesk(code: string, player: string, round: number, term: number, kept?: KeptInk): Desk {
  const { ink, at } = kept ?? { ink: emptyInk(), at: 0 };
  return {
    code,
    player,
    round,
    term,
    ink,
    points: inkSize(ink),
    at,
    recognized: false,
    unsent: [],
    // Writing it whole claims the drawing for this process.
    unsaved: null,
    guesses: null,
    news: false,
    seen: 0,
    guessed: 0,
  };
}

/** Puts the chunk where it belongs; `at` is the server's time in the round (ms). */
export function draw(desk: Desk, { rev, stroke, from, points }: Chunk, at: number): Refusal | null {
  if (stroke >= STROKE_LIMIT || desk.points + points.length / 2 > INK_LIMIT) return 'ink-full';
  const chunk = { rev, stroke, from, points };
  if (!append(desk.ink, chunk)) return 'misplaced';
  desk.points += points.length / 2;
  desk.at = at;
  desk.unsent.push(chunk);
  desk.unsaved?.push(chunk);
  return null;
}

/** Takes the last stroke, or all, away: from now on everybody needs the whole ink. */
export function erase(desk: Desk, what: 'undo' | 'clear', rev: number, at: number): Refusal | null {
  if (rev !== desk.ink.rev) return 'misplaced';
  if (what === 'undo') undo(desk.ink);
  else clear(desk.ink);
  desk.points = inkSize(desk.ink);
  desk.at = at;
  desk.guesses = null;
  desk.news = false;
  desk.unsent = [];
  desk.unsaved = null;
  return null;
}

/** What the store is missing, which it then counts as told; null if nothing. */
export function takeWrite(desk: Desk): InkWrite | null {
  const { player, term, at, unsaved } = desk;
  if (unsaved?.length === 0) return null;
  desk.unsaved = [];
  return { player, term, at, ...(unsaved ? { chunks: unsaved } : { ink: copyInk(desk.ink) }) };
}

export const snapshot = (round: number, player: string, { rev, strokes }: Ink): InkSnapshot => ({
  round,
  player,
  rev,
  strokes,
});
