/**
 * The rooms that this process has people in. Commands become actions, which `step` judges and the store commits; whatever
 * is committed, here or on another process, comes back through `watch`, and only there it takes effect: the view goes out,
 * deadlines are set, desks are laid. Ink does not go that way: it is appended to its desk and sent on.
 */
import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import type { Chunk, Ink } from '../shared/ink.ts';
import { emptyInk } from '../shared/ink.ts';
import type { Answer, Answers, Gone, LiveFrame, Refusal, ServerEvents, Settings } from '../shared/protocol.ts';
import {
  CODE_ALPHABET,
  CODE_LENGTH,
  DEFAULT_SETTINGS,
  GUESSES_EVERY,
  LIVE_EVERY,
  REACTIONS,
} from '../shared/protocol.ts';
import type { Verdict, Words } from '../shared/verdict.ts';
import { judge } from '../shared/verdict.ts';
import type { Desk } from './desk.ts';
import { draw, erase, newDesk, snapshot, takeWrite } from './desk.ts';
import type { Action, Game, Pace } from './game.ts';
import { deadline, isRefusal, mayDraw, newGame, promptOf, step, view } from './game.ts';
import { createGuesser } from './guesser.ts';
import type { Log } from './log.ts';
import { drawPrompts } from './prompts.ts';
import type { Recognizer } from './recognizer.ts';
import type { Store } from './store.ts';
import { Unavailable } from './store.ts';

/** The way out. `toRoom` reaches everybody in the room, on every process. */
export interface Outbox {
  toRoom<E extends keyof ServerEvents>(code: string, event: E, payload: Parameters<ServerEvents[E]>[0]): void;
  toSocket<E extends keyof ServerEvents>(socket: string, event: E, payload: Parameters<ServerEvents[E]>[0]): void;
  /** Makes the socket hear what goes to the room. */
  enter(socket: string, code: string): void;
  /** Takes the socket out of the room and tells it why. */
  expel(socket: string, code: string, why: Gone): void;
}

/** What is counted and timed of the rooms. */
export interface Meter {
  chunk(): void;
  /** ms from the newest chunk that a look saw to the frame in which its guesses leave. */
  guesses(latency: number): void;
}

/** Who a socket is: the room it is in, and its player there; null for a spectator. */
export interface Member {
  socket: string;
  code: string;
  player: string | null;
}

export type Player = Member & { player: string };

interface Room {
  game: Game;
  /** Sockets on this process, with their player; null for spectators. */
  members: Map<string, string | null>;
  /** By player. */
  desks: Map<string, Desk>;
  stopWatching: () => void;
  deadline?: NodeJS.Timeout;
  live?: NodeJS.Timeout | undefined;
  /** When the last frame was sent. ms */
  sent: number;
}

interface Parts {
  store: Store;
  recognizer: Pick<Recognizer, 'recognize' | 'words'>;
  outbox: Outbox;
  log: Log;
  pace: Pace;
  /** Rooms on this process at most. */
  mostRooms: number;
  meter?: Meter | undefined;
  now?: () => number;
}

/** Ink goes to the store this often. ms */
const SAVE_EVERY = 100;
/** Ink that has lain still for this long is looked at once more: the second look that a verdict may want. ms */
const STILL = 250;
/** What the store could not take is tried again after this. ms */
const RETRY = 500;

export type Rooms = ReturnType<typeof createRooms>;

