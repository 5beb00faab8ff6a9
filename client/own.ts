/**
 * One's own drawing, between the pen and the server. Pen events and server events go in, messages come out; there is no
 * timer, no socket and no page in here, so that tests can drive it through every accident of a network.
 *
 * What the person wants is painted at once (`wanted`). What the server has is known by its confirmations and snapshots.
 * Whenever a snapshot is a beginning of what is wanted, sending goes on from its end: that one rule survives lost chunks,
 * reconnects and crashes. Messages may be sent twice: `rev` and `from` make the second one fall through.
 */
import type { Chunk, Ink, Stroke } from '../shared/ink.ts';
import { BOARD, inkSize, pointsIn, STEPS } from '../shared/ink.ts';
import { CHUNK_LIMIT, INK_LIMIT, STROKE_LIMIT } from '../shared/protocol.ts';

/** Points nearer than this to the one before say nothing new. Board steps */
const NEAR = 1.5 * STEPS;
/** Without news of what was sent for this long, the server is asked what it has. ms */
const PATIENCE = 2000;
/** The same, after the server refused something. ms */
const DOUBT = 300;

export type Message =
  | ({ event: 'chunk' } & Chunk)
  | { event: 'undo' | 'clear'; rev: number }
  /** Ask for the snapshot of oneself. */
  | { event: 'resync' };

export interface Own {
  round: number;
  /** The drawing at the server's rev, as it will be when all of it is sent. */
  ink: Ink;
  /** What the server was asked, or is still to be asked, to take away from `ink`. Only the first one is ever under way. */
  erasing: ('undo' | 'clear')[];
  asked: boolean;
  /** Strokes begun since: they are sent when the erasing is confirmed. */
  after: Stroke[];
  /** Points of `ink` that were sent, and that the server is known to have. */
  sent: number;
  confirmed: number;
  /** Strokes of which anything was ever sent at this rev: they may arrive even after sending went back. */
  tried: number;
  /**
   * Nobody knows what the server has: nothing is sent until a snapshot tells, and that one is the truth even if it is older
   * than what was confirmed.
   */
  link: 'sound' | 'lost' | 'asking';
  /** Sending went back to `confirmed`: snapshots that say the same again are answers to what was under way before. */
  healing: boolean;
  /** When something was last sent with nothing under way, or heard. Same clock as that given to `take`. ms */
  news: number;
  pen?: Pen;
}

interface Pen {
  /** None where the stroke was taken away under the pen: the next move begins another. */
  stroke?: Stroke;
  /** Where the pen is, when that point was too near to be kept. */
  skipped?: [x: number, y: number];
}

/** An empty drawing, which the server's is too; where that is not sure (coming in during a round) call `lost` on it. */
export const newOwn = (round: number): Own => ({
  round,
  ink: { rev: 0, strokes: [] },
  erasing: [],
  asked: false,
  after: [],
  sent: 0,
  confirmed: 0,
  tried: 0,
  link: 'sound',
  healing: false,
  news: 0,
});

// ---------------------------------------------------------------- the pen

/** Coordinates are board steps; they may be fractional or off the board, and are put on its grid. */
export function penDown(own: Own, x: number, y: number): void {
  penUp(own);
  own.pen = {};
  begin(own, own.pen, [grid(x), grid(y)]);
}

export function penMove(own: Own, x: number, y: number): void {
  const { pen } = own;
  if (!pen) return;
  const point: [number, number] = [grid(x), grid(y)];
  if (!pen.stroke) {
    begin(own, pen, point);
    return;
  }
  const [lastX, lastY] = pen.stroke.slice(-2) as [number, number];
  if (Math.hypot(point[0] - lastX, point[1] - lastY) < NEAR) pen.skipped = point;
  else keep(own, pen, point);
}

export function penUp(own: Own): void {
  const { pen } = own;
  if (pen?.stroke && pen.skipped) {
    const [x, y] = pen.stroke.slice(-2);
    if (pen.skipped[0] !== x || pen.skipped[1] !== y) keep(own, pen, pen.skipped);
  }
  delete own.pen;
}

export const penIsDown = (own: Own): boolean => own.pen !== undefined;

/** What the pen drew since it was put down was no drawing: a palm, say. */
export function penCancel(own: Own): void {
  if (own.pen?.stroke) undo(own);
  delete own.pen;
}

export function undo(own: Own): void {
  delete own.pen;
  if (own.after.pop() || wanted(own).length === 0) return;
  own.erasing.push('undo');
  settle(own);
}

export function clear(own: Own): void {
  delete own.pen;
  own.after = [];
  if (wanted(own).length === 0) return;
  own.erasing.push('clear');
  settle(own);
}

/** The drawing as the person wants it, and as it is painted. The strokes are the living arrays; do not change them. */
export const wanted = (own: Own): Stroke[] => own.erasing.reduce(erase, own.ink.strokes).concat(own.after);

// ---------------------------------------------------------------- to the server

/** The next message to send, until there is none. Call it every CHUNK_EVERY ms while drawing, and on pen up. `now` in ms */
export function take(own: Own, now: number): Message | undefined {
  if (own.link === 'lost') {
    own.link = 'asking';
    own.news = now;
    return { event: 'resync' };
  }
  if (own.link === 'asking' || own.asked || own.confirmed < own.sent) {
    if (now - own.news > PATIENCE) {
      own.news = now;
      own.healing = own.asked = false;
      return { event: 'resync' };
    }
  } else own.news = now;
  if (own.link === 'asking') return undefined;

  const { rev } = own.ink;
  const erasing = own.erasing[0];
  if (erasing) {
    if (own.asked) return undefined;
    own.asked = true;
    return { event: erasing, rev };
  }
  let stroke = 0;
  let start = 0;
  for (; stroke < own.ink.strokes.length; stroke++) {
    const next = start + pointsIn(own.ink.strokes[stroke]!);
    if (own.sent < next) break;
    start = next;
  }
  const from = own.sent;
  const points = own.ink.strokes[stroke]?.slice((from - start) * 2, (from - start + CHUNK_LIMIT) * 2);
  if (!points) return undefined;
  own.sent += pointsIn(points);
  own.tried = Math.max(own.tried, stroke + 1);
  return { event: 'chunk', rev, stroke, from, points };
}

