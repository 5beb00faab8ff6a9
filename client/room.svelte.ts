/**
 * The room as this page knows it: its view, who one is in it, and what everybody draws and what is thought of it. The ink
 * lives in `drawings.ts`, outside reactive state.
 */
import type { InkSnapshot, LiveFrame, PlayerGuesses, RoomView } from '../shared/protocol.ts';
import { newPage, type Page, think } from './album.ts';
import { forgetClock, setClock } from './clock.ts';
import { forgetLink, newDrawings, strokesOf, takeChunks, takeSnapshot } from './drawings.ts';
import type { Painted } from './frames.ts';
import { later, soon } from './frames.ts';
import { socket } from './link.svelte.ts';
import { forgetTalk } from './talk.svelte.ts';

/** `me` is one's player id; none for a spectator. */
export interface Inside {
  at: 'inside';
  me: string | undefined;
  view: RoomView;
}

/** A gap is asked about at most this often for one player. ms */
const RESYNC_EVERY = 250;

let inside = $state.raw<Inside | undefined>();
let guesses = $state.raw<Record<string, PlayerGuesses>>({});
/** The rounds of this match, the present one last. */
let album = $state.raw<Page[]>([]);
let drawings = newDrawings(-1, undefined);

export const room = (): Inside | undefined => inside;
export const pages = (): Page[] => album;
export const guessesOf = (player: string): PlayerGuesses | undefined => guesses[player];
export const ownDrawing = () => drawings.own;

// ---------------------------------------------------------------- coming in and going

/**
 * What comes while one is let in. Only the answer tells who one is, and only a view which round it is; either may be first,
 * and the round's ink and guesses may come before both.
 */
interface Threshold {
  answered: boolean;
  me?: string | undefined;
  view?: RoomView;
  rest: (() => void)[];
}

let threshold: Threshold | undefined = { answered: false, rest: [] };

/** To be called before one asks to be let in; until then all stays as it was, so that a lost link does not empty the page. */
export function approach(): void {
  threshold = { answered: false, rest: [] };
  forgetClock();
}

export function admit(me: string | undefined): void {
  threshold = { rest: [], ...threshold, answered: true, me };
  cross();
}

/** Whether this page is let in, on the link that there is now. */
export const isAdmitted = (): boolean => threshold === undefined;

export function leaveRoom(): void {
  approach();
  inside = undefined;
  album = [];
  forgetTalk();
}

function cross(): void {
  if (!threshold?.answered || !threshold.view) return;
  const { me, view, rest } = threshold;
  threshold = undefined;
  turnTo(view, me);
  forgetLink(drawings);
  for (const take of rest) take();
  for (const canvas of canvases.keys()) soon(canvas);
}

// ---------------------------------------------------------------- what the server says

function takeView(view: RoomView): void {
  setClock(view.now);
  if (threshold) {
    threshold.view = view;
    cross();
  } else turnTo(view, inside?.me);
}

/** The round whose drawings the server has: the last one, on the podium. */
const roundOf = ({ phase }: RoomView): number | undefined =>
  phase.name === 'podium' ? phase.results.at(-1)?.round : 'round' in phase ? phase.round : undefined;

function turnTo(view: RoomView, me: string | undefined): void {
  const round = roundOf(view) ?? drawings.round;
  const another = round !== drawings.round || drawings.me !== me;
  if (another) {
    drawings = newDrawings(round, me);
    guesses = {};
    const first = 'number' in view.phase && view.phase.number === 1;
    album = [
      ...(first ? [] : album.filter((page) => page.round !== round)),
      newPage(drawings, view.phase.name === 'countdown'),
    ];
  }
  inside = { at: 'inside', me, view };
  if (another) for (const canvas of canvases.keys()) soon(canvas);
}

function takeLive(frame: LiveFrame): void {
  if (threshold) {
    threshold.rest.push(() => takeLive(frame));
    return;
  }
  for (const player of takeChunks(drawings, frame, performance.now(), changed)) resync(player);
  if (frame.guesses.length === 0 || frame.round !== drawings.round) return;
  guesses = { ...guesses, ...Object.fromEntries(frame.guesses.map((each) => [each.player, each])) };
  const page = album.at(-1);
  if (!page) return;
  page.guesses = guesses;
  think(page, frame);
}

function takeInk(ink: InkSnapshot): void {
  if (threshold) {
    threshold.rest.push(() => takeInk(ink));
    return;
  }
  if (!takeSnapshot(drawings, ink, performance.now())) resync(ink.player);
  // Nobody looks at an empty board: what was seen on it is gone with the ink.
  if (ink.strokes.length === 0 && ink.player in guesses) {
    const { [ink.player]: _, ...others } = guesses;
    guesses = others;
  }
  changed(ink.player);
  // Nothing grows on the podium, so its canvases are painted once: after a reload, when the drawings come.
  if (inside?.view.phase.name === 'podium')
    album = album.map((page) => (page.round === ink.round ? { ...page } : page));
}

const asked = new Map<string, number>();

function resync(player: string): void {
  const time = performance.now();
  const last = asked.get(player) ?? -Infinity;
  if (time - last < RESYNC_EVERY) return;
  asked.set(player, time);
  socket.emit('resync', { player });
}

socket.on('room', takeView);
socket.on('live', takeLive);
socket.on('ink', takeInk);

// ---------------------------------------------------------------- canvases

const canvases = new Map<Painted, string>();

export const strokes = (player: string) => strokesOf(drawings, player);

/** Paints `canvas` whenever the player's drawing changes, until the returned function is called. */
export function onInk(player: string, canvas: Painted): () => void {
  canvases.set(canvas, player);
  soon(canvas);
  return () => canvases.delete(canvas);
}

export function changed(player: string): void {
  const paint = player === inside?.me ? soon : later;
  for (const [canvas, whose] of canvases) if (whose === player) paint(canvas);
}
