/**
 * The session: whether this page is in a room and as whom, what it knows of that room, and all that it says to the server.
 * The ink lives in `drawings.ts`, outside reactive state.
 */
import { io, type Socket } from 'socket.io-client';
import type {
  Answer,
  Answers,
  ClientEvents,
  Command,
  Gone,
  InkSnapshot,
  LiveFrame,
  Payload,
  PlayerGuesses,
  Refusal,
  RoomView,
  ServerEvents,
  Settings,
} from '../shared/protocol.ts';
import { CHUNK_EVERY } from '../shared/protocol.ts';
import { newPage, type Page, think } from './album.ts';
import type { Drawings } from './drawings.ts';
import { forgetLink, newDrawings, strokesOf, takeChunks, takeSnapshot } from './drawings.ts';
import type { Painted } from './frames.ts';
import { later, soon } from './frames.ts';
import { remember, remembered, rememberSeat, seatIn } from './memory.ts';
import * as own from './own.ts';
import type { PenEvents } from './pen.ts';
import { go, onRoute, route } from './route.svelte.ts';

export type Session =
  /** At home, or at a room's door. */
  | { at: 'outside'; refusal?: Refusal }
  | { at: 'entering' }
  /** `me` is one's player id; none for a spectator. */
  | { at: 'inside'; me: string | undefined; view: RoomView }
  | { at: 'gone'; why: Gone; code: string };

/** How this page wants to be let in, now and after every lost connection. */
type Wish =
  | { as: 'founder'; nick: string; settings: Partial<Settings>; start: boolean }
  | { as: 'player'; code: string; nick: string }
  | { as: 'watcher'; code: string };

export type Link = 'connecting' | 'up' | 'down';

export interface Line {
  id: number;
  /** null: somebody watching. */
  player: string | null;
  text: string;
}

/** Lines that are kept. */
const LINES = 60;

/** A gap is asked about at most this often for one player. ms */
const RESYNC_EVERY = 250;
/** An answer that takes longer is none. ms */
const ANSWER = 8000;
const RETRY = 2000;
/** A living link answers within this. ms */
const PROBE = 3000;

let current = $state.raw<Session>({ at: 'outside' });
let link = $state.raw<Link>('connecting');
let guesses = $state.raw<Record<string, PlayerGuesses>>({});
/** The rounds of this match, the present one last. */
let album = $state.raw<Page[]>([]);
let lines = $state.raw<Line[]>([]);
let notice = $state.raw<{ why: Refusal; at: number } | undefined>();

export const session = (): Session => current;
export const linkState = (): Link => link;
/** The last things said in the room. */
export const said = (): Line[] => lines;
export const pages = (): Page[] => album;
export const guessesOf = (player: string): PlayerGuesses | undefined => guesses[player];
/** The last refusal of a command given inside a room. */
export const lastRefusal = () => notice;

let wish: Wish | undefined;
let me: string | undefined;
let drawings: Drawings = newDrawings(-1, undefined);
/** What came before the view that says which round it is. */
let early: (() => void)[] | undefined;
/** Server clock minus this page's. ms */
let offset: number | undefined;

/** The server's clock now. ms since 1970 */
export const serverTime = (): number => performance.now() + (offset ?? Date.now() - performance.now());

const socket: Socket<ServerEvents, ClientEvents> = io({ transports: ['websocket'], reconnectionDelayMax: RETRY });

/** Without an answer in time: `unavailable`. */
function ask<C extends Command>(command: C, payload: Payload<C>, patience = ANSWER): Promise<Answer<Answers[C]>> {
  return new Promise((done) => {
    const answer = (lost: Error | null, answer?: Answer<Answers[C]>) =>
      done(lost || !answer ? { ok: false, why: 'unavailable' } : answer);
    (socket.timeout(patience).emit as (...args: unknown[]) => void)(command, payload, answer);
  });
}

async function command<C extends Command>(name: C, payload: Payload<C>): Promise<boolean> {
  const answer = await ask(name, payload);
  if (!answer.ok) notice = { why: answer.why, at: performance.now() };
  return answer.ok;
}

// ---------------------------------------------------------------- coming in

export const nick = (): string => remembered('nick') ?? '';

export const create = (nick: string, settings: Partial<Settings>, start = false): Promise<void> =>
  want({ as: 'founder', nick, settings, start });

export const join = (code: string, nick: string): Promise<void> => want({ as: 'player', code, nick });

export const watch = (code: string): Promise<void> => want({ as: 'watcher', code });

