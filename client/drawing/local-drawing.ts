/**
 * The local player's drawing, between the pen and the server. Pen events and server events go in, messages come out. It has no
 * timer, no socket and no page, so that tests can drive it through every accident of a network.
 *
 * The strokes that the player wants are painted at once (`visibleStrokes`); confirmations and snapshots show what the server
 * has. Whenever a snapshot is a beginning of the wanted drawing, sending goes on from its end: that one rule survives lost
 * chunks, reconnects and crashes. A message may be sent twice: `rev` and `from` make the second one fall through.
 */
import type { Chunk, Ink, Stroke } from '../../shared/ink.ts';
import { BOARD, inkSize, measureInk, pointsIn, STEPS } from '../../shared/ink.ts';
import { CHUNK_LIMIT, isInkFull, STROKE_LIMIT } from '../../shared/protocol.ts';

/** Nearer points than this add nothing. Board steps */
const MIN_POINT_DISTANCE = 1.5 * STEPS;
/** After so long without news of what was sent, the client asks what the server has. */
const NEWS_TIMEOUT_MS = 2000;
/** The same, after a refusal. */
const RECHECK_DELAY_MS = 300;
/** Undo is sent at most this often: what is pressed meanwhile goes in one message, however slow the link. */
const UNDO_INTERVAL_MS = 100;

export type Erasing = 'undo' | 'clear';

export type Message =
  | ({ event: 'chunk' } & Chunk)
  /** `times`, if it is more than once. */
  | { event: Erasing; rev: number; times?: number }
  /** Requests the snapshot of this drawing. */
  | { event: 'resync' };

export interface LocalDrawing {
  round: number;
  /** The drawing at the server's rev, as it will be when all of it is sent. */
  ink: Ink;
  /** Erasing that `ink` does not show yet. */
  erasing: Erasing[];
  /** How many of them, from the first on, are under way: they are one message. */
  asked: number;
  /** When that message left. ms */
  askedAt: number;
  /** Strokes begun since then: they are sent when the erasing is confirmed. */
  after: Stroke[];
  /** Points of `ink` that were sent, and that the server is known to have. */
  sent: number;
  confirmed: number;
  /** Strokes of which anything was ever sent at this rev: they may still arrive after sending went back. */
  tried: number;
  /**
   * Unless `sound`, this client does not know what the server has. It sends nothing until a snapshot comes, and that snapshot
   * is the truth even if it is older than what was confirmed.
   */
  link: 'sound' | 'lost' | 'asking';
  /** Sending went back to `confirmed`: snapshots that repeat it answer earlier messages. */
  healing: boolean;
  /** When news last came, or the last message left with nothing under way. On the clock given to `nextMessage`. ms */
  news: number;
  pen?: Pen;
}

interface Pen {
  /** None if the stroke was erased under the pen: the next move begins another. */
  stroke?: Stroke;
  /** Where the pen is, if that point was too near to be kept. */
  skipped?: [x: number, y: number];
}