export function createRooms({ store, recognizer, outbox, log, pace, mostRooms, meter, now = Date.now }: Parts) {
  const { words } = recognizer;
  const rooms = new Map<string, Room>();
  /** Opening a room takes a moment; two who come at once must get the same one. */
  const opening = new Map<string, Promise<Room | null>>();
  const unsaved = new Set<Desk>();
  let closing = false;

  // ------------------------------------------------------------ the game

  /** Steps the room's game; whatever follows from it comes through `changed`. */
  const commit = (code: string, action: Action): Promise<Game | Refusal> =>
    store.update(code, (game) => step(game, action, now()));

  /** The room, opened on this process if the store knows it. */
  async function open(code: string): Promise<Room | null> {
    const room = rooms.get(code);
    if (room) return room;
    const before = opening.get(code);
    if (before) return before;
    const opened = (async () => {
      let room: Room | null = null;
      const stopWatching = await store.watch(code, (game) => room && changed(room, game));
      const game = await store.read(code);
      if (!game) {
        stopWatching();
        return null;
      }
      room = { game, members: new Map(), desks: new Map(), stopWatching, sent: 0 };
      rooms.set(code, room);
      setDeadline(room);
      return room;
    })().finally(() => opening.delete(code));
    opening.set(code, opened);
    return opened;
  }

  function shut(room: Room): void {
    room.stopWatching();
    clearTimeout(room.deadline);
    clearTimeout(room.live);
    for (const desk of room.desks.values()) dropDesk(room, desk);
    rooms.delete(room.game.code);
  }

  /** A committed game, newer than the one before. */
  function changed(room: Room, game: Game): void {
    if (game.version <= room.game.version) return;
    flush(room);
    const { code } = game;
    room.game = game;
    if (game.phase.name === 'closed') {
      for (const socket of room.members.keys()) outbox.expel(socket, code, 'room-closed');
      shut(room);
      return;
    }
    for (const [socket, player] of room.members) {
      if (player === null) continue;
      const seat = game.seats.find((s) => s.id === player);
      if (seat?.socket === socket) continue;
      room.members.delete(socket);
      outbox.expel(socket, code, seat ? 'replaced' : 'kicked');
      release(room, player);
    }
    for (const desk of room.desks.values()) if (desk.round !== game.round) dropDesk(room, desk);
    if (game.phase.name === 'drawing') {
      const { recognized } = game.phase;
      for (const { player } of recognized) {
        const desk = room.desks.get(player);
        if (desk) desk.recognized = true;
      }
    }
    setDeadline(room);
    sendView(room);
  }

  function sendView(room: Room): void {
    const state = viewOf(room);
    for (const socket of room.members.keys()) outbox.toSocket(socket, 'room', state);
  }

  const viewOf = (room: Room) =>
    view(room.game, now(), [...room.members.values()].filter((player) => player === null).length);

  /** Every process with people in the room tries the same tick; the store lets one of them win. */
  function setDeadline(room: Room, wait = deadline(room.game) - now()): void {
    clearTimeout(room.deadline);
    if (wait === Infinity || closing) return;
    room.deadline = setTimeout(
      async () => {
        try {
          await commit(room.game.code, { type: 'tick' });
          // A timer may be early by a moment; then nothing has changed, and it is set again.
          if (rooms.get(room.game.code) === room) setDeadline(room);
        } catch (reason) {
          failed(reason, room.game.code);
          setDeadline(room, RETRY);
        }
      },
      Math.min(Math.max(1, wait), 2 ** 31 - 1),
    );
  }

  /** Commits what nobody waits for, however long the store is away. */
  async function insist(code: string, action: Action): Promise<void> {
    try {
      await commit(code, action);
    } catch (reason) {
      failed(reason, code);
      if (!closing && reason instanceof Unavailable) setTimeout(() => insist(code, action), RETRY);
    }
  }

  function failed(reason: unknown, room?: string): void {
    if (reason instanceof Unavailable) log.warn({ room, reason: reason.message }, 'the store is away');
    else log.error({ room, err: reason }, 'a bug');
  }

  // ------------------------------------------------------------ ink

  /** The member's desk in the round that is drawn now; laid if they have none. */
  function deskOf(room: Room, player: string): Desk {
    let desk = room.desks.get(player);
    if (!desk) {
      desk = newDesk(room.game.code, player, room.game.round);
      room.desks.set(player, desk);
    }
    return desk;
  }

  function dropDesk(room: Room, desk: Desk): void {
    guesser.forget(desk);
    room.desks.delete(desk.player);
  }

  /** Nobody here holds the player's seat any more: their ink goes to the store, for the process where they come back. */
  async function release(room: Room, player: string): Promise<void> {
    flush(room);
    await saveInk();
    const desk = room.desks.get(player);
    // They may have come back to this process meanwhile.
    if (desk && ![...room.members.values()].includes(player)) dropDesk(room, desk);
  }

  function touched(room: Room, desk: Desk): void {
    unsaved.add(desk);
    if (desk.points > 0) guesser.mark(desk);
    else guesser.forget(desk);
    soon(room);
  }

  /** Sends the room's next frame when it is due. */
  function soon(room: Room): void {
    if (room.live) return;
    room.live = setTimeout(() => flush(room), Math.max(0, room.sent + LIVE_EVERY - now()));
  }

  function flush(room: Room): void {
    clearTimeout(room.live);
    room.live = undefined;
    const time = now();
    const frame: LiveFrame = { round: room.game.round, chunks: [], guesses: [] };
    for (const desk of room.desks.values()) {
      for (const chunk of desk.unsent) frame.chunks.push({ player: desk.player, ...chunk });
      desk.unsent = [];
      if (!desk.guesses || !desk.news) continue;
      if (time - desk.guessed >= GUESSES_EVERY) {
        frame.guesses.push(desk.guesses);
        desk.news = false;
        desk.guessed = time;
        meter?.guesses(time - startOf(room.game) - desk.seen);
      } else room.live ??= setTimeout(() => flush(room), LIVE_EVERY);
    }
    if (frame.chunks.length === 0 && frame.guesses.length === 0) return;
    room.sent = time;
    outbox.toRoom(room.game.code, 'live', frame);
  }

  /** All ink of the round, the newest there is: from the desks here, from the store for who draws elsewhere. */
  async function inks(room: Room): Promise<Map<string, Ink>> {
    const all = await store.readInk(room.game.code, room.game.round);
    for (const desk of room.desks.values()) all.set(desk.player, desk.ink);
    return all;
  }

  async function saveInk(): Promise<void> {
    const desks = [...unsaved];
    unsaved.clear();
    await Promise.all(
      desks.map(async (desk) => {
        const write = takeWrite(desk);
        if (!write) return;
        try {
          await store.saveInk(desk.code, desk.round, [write]);
        } catch (reason) {
          // Tell it the whole ink next time: chunks that failed must not leave a hole.
          desk.unsaved = null;
          unsaved.add(desk);
          failed(reason, desk.code);
        }
      }),
    );
  }
  const saving = setInterval(saveInk, SAVE_EVERY);
  saving.unref();

  // ------------------------------------------------------------ guesses

  /** What a look was at: a result for anything else is stale. */
  interface Taken {
    rev: number;
    points: number;
    at: number;
  }

  const guesser = createGuesser<Desk, Taken>(recognizer, {
    taken: (desk) => ({ rev: desk.ink.rev, points: desk.points, at: desk.at }),
    seen: (looks) => {
      for (const { drawing, taken, probabilities } of looks) seen(drawing, taken, probabilities);
    },
    failed: (reason) => log.warn({ reason: String(reason) }, 'the recognizer failed; its drawings wait'),
  });

  function seen(desk: Desk, taken: Taken, probabilities: Float32Array): void {
    const room = rooms.get(desk.code);
    if (!room || room.desks.get(desk.player) !== desk || desk.ink.rev !== taken.rev) return;
    if (room.game.phase.name !== 'drawing') return;
    const prompt = promptOf(room.game).word;
    const verdict = judge(words, prompt, probabilities, desk.ink, desk.looks);
    desk.looks = verdict.looks;
    desk.guesses = guessesOf(desk.player, words, verdict);
    desk.news = true;
    desk.seen = taken.at;
    soon(room);
    if (desk.recognized) return;
    if (verdict.recognized) recognize(desk, taken.at, verdict);
    else if (verdict.looks > 0)
      setTimeout(() => {
        if (desk.points === taken.points && desk.ink.rev === taken.rev) guesser.mark(desk);
      }, STILL);
  }

  /** Commits a recognition. The time that counts is that of the stroke, so it may come late. */
  function recognize(desk: Desk, at: number, { guesses, target }: Verdict): void {
    desk.recognized = true;
    const word = words.words[guesses[0]!.word]!.word;
    const action: Action = {
      type: 'recognized',
      id: desk.player,
      round: desk.round,
      at,
      word,
      probability: round(target),
    };
    insist(desk.code, action);
  }

  // ------------------------------------------------------------ coming and going

  const refuse = (why: Refusal): { ok: false; why: Refusal } => ({ ok: false, why });

  /** Lets a socket in and shows it all there is. False if the room, or the seat, is gone meanwhile. */
  async function admit(socket: string, code: string, player: string | null): Promise<boolean> {
    const room = await open(code);
    if (!room) return false;
    if (player !== null && !room.game.seats.some((seat) => seat.socket === socket)) return false;
    room.members.set(socket, player);
    outbox.enter(socket, code);
    if (player === null) sendView(room);
    else outbox.toSocket(socket, 'room', viewOf(room));
    const { round } = room.game;
    const all = await inks(room);
    for (const [drawer, ink] of all) outbox.toSocket(socket, 'ink', snapshot(round, drawer, ink));
    const own = player !== null && all.get(player);
    if (own && room.game.round === round) {
      if (!room.desks.has(player)) room.desks.set(player, newDesk(code, player, round, own));
      guesser.mark(room.desks.get(player)!);
    }
    const guesses = [...room.desks.values()].map((desk) => desk.guesses).filter((each) => each !== null);
    if (guesses.length > 0) outbox.toSocket(socket, 'live', { round: room.game.round, chunks: [], guesses });
    return true;
  }

  async function create(socket: string, nick: string, settings: Partial<Settings>): Promise<Answer<Answers['create']>> {
    if (closing || rooms.size >= mostRooms) return refuse('server-full');
    for (;;) {
      const code = newCode();
      const created = await store.create(newGame(code, { ...DEFAULT_SETTINGS, ...settings }, pace, now()));
      if (created) return join(socket, code, nick);
    }
  }

  async function join(
    socket: string,
    code: string,
    nick: string | undefined,
    token?: string,
  ): Promise<Answer<Answers['join']>> {
    if (token === undefined && nick === undefined) return refuse('nick-empty');
    const action: Action =
      token !== undefined
        ? { type: 'return', token, socket }
        : { type: 'join', id: randomUUID().slice(0, 8), token: newToken(), nick: nick!, socket };
    const game = await commit(code, action);
    if (isRefusal(game)) return refuse(game);
    const seat = game.seats.find((s) => s.socket === socket)!;
    const { id: player, token: secret } = seat;
    return (await admit(socket, code, player)) ? { ok: true, code, player, token: secret } : refuse('no-room');
  }

  async function watch(socket: string, code: string): Promise<Answer<Answers['watch']>> {
    return (await admit(socket, code, null)) ? { ok: true, code } : refuse('no-room');
  }

  /** The socket is gone, or in another room now. A seat is left at once, or kept for a while (`lost`). */
  async function exit({ socket, code, player }: Member, how: 'left' | 'lost'): Promise<void> {
    const room = rooms.get(code);
    if (!room?.members.delete(socket)) return;
    if (player === null) sendView(room);
    else {
      await release(room, player);
      await insist(code, how === 'left' ? { type: 'leave', id: player } : { type: 'drop', id: player, socket });
    }
    // With people in it elsewhere the room lives on without this process.
    if (room.members.size === 0 && room.game.seats.some((seat) => seat.socket !== null)) shut(room);
  }

  async function command(code: string, step: (game: Game) => Game | Refusal): Promise<Answer> {
    const game = await store.update(code, step);
    return isRefusal(game) ? refuse(game) : { ok: true };
  }

  return {
    create,
    join,
    watch,
    exit,
    settings: ({ code, player: by }: Player, settings: Partial<Settings>) =>
      command(code, (game) => step(game, { type: 'settings', by, settings }, now())),
    kick: ({ code, player: by }: Player, id: string) =>
      command(code, (game) => step(game, { type: 'kick', by, id }, now())),
    start(member: Player): Promise<Answer> {
      const seed = randomBytes(16).toString('hex');
      return command(member.code, (game) => {
        const prompts = drawPrompts(words, game.settings, seed);
        return prompts ? step(game, { type: 'start', by: member.player, prompts }, now()) : 'bad-settings';
      });
    },
    /** The hot path: nothing here waits. A refused chunk is followed by the ink as it is. */
    chunk({ code, player, socket }: Player, chunk: Chunk & { round: number }): Refusal | null {
      const room = rooms.get(code);
      if (!room) return 'no-room';
      const time = now();
      const why = mayDraw(room.game, player, chunk.round, time);
      const desk = why ? room.desks.get(player) : deskOf(room, player);
      const refusal = why ?? draw(desk!, chunk, time - startOf(room.game));
      meter?.chunk();
      if (!refusal) touched(room, desk!);
      else if (desk) outbox.toSocket(socket, 'ink', snapshot(desk.round, player, desk.ink));
      return refusal;
    },
    erase(
      { code, player, socket }: Player,
      what: 'undo' | 'clear',
      { round, rev }: { round: number; rev: number },
    ): Refusal | null {
      const room = rooms.get(code);
      if (!room) return 'no-room';
      const time = now();
      const why = mayDraw(room.game, player, round, time);
      if (why) return why;
      const desk = deskOf(room, player);
      flush(room);
      const refusal = erase(desk, what, rev, time - startOf(room.game));
      if (refusal) outbox.toSocket(socket, 'ink', snapshot(round, player, desk.ink));
      else {
        outbox.toRoom(code, 'ink', snapshot(round, player, desk.ink));
        touched(room, desk);
      }
      return refusal;
    },
    async resync({ code, socket }: Member, player: string): Promise<Answer> {
      const room = rooms.get(code);
      if (!room) return refuse('no-room');
      const { round } = room.game;
      if (!room.game.seats.some((seat) => seat.id === player)) return refuse('unknown-player');
      const ink = room.desks.get(player)?.ink ?? (await inks(room)).get(player) ?? emptyInk();
      outbox.toSocket(socket, 'ink', snapshot(round, player, ink));
      return { ok: true };
    },
    say({ code, player }: Player, text: string): Refusal | null {
      const room = rooms.get(code);
      if (!room) return 'no-room';
      if (!room.game.settings.chat && !(REACTIONS as readonly string[]).includes(text)) return 'chat-off';
      outbox.toRoom(code, 'said', { player, text });
      return null;
    },
    /** What runs here now, for health and metrics. */
    count: () => ({ rooms: rooms.size, waiting: guesser.waiting() }),
    /** Keeps all ink and stops. Sockets are told by the app. */
    async close(): Promise<void> {
      closing = true;
      clearInterval(saving);
      for (const room of rooms.values()) flush(room);
      await saveInk();
      guesser.close();
      for (const room of [...rooms.values()]) shut(room);
    },
  };
}

function guessesOf(player: string, words: Words, { sureness, guesses, target }: Verdict) {
  return {
    player,
    sureness,
    top: guesses.map(({ word, p }): [string, number] => [words.words[word]!.word, round(p)]),
    target: round(target),
  };
}

const round = (p: number): number => Math.round(p * 1000) / 1000;

const startOf = (game: Game): number => (game.phase.name === 'drawing' ? game.phase.started : 0);

function newCode(): string {
  let code = '';
  while (code.length < CODE_LENGTH) code += CODE_ALPHABET[randomInt(CODE_ALPHABET.length)];
  return code;
}

const newToken = (): string => randomBytes(24).toString('base64url');
