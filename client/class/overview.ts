/**
 * All rooms of a lesson on one socket, as the desk and the projector see them: each room's view, everybody's ink and newest guesses.
 * Ink and guesses come all the time from forty pens: what follows them hears of it ten times a second at most.
 */
import type { Ink } from '../../shared/ink.ts';
import type { LessonView, TeacherView } from '../../shared/lesson.ts';
import type { Gone, InkSnapshot, PlayerGuesses, RoomView } from '../../shared/protocol.ts';
import { type PackedFrame, unpackFrame } from '../../shared/wire.ts';
import type { Client } from '../client.ts';
import {
  applyChunks,
  applySnapshot,
  type Drawings,
  newDrawings,
  resetOnNewLink,
  revOf,
  strokesOf,
} from '../drawing/drawings.ts';
import type { NewCell } from '../net/cell.ts';
import { roundOf } from '../net/room.ts';
import type { Lesson } from './lesson.ts';

export interface Overview {
  /** Of the room with this code; undefined until somebody sits in it. */
  view(room: string): RoomView | undefined;
  /** The pupil's drawing of the room's round. */
  inkOf(pupil: string): Ink;
  guessesOf(pupil: string): PlayerGuesses | undefined;
  /** Calls `listener` after the pupil's ink has changed, until the returned function is called. */
  onInk(pupil: string, listener: () => void): () => void;
  /** Calls `listener` for a room whose round is over, and again when more of its drawings arrive. */
  onResult(listener: (room: string) => void): () => void;
  close(): void;
}

/** Listeners hear of changes this often at most. ms */
const TELL_EVERY = 100;
/** The server answers `oversee` with all drawings: it is asked this often at most. ms */
const ASK_EVERY = 1_000;
/** For a room that does not come, because its pupils do not. ms */
const MOST_PATIENCE = 8_000;
const PROBE_EVERY = 500;

const NOTHING: Ink = { rev: 0, strokes: [] };

interface Parts {
  client: Pick<Client, 'link' | 'clock'>;
  lesson: Pick<Lesson, 'state' | 'oversee'>;
  cell: NewCell;
}