/** An empty drawing, as the server has it. If that is not sure (after entering during a round), call `markLost` on it. */
export const newLocalDrawing = (round: number): LocalDrawing => ({
  round,
  ink: { rev: 0, strokes: [] },
  erasing: [],
  asked: 0,
  askedAt: -Infinity,
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
export function penDown(drawing: LocalDrawing, x: number, y: number): void {
  penUp(drawing);
  drawing.pen = {};
  begin(drawing, drawing.pen, [grid(x), grid(y)]);
}

export function penMove(drawing: LocalDrawing, x: number, y: number): void {
  const { pen } = drawing;
  if (!pen) return;
  const point: [number, number] = [grid(x), grid(y)];
  if (!pen.stroke) {
    begin(drawing, pen, point);
    return;
  }
  const [lastX, lastY] = pen.stroke.slice(-2) as [number, number];
  if (Math.hypot(point[0] - lastX, point[1] - lastY) < MIN_POINT_DISTANCE) pen.skipped = point;
  else keep(drawing, pen, point);
}

export function penUp(drawing: LocalDrawing): void {
  const { pen } = drawing;
  if (pen?.stroke && pen.skipped) {
    const [x, y] = pen.stroke.slice(-2);
    if (pen.skipped[0] !== x || pen.skipped[1] !== y) keep(drawing, pen, pen.skipped);
  }
  delete drawing.pen;
}

export const penIsDown = (drawing: LocalDrawing): boolean => drawing.pen !== undefined;

/** It was no pen but a palm, for example: its stroke goes. */
export function penCancel(drawing: LocalDrawing): void {
  if (drawing.pen?.stroke) undo(drawing);
  delete drawing.pen;
}

export function undo(drawing: LocalDrawing): void {
  delete drawing.pen;
  if (drawing.after.pop() || visibleStrokes(drawing).length === 0) return;
  drawing.erasing.push('undo');
  settle(drawing);
}

export function clear(drawing: LocalDrawing): void {
  delete drawing.pen;
  drawing.after = [];
  if (visibleStrokes(drawing).length === 0) return;
  // Nothing that waits to be erased matters any more.
  drawing.erasing.length = drawing.asked;
  drawing.erasing.push('clear');
  settle(drawing);
}

/** The drawing as the player wants it and sees it. The strokes are the living arrays; do not change them. */
export const visibleStrokes = (drawing: LocalDrawing): Stroke[] =>
  drawing.erasing.reduce(erase, drawing.ink.strokes).concat(drawing.after);

// ---------------------------------------------------------------- to the server

/** The next message to send, until there is none. Call it every CHUNK_EVERY ms while drawing, and on pen up. `now` in ms */
export function nextMessage(drawing: LocalDrawing, now: number): Message | undefined {
  if (drawing.link === 'lost') {
    drawing.link = 'asking';
    drawing.news = now;
    return { event: 'resync' };
  }
  if (drawing.link === 'asking' || drawing.asked > 0 || drawing.confirmed < drawing.sent) {
    if (now - drawing.news > NEWS_TIMEOUT_MS) {
      drawing.news = now;
      drawing.healing = false;
      drawing.asked = 0;
      return { event: 'resync' };
    }
  } else drawing.news = now;
  if (drawing.link === 'asking') return undefined;

  const { rev } = drawing.ink;
  if (drawing.erasing.length > 0) {
    const [how] = drawing.erasing as [Erasing];
    if (drawing.asked > 0 || (how === 'undo' && now - drawing.askedAt < UNDO_INTERVAL_MS)) return undefined;
    const others = drawing.erasing.findIndex((each) => each !== how);
    drawing.asked = others < 0 ? drawing.erasing.length : others;
    drawing.askedAt = now;
    return { event: how, rev, ...(drawing.asked > 1 && { times: drawing.asked }) };
  }
  let stroke = 0;
  let start = 0;
  for (; stroke < drawing.ink.strokes.length; stroke++) {
    const next = start + pointsIn(drawing.ink.strokes[stroke]!);
    if (drawing.sent < next) break;
    start = next;
  }
  const from = drawing.sent;
  const points = drawing.ink.strokes[stroke]?.slice((from - start) * 2, (from - start + CHUNK_LIMIT) * 2);
  if (!points) return undefined;
  drawing.sent += pointsIn(points);
  drawing.tried = Math.max(drawing.tried, stroke + 1);
  return { event: 'chunk', rev, stroke, from, points };
}

// ---------------------------------------------------------------- from the server

/** The server has this chunk: it came back with everybody's. */
export function confirmChunk(drawing: LocalDrawing, chunk: Chunk, now: number): void {
  const reach = chunk.from + pointsIn(chunk.points);
  if (chunk.rev !== drawing.ink.rev || reach <= drawing.confirmed) return;
  drawing.confirmed = reach;
  drawing.sent = Math.max(drawing.sent, reach);
  drawing.healing = false;
  drawing.news = now;
}

/** The link broke: messages under way may or may not have arrived. On the new link `nextMessage` first asks for a snapshot. */
export function markLost(drawing: LocalDrawing): void {
  drawing.link = 'lost';
  drawing.healing = false;
}

/** The server refused some message: ask soon what it has. */
export function recheckSoon(drawing: LocalDrawing, now: number): void {
  drawing.news = Math.min(drawing.news, now - NEWS_TIMEOUT_MS + RECHECK_DELAY_MS);
}

/** What the server has of this drawing. */
export function applySnapshot(drawing: LocalDrawing, server: Ink, now: number): void {
  const { ink } = drawing;
  const sound = drawing.link === 'sound';
  const same = server.rev === ink.rev;
  /** How much of the erasing that is under way the server has done: of a message, all. */
  const erased = server.rev - ink.rev <= drawing.asked ? server.rev - ink.rev : 0;
  if (server.rev < ink.rev) {
    // An old answer, or a server that came back with less than it had confirmed.
    if (!sound) redraw(drawing, server, now);
    return;
  }
  if (same && sound) {
    // It answers an earlier message: the erasing, or the chunks that were sent again, are still under way.
    if (drawing.asked > 0 || (drawing.healing && inkSize(server) <= drawing.confirmed)) return;
  }
  const target = drawing.erasing.splice(0, erased).reduce(erase, ink.strokes);
  if (erased === 0 && !same) drawing.erasing = [];
  const fits = begins(server.strokes, target);
  drawing.healing = fits && same && inkSize(server) < drawing.sent;
  if (fits) adopt(drawing, server, now, target);
  else {
    const known = begins(target, server.strokes) ? target.length : strokesWithin(target, drawing.confirmed);
    adopt(drawing, server, now, copy(server.strokes).concat(target.slice(known)));
  }
}

/** The server's ink is of no use: clear it, and draw everything again. */
function redraw(drawing: LocalDrawing, server: Ink, now: number): void {
  drawing.after = visibleStrokes(drawing);
  drawing.erasing = ['clear'];
  drawing.healing = false;
  adopt(drawing, server, now, copy(server.strokes));
}

function adopt(drawing: LocalDrawing, server: Ink, now: number, strokes: Stroke[]): void {
  if (drawing.link !== 'sound' || server.rev !== drawing.ink.rev) drawing.tried = 0;
  drawing.ink = { rev: server.rev, strokes };
  drawing.confirmed = drawing.sent = inkSize(server);
  drawing.link = 'sound';
  drawing.asked = 0;
  drawing.news = now;
  settle(drawing);
}

// ---------------------------------------------------------------- within

const copy = (strokes: Stroke[]): Stroke[] => strokes.map((stroke) => stroke.slice());

/** How many strokes have something within the first `points` points. */
function strokesWithin(strokes: Stroke[], points: number): number {
  let count = 0;
  for (let start = 0; count < strokes.length && start < points; count++) start += pointsIn(strokes[count]!);
  return count;
}

/** Erased ink may still be on the server, so everything that is not confirmed counts. */
const full = ({ ink, after }: LocalDrawing): boolean => isInkFull(measureInk({ strokes: [...ink.strokes, ...after] }));

/** Whether no further stroke fits. */
export const isFull = (drawing: LocalDrawing): boolean =>
  visibleStrokes(drawing).length >= STROKE_LIMIT || full(drawing);

const grid = (value: number): number => Math.max(0, Math.min(BOARD, Math.round(value)));

/** The strokes that are left: a new list of the same arrays. */
const erase = (strokes: Stroke[], how: Erasing): Stroke[] => (how === 'undo' ? strokes.slice(0, -1) : []);

/** Whether `head` is a beginning of `whole`: all its strokes the same, the last one perhaps shorter. */
function begins(head: Stroke[], whole: Stroke[]): boolean {
  return head.every((stroke, i) => {
    const other = whole[i];
    if (!other || stroke.length > other.length) return false;
    if (i < head.length - 1 && stroke.length !== other.length) return false;
    return stroke.every((value, k) => value === other[k]);
  });
}

/** Erases unsent strokes without asking the server. With nothing left to erase, the strokes that waited join the ink. */
function settle(drawing: LocalDrawing): void {
  const begun = Math.max(drawing.tried, strokesWithin(drawing.ink.strokes, drawing.sent));
  while (drawing.erasing.length > 0 && drawing.asked === 0) {
    if (begun === 0 && drawing.erasing[0] === 'clear') drawing.ink.strokes = [];
    else if (drawing.erasing[0] === 'undo' && drawing.ink.strokes.length > begun) drawing.ink.strokes.pop();
    else break;
    drawing.erasing.shift();
  }
  if (drawing.erasing.length === 0) drawing.ink.strokes.push(...drawing.after.splice(0));
  const { pen } = drawing;
  if (pen?.stroke && !drawing.ink.strokes.includes(pen.stroke) && !drawing.after.includes(pen.stroke))
    delete pen.stroke;
}

function begin(drawing: LocalDrawing, pen: Pen, point: [number, number]): void {
  if (isFull(drawing)) return;
  pen.stroke = point;
  delete pen.skipped;
  (drawing.erasing.length > 0 ? drawing.after : drawing.ink.strokes).push(pen.stroke);
}

function keep(drawing: LocalDrawing, pen: Pen, point: [number, number]): void {
  delete pen.skipped;
  if (!full(drawing)) pen.stroke?.push(...point);
}