// ---------------------------------------------------------------- from the server

/** One's own chunk came back with everybody's: the server has it. */
export function confirm(own: Own, chunk: Chunk, now: number): void {
  const reach = chunk.from + pointsIn(chunk.points);
  if (chunk.rev !== own.ink.rev || reach <= own.confirmed) return;
  own.confirmed = reach;
  own.sent = Math.max(own.sent, reach);
  own.healing = false;
  own.news = now;
}

/** The link broke: whatever was under way may or may not have arrived. `take` begins by asking on the new link. */
export function lost(own: Own): void {
  own.link = 'lost';
  own.healing = false;
}

/** The server refused something, and does not say what: it is asked soon what it has. */
export function doubt(own: Own, now: number): void {
  own.news = Math.min(own.news, now - PATIENCE + DOUBT);
}

/** What the server has of this drawing. */
export function snapshot(own: Own, server: Ink, now: number): void {
  const { ink } = own;
  const sound = own.link === 'sound';
  const same = server.rev === ink.rev;
  const erased = server.rev === ink.rev + 1 && own.asked;
  if (server.rev < ink.rev) {
    // An old answer; or the server came back with less than it had confirmed.
    if (!sound) redraw(own, server, now);
    return;
  }
  if (same && sound) {
    // Answers to what was under way before: the erasing is still to come, or what was sent again.
    if (own.asked || (own.healing && inkSize(server) <= own.confirmed)) return;
  }
  const target = erased ? erase(ink.strokes, own.erasing.shift()!) : ink.strokes;
  if (!erased && !same) own.erasing = [];
  const fits = begins(server.strokes, target);
  own.healing = fits && same && inkSize(server) < own.sent;
  if (fits) adopt(own, server, now, target);
  else {
    const known = begins(target, server.strokes) ? target.length : strokesWithin(target, own.confirmed);
    adopt(own, server, now, copy(server.strokes).concat(target.slice(known)));
  }
}

/** What the server has is of no use: it is cleared, and everything is drawn again. */
function redraw(own: Own, server: Ink, now: number): void {
  own.after = wanted(own);
  own.erasing = ['clear'];
  own.healing = false;
  adopt(own, server, now, copy(server.strokes));
}

function adopt(own: Own, server: Ink, now: number, strokes: Stroke[]): void {
  if (own.link !== 'sound' || server.rev !== own.ink.rev) own.tried = 0;
  own.ink = { rev: server.rev, strokes };
  own.confirmed = own.sent = inkSize(server);
  own.link = 'sound';
  own.asked = false;
  own.news = now;
  settle(own);
}

// ---------------------------------------------------------------- within

const copy = (strokes: Stroke[]): Stroke[] => strokes.map((stroke) => stroke.slice());

/** How many strokes have something within the first `points` points. */
function strokesWithin(strokes: Stroke[], points: number): number {
  let count = 0;
  for (let start = 0; count < strokes.length && start < points; count++) start += pointsIn(strokes[count]!);
  return count;
}

/** What was erased may still be on the server, so that everything not yet confirmed counts. */
const full = ({ ink, after }: Own): boolean => inkSize(ink) + inkSize({ rev: 0, strokes: after }) >= INK_LIMIT;

/** Whether there is ink for another stroke. */
export const isFull = (own: Own): boolean => wanted(own).length >= STROKE_LIMIT || full(own);

const grid = (value: number): number => Math.max(0, Math.min(BOARD, Math.round(value)));

/** The strokes that are left; a new list of the same arrays. */
const erase = (strokes: Stroke[], how: 'undo' | 'clear'): Stroke[] => (how === 'undo' ? strokes.slice(0, -1) : []);

/** Whether `head` is a beginning of `whole`: all its strokes the same, the last one perhaps shorter. */
function begins(head: Stroke[], whole: Stroke[]): boolean {
  return head.every((stroke, i) => {
    const other = whole[i];
    if (!other || stroke.length > other.length) return false;
    if (i < head.length - 1 && stroke.length !== other.length) return false;
    return stroke.every((value, k) => value === other[k]);
  });
}

/** Strokes of which nothing was sent go without asking; with nothing left to erase, what waited for that joins the ink. */
function settle(own: Own): void {
  const begun = Math.max(own.tried, strokesWithin(own.ink.strokes, own.sent));
  while (own.erasing.length > 0 && !own.asked) {
    if (begun === 0 && own.erasing[0] === 'clear') own.ink.strokes = [];
    else if (own.erasing[0] === 'undo' && own.ink.strokes.length > begun) own.ink.strokes.pop();
    else break;
    own.erasing.shift();
  }
  if (own.erasing.length === 0) own.ink.strokes.push(...own.after.splice(0));
  const { pen } = own;
  if (pen?.stroke && !own.ink.strokes.includes(pen.stroke) && !own.after.includes(pen.stroke)) delete pen.stroke;
}

function begin(own: Own, pen: Pen, point: [number, number]): void {
  if (isFull(own)) return;
  pen.stroke = point;
  delete pen.skipped;
  (own.erasing.length > 0 ? own.after : own.ink.strokes).push(pen.stroke);
}

function keep(own: Own, pen: Pen, point: [number, number]): void {
  delete pen.skipped;
  if (!full(own)) pen.stroke?.push(...point);
}