export function createOverview({ client: { link, clock }, lesson, cell }: Parts): Overview {
  const { socket } = link;
  const views = cell<Record<string, RoomView>>({});
  const guesses = cell<Record<string, PlayerGuesses>>({});
  const drawings = new Map<string, Drawings>();
  /** The room of each pupil. */
  const roomsOf = new Map<string, string>();
  let known: TeacherView | undefined;

  // ---------------------------------------------------------------- telling

  const inkListeners = new Map<string, Set<() => void>>();
  const resultListeners = new Set<(room: string) => void>();
  const changed = new Set<string>();
  let newest: Record<string, PlayerGuesses | undefined> = {};
  let telling: ReturnType<typeof setTimeout> | undefined;
  let toldAt = -Infinity;

  function tellSoon(): void {
    telling ??= setTimeout(tell, Math.max(0, toldAt + TELL_EVERY - performance.now()));
  }

  function tell(): void {
    telling = undefined;
    toldAt = performance.now();
    const pupils = [...changed];
    changed.clear();
    if (Object.keys(newest).length > 0) {
      const all = Object.entries({ ...guesses.value, ...newest }).filter(([, each]) => each !== undefined);
      guesses.value = Object.fromEntries(all) as Record<string, PlayerGuesses>;
      newest = {};
    }
    for (const pupil of pupils) for (const listener of inkListeners.get(pupil) ?? []) listener();
  }

  function inkChanged(pupil: string): void {
    changed.add(pupil);
    tellSoon();
  }

  function guessed(pupil: string, each: PlayerGuesses | undefined): void {
    newest[pupil] = each;
    tellSoon();
  }

  // ---------------------------------------------------------------- asking

  let asking: ReturnType<typeof setTimeout> | undefined;
  let askedAt = -Infinity;
  let patience = ASK_EVERY;

  function ask(after = 0): void {
    asking ??= setTimeout(request, Math.max(after, askedAt + ASK_EVERY - performance.now()));
  }

  /** Rooms whose view came since the last request. */
  const seen = new Set<string>();
  /** A room was closed: which one, no event says. */
  let isStale = false;

  async function request(): Promise<void> {
    askedAt = performance.now();
    const wasStale = isStale;
    isStale = false;
    seen.clear();
    const answer = await lesson.oversee();
    asking = undefined;
    if (isClosed || !known || !socket.connected) return;
    if (answer.ok && wasStale) for (const room of [...drawings.keys()]) if (!seen.has(room)) forget(room);
    if (!answer.ok) ask();
    else if (isIncomplete()) {
      ask(patience);
      patience = Math.min(patience * 2, MOST_PATIENCE);
    }
  }

  /** A room comes to be when its first pupil sits down. */
  const isIncomplete = (): boolean =>
    known!.pupils.some(({ here, room }) => here && room !== null && views.value[room] === undefined);

  // ---------------------------------------------------------------- from the server

  /** After a new connection, once the lesson knows it again. */
  let isNew = true;

  function receiveLesson(view: TeacherView): void {
    const before = known;
    known = view;
    for (const { id, room } of view.pupils) if (room) roomsOf.set(id, room);
    if (before && before.rooms.join() !== view.rooms.join()) patience = ASK_EVERY;
    for (const room of drawings.keys()) if (!view.rooms.includes(room)) forget(room);
    if (isNew || isIncomplete()) ask();
    isNew = false;
  }

  function forget(room: string): void {
    drawings.delete(room);
    const { [room]: gone, ...others } = views.value;
    views.value = others;
    for (const { id } of gone?.players ?? []) {
      guessed(id, undefined);
      inkChanged(id);
    }
  }

  function receiveView(view: RoomView): void {
    const { code: room, players } = view;
    if (!view.lesson || !known?.rooms.includes(room)) return;
    seen.add(room);
    const before = drawings.get(room);
    const round = roundOf(view) ?? before?.round ?? -1;
    for (const { id } of players) roomsOf.set(id, room);
    if (before?.round !== round) {
      drawings.set(room, newDrawings(round, undefined));
      for (const { id } of players) {
        guessed(id, undefined);
        inkChanged(id);
      }
    }
    const was = views.value[room]?.phase;
    views.value = { ...views.value, [room]: view };
    if (was?.name !== view.phase.name && isOver(view)) report(room);
  }

  const isOver = ({ phase }: RoomView): boolean => phase.name === 'reveal' || phase.name === 'podium';

  function report(room: string): void {
    for (const listener of resultListeners) listener(room);
  }

  function receiveLive(packed: PackedFrame): void {
    const frame = unpackFrame(packed);
    const pupil = frame.chunks[0]?.player ?? frame.guesses[0]?.player;
    const room = roomsOf.get(pupil ?? '') ?? '';
    const all = drawings.get(room);
    if (!all || frame.round !== all.round) return;
    if (applyChunks(all, frame, 0, inkChanged).length > 0) ask();
    for (const each of frame.guesses) guessed(each.player, each);
    // From another process than the view, and so perhaps after it.
    if (isOver(views.value[room]!)) report(room);
  }

  function receiveInk(snapshot: InkSnapshot): void {
    const room = roomsOf.get(snapshot.player) ?? '';
    const all = drawings.get(room);
    if (!all || snapshot.round !== all.round) return;
    if (!applySnapshot(all, snapshot, 0)) ask();
    if (snapshot.strokes.length === 0) guessed(snapshot.player, undefined);
    inkChanged(snapshot.player);
    if (isOver(views.value[room]!)) report(room);
  }

  function connected(): void {
    isNew = true;
    clock.reset();
    for (const each of drawings.values()) resetOnNewLink(each);
  }

  function receive(view: LessonView): void {
    clock.sync(view.now);
    if (view.as === 'teacher') receiveLesson(view);
  }

  function dismissed(): void {
    known = undefined;
  }

  /** Nobody sat in it for long. Its pupils open it anew when they are back. */
  function roomGone(why: Gone): void {
    if (why === 'server-closing') return;
    isStale = true;
    patience = ASK_EVERY;
    ask();
  }

  socket.on('connect', connected);
  socket.on('lesson', receive);
  socket.on('dismissed', dismissed);
  socket.on('gone', roomGone);
  socket.on('room', receiveView);
  socket.on('live', receiveLive);
  socket.on('ink', receiveInk);

  let isClosed = false;
  const state = lesson.state();
  if (state.at === 'inside') receive(state.view);

  // A dead link would keep a teacher from hiding what is on the wall.
  const probing = setInterval(() => {
    if (Object.values(views.value).some(({ phase }) => 'round' in phase)) link.probeIfSilent();
  }, PROBE_EVERY);

  return {
    view: (room) => views.value[room],
    inkOf(pupil) {
      const all = drawings.get(roomsOf.get(pupil) ?? '');
      return all ? { rev: revOf(all, pupil), strokes: strokesOf(all, pupil) } : NOTHING;
    },
    guessesOf: (pupil) => guesses.value[pupil],
    onInk(pupil, listener) {
      const all = inkListeners.get(pupil) ?? new Set();
      inkListeners.set(pupil, all.add(listener));
      return () => {
        all.delete(listener);
        if (all.size === 0 && inkListeners.get(pupil) === all) inkListeners.delete(pupil);
      };
    },
    onResult(listener) {
      resultListeners.add(listener);
      return () => resultListeners.delete(listener);
    },
    close() {
      isClosed = true;
      socket.off('connect', connected);
      socket.off('lesson', receive);
      socket.off('dismissed', dismissed);
      socket.off('gone', roomGone);
      socket.off('room', receiveView);
      socket.off('live', receiveLive);
      socket.off('ink', receiveInk);
      clearTimeout(telling);
      clearTimeout(asking);
      clearInterval(probing);
    },
  };
}