/** What the address says: a seat that this browser holds is taken at once, a watcher comes in, others stop at the door. */
export function arrive(): void {
  const to = route();
  if (current.at === 'inside' || current.at === 'entering') leaveRoom();
  current = { at: 'outside' };
  if (to.at === 'home') return;
  if (to.as !== 'player') void watch(to.code);
  else if (seatIn(to.code)) void join(to.code, nick());
}

async function want(next: Wish): Promise<void> {
  wish = next;
  if (next.as !== 'watcher' && next.nick) remember('nick', next.nick);
  current = { at: 'entering' };
  if (socket.connected) await enter();
}

/** Asks to be let in as wished. Also after every lost connection: then the page stays as it is meanwhile. */
async function enter(): Promise<void> {
  const asked = wish;
  if (!asked) return;
  early = [];
  offset = undefined;
  const answer = await request(asked);
  // Where the link broke meanwhile, the next connection asks again.
  if (wish !== asked || !socket.connected) return;
  if (!answer.ok) {
    if (current.at === 'inside' && (answer.why === 'unavailable' || answer.why === 'server-full'))
      setTimeout(() => socket.connected && wish === asked && enter(), RETRY);
    else refused(asked, answer.why);
    return;
  }
  const seat = 'player' in answer ? answer : undefined;
  if (seat) rememberSeat(seat.code, seat.token);
  me = seat?.player;
  // The first view may have come before this answer, and then did not know who is who.
  const as = route().at === 'room' && (route() as { as: string }).as === 'tv' ? 'tv' : seat ? 'player' : 'watcher';
  go({ at: 'room', code: answer.code, as }, asked.as === 'founder' ? 'push' : 'replace');
  if (asked.as === 'founder') {
    wish = { as: 'player', code: answer.code, nick: asked.nick };
    if (asked.start) void command('start', {});
  }
  const view = pendingView;
  pendingView = undefined;
  entered = true;
  if (view) takeView(view);
}

let entered = false;
let pendingView: RoomView | undefined;

type Entrance = { code: string } | { code: string; player: string; token: string };

function request(asked: Wish): Promise<Answer<Entrance>> {
  entered = false;
  pendingView = undefined;
  if (asked.as === 'founder') return ask('create', { nick: asked.nick, settings: asked.settings });
  if (asked.as === 'watcher') return ask('watch', { code: asked.code });
  const token = seatIn(asked.code);
  return ask('join', token ? { code: asked.code, token } : { code: asked.code, nick: asked.nick });
}

function refused(asked: Wish, why: Refusal): void {
  wish = undefined;
  if (asked.as !== 'founder') {
    if (why === 'bad-token' || why === 'no-room') rememberSeat(asked.code, undefined);
    // A seat that is held no longer is no reason to stay outside.
    if (why === 'bad-token' && current.at === 'inside') {
      void join(asked.code, asked.as === 'player' ? asked.nick : nick());
      return;
    }
    if (why === 'no-room' && current.at === 'inside') {
      current = { at: 'gone', why: 'room-closed', code: asked.code };
      return;
    }
  }
  current = { at: 'outside', refusal: why };
}

// ---------------------------------------------------------------- inside

export const changeSettings = (settings: Partial<Settings>): Promise<boolean> => command('settings', settings);
export const kick = (player: string): Promise<boolean> => command('kick', { player });
export const start = (): Promise<boolean> => command('start', {});

export const say = (text: string): Promise<boolean> => command('say', { text });

export function leave(): void {
  leaveRoom();
  go({ at: 'home' });
  current = { at: 'outside' };
}

function leaveRoom(): void {
  if (wish?.as === 'player' || wish?.as === 'watcher') rememberSeat(wish.code, undefined);
  wish = undefined;
  me = undefined;
  entered = false;
  album = [];
  lines = [];
  if (socket.connected) socket.emit('leave', {});
}

/** After another tab took the seat over: take it back. */
export function comeBack(): void {
  if (current.at !== 'gone') return;
  const { code } = current;
  void join(code, nick());
}

function takeView(view: RoomView): void {
  const difference = view.now - performance.now();
  // A view that took longer on its way shows less than the true difference.
  offset = offset === undefined ? difference : Math.max(offset, difference);
  if (!entered) {
    pendingView = view;
    return;
  }
  const round = 'round' in view.phase ? view.phase.round : drawings.round;
  const late = early !== undefined;
  if (round !== drawings.round || drawings.me !== me) {
    drawings = newDrawings(round, me);
    guesses = {};
    const first = 'number' in view.phase && view.phase.number === 1;
    album = [...(first ? [] : album.filter((page) => page.round !== round)), newPage(drawings)];
  }
  if (late) forgetLink(drawings);
  current = { at: 'inside', me, view };
  for (const take of early?.splice(0) ?? []) take();
  early = undefined;
  repaint();
  pumping(view.phase.name === 'drawing');
}

function takeLive(frame: LiveFrame): void {
  if (early) {
    early.push(() => takeLive(frame));
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
  if (early) {
    early.push(() => takeInk(ink));
    return;
  }
  if (!takeSnapshot(drawings, ink, performance.now())) resync(ink.player);
  changed(ink.player);
  if (ink.player === me) send();
}

const asking = new Map<string, number>();

function resync(player: string): void {
  const time = performance.now();
  const last = asking.get(player) ?? -Infinity;
  if (time - last < RESYNC_EVERY) return;
  asking.set(player, time);
  socket.emit('resync', { player });
}

// ---------------------------------------------------------------- drawing

export const mayDraw = (): boolean => {
  if (current.at !== 'inside' || current.view.phase.name !== 'drawing') return false;
  return current.view.players.some((player) => player.id === me && player.playing);
};

export const pen: PenEvents = {
  down(x: number, y: number) {
    if (mayDraw()) own.penDown(drawings.own, x, y);
  },
  move: (x: number, y: number) => own.penMove(drawings.own, x, y),
  up() {
    own.penUp(drawings.own);
    send();
  },
  drawn() {
    if (me) changed(me);
  },
};

export function erase(how: 'undo' | 'clear'): void {
  if (!mayDraw()) return;
  if (how === 'undo') own.undo(drawings.own);
  else own.clear(drawings.own);
  pen.drawn();
  send();
}

function send(): void {
  if (!socket.connected || !entered || early || !mayDraw()) return;
  const { round } = drawings;
  for (let message = own.take(drawings.own, performance.now()); message; ) {
    const { event, ...payload } = message;
    if (event === 'resync') socket.emit('resync', { player: me! });
    else (socket.emit as (event: string, payload: object) => void)(event, { round, ...payload });
    message = own.take(drawings.own, performance.now());
  }
}

let pump: ReturnType<typeof setInterval> | undefined;

function pumping(on: boolean): void {
  if (on) pump ??= setInterval(send, CHUNK_EVERY);
  else {
    clearInterval(pump);
    pump = undefined;
    own.penUp(drawings.own);
  }
}

// ---------------------------------------------------------------- canvases

const canvases = new Map<Painted, string>();

export const strokes = (player: string) => strokesOf(drawings, player);

/** Paints `canvas` whenever the player's drawing changes, until the returned function is called. */
export function onInk(player: string, canvas: Painted): () => void {
  canvases.set(canvas, player);
  soon(canvas);
  return () => canvases.delete(canvas);
}

function changed(player: string): void {
  const paint = player === me ? soon : later;
  for (const [canvas, whose] of canvases) if (whose === player) paint(canvas);
}

function repaint(): void {
  for (const canvas of canvases.keys()) soon(canvas);
}

// ---------------------------------------------------------------- the wire

socket.on('connect', () => {
  link = 'up';
  void enter();
});
socket.on('disconnect', (reason) => {
  link = 'down';
  entered = false;
  // The client comes back by itself from everything but this.
  if (reason === 'io server disconnect') setTimeout(() => socket.connect(), RETRY);
});
socket.on('connect_error', () => {
  link = 'down';
});
socket.on('room', takeView);
socket.on('live', takeLive);
socket.on('ink', takeInk);
let count = 0;
socket.on('said', (line) => {
  lines = [...lines.slice(1 - LINES), { id: count++, ...line }];
});
socket.on('gone', (why) => {
  if (why === 'server-closing' || current.at !== 'inside') return;
  const { code } = current.view;
  wish = undefined;
  entered = false;
  if (why !== 'replaced') rememberSeat(code, undefined);
  current = { at: 'gone', why, code };
});

onRoute(arrive);

/** A phone that slept, or a network that is back: do not wait for the next try. */
function wake(): void {
  if (document.visibilityState !== 'visible') return;
  if (!socket.connected) socket.connect();
  else if (current.at === 'inside') void probe();
}

/** A link that slept with the phone may be dead without knowing it. */
async function probe(): Promise<void> {
  const answer = await ask('resync', { player: me ?? '-' }, PROBE);
  if (!answer.ok && answer.why === 'unavailable' && socket.connected) socket.io.engine.close();
}

addEventListener('online', wake);
addEventListener('pageshow', wake);
document.addEventListener('visibilitychange', wake);
