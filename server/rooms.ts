/**
 * The rooms that this process has people in. Commands become actions, which `step` judges and the store commits; whatever
 * is committed, here or on another process, comes back through `watch`, and only there it takes effect: the view goes out,
 * deadlines are set, desks are laid. Ink does not go that way: it is appended to its desk and sent on.
 */
import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import type { Chunk } from '../shared/ink.ts';
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
import { draw, erase, newDesk, snapshot } from './desk.ts';
import type { Action, Game, Pace } from './game.ts';
import { deadline, isRefusal, mayDraw, newGame, promptOf, step, view } from './game.ts';
import { createGuesser } from './guesser.ts';
import type { Leaders } from './leaders.ts';
import { createMemoryLeaders, outcomeOf } from './leaders.ts';
import type { Log } from './log.ts';
import type { Peers } from './peers.ts';
import { connectionOf, noPeers, processOf } from './peers.ts';
import { drawPrompts } from './prompts.ts';
import type { Recognizer } from './recognizer.ts';
import { createSaver } from './saver.ts';
import type { KeptInk, Store } from './store.ts';
import { Unavailable } from './store.ts';

/** The way out. `toRoom` reaches everybody in the room, on every process; except one socket, if it says so. */
export interface Outbox {
  toRoom<E extends keyof ServerEvents>(
    code: string,
    event: E,
    payload: Parameters<ServerEvents[E]>[0],
    except?: string,
  ): void;
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
  /** All drawings of this process are sent anew then: somebody on another one needs them. */
  telling?: NodeJS.Timeout | undefined;
  /** The match that was told to the leaderboards. */
  honored?: string;
}

interface Parts {
  store: Store;
  peers?: Peers;
  leaders?: Leaders;
  recognizer: Pick<Recognizer, 'recognize' | 'words'>;
  outbox: Outbox;
  log: Log;
  pace: Pace;
  /** Rooms on this process at most. */
  mostRooms: number;
  meter?: Meter | undefined;
  now?: () => number;
}

/** What the store could not take is tried again after this. ms */
const RETRY = 500;
/** Who asks for the drawings of a process within this time gets them together. ms */
const TELL_AFTER = 50;
/** What nobody waits for is tried this long; after that no room it belongs to is left. ms */
const INSIST = 10 * 60_000;
/** How often the processes that hold seats in our rooms are looked for. One that is missing twice is gone. ms */
const LOOK_EVERY = 4_000;
/** How often the store is told which rooms have people. ms */
const TEND_EVERY = 60_000;
/** The longest that closing waits for a store that is away. ms */
const CLOSE_PATIENCE = 3_000;

export type Rooms = ReturnType<typeof createRooms>;

export function createRooms({
  store,
  peers = noPeers(),
  leaders = createMemoryLeaders(),
  recognizer,
  outbox,
  log,
  pace,
  mostRooms,
  meter,
  now = Date.now,
}: Parts) {
  const { words } = recognizer;
  const holding = (socket: string) => connectionOf(peers, socket);
  const isElsewhere = (connection: string | null) => connection !== null && processOf(connection) !== peers.id;
  const rooms = new Map<string, Room>();
  /** Opening a room takes a moment; two who come at once must get the same one. */
  const opening = new Map<string, Promise<Room | null>>();
  const saver = createSaver(store, failed);
  /** What is committed although nobody waits for it. */
  const insisting = new Set<Promise<void>>();
  let closing = false;
  let closed = false;

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
      honor(room);
      return room;
    })().finally(() => opening.delete(code));
    opening.set(code, opened);
    return opened;
  }

  function shut(room: Room): void {
    // Of several who leave at once each may find it empty; by then it may be open anew.
    if (rooms.get(room.game.code) !== room) return;
    room.stopWatching();
    clearTimeout(room.deadline);
    clearTimeout(room.live);
    clearTimeout(room.telling);
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
      if (seat?.socket === holding(socket)) continue;
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
    honor(room);
    const state = view(game, now());
    for (const socket of room.members.keys()) outbox.toSocket(socket, 'room', state);
  }

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

  /** Does what nobody waits for, however long the store is away. Resolves after the first attempt. */
  async function insist(code: string, act: () => Promise<unknown>): Promise<void> {
    let first = () => {};
    const tried = new Promise<void>((resolve) => {
      first = resolve;
    });
    const done = (async () => {
      for (const until = now() + INSIST; now() < until && !closed; await pause(RETRY)) {
        try {
          await act();
          return;
        } catch (reason) {
          failed(reason, code);
          if (!(reason instanceof Unavailable)) return;
          first();
        }
      }
    })().finally(() => {
      first();
      insisting.delete(done);
    });
    insisting.add(done);
    return tried;
  }

  /** A finished match goes to the leaderboards. Every process with people in the room tells it; it counts once. */
  function honor(room: Room): void {
    const outcome = outcomeOf(room.game, now());
    if (!outcome || room.honored === outcome.match) return;
    room.honored = outcome.match;
    insist(room.game.code, () => leaders.honor(outcome));
  }

  /** Lets everybody know how many watch on this process. */
  const countSpectators = (code: string): Promise<void> =>
    insist(code, () =>
      // Counted as it is committed, so that of several at once the last one is right.
      store.update(code, (game) => {
        const count = [...(rooms.get(code)?.members.values() ?? [])].filter((player) => player === null).length;
        return step(game, { type: 'spectators', process: peers.id, count }, now());
      }),
    );

  /** Processes that were missing when last looked for. */
  let missing = new Set<string>();

  /** A process that died told nobody: the seats it held count as lost, and its spectators as gone. */
  async function lookForPeers(): Promise<void> {
    const held = new Map<string, string[]>();
    for (const { game } of rooms.values())
      for (const process of othersIn(game)) held.set(process, [...(held.get(process) ?? []), game.code]);
    const gone = new Set<string>();
    for (const [process, codes] of held) {
      if (await peers.isAlive(process)) continue;
      gone.add(process);
      if (!missing.has(process)) continue;
      log.warn({ process, rooms: codes.length }, 'a process is gone; its seats are lost');
      for (const code of codes) insist(code, () => commit(code, { type: 'vanished', process }));
    }
    missing = gone;
  }

  /** The other processes that have people in the room. */
  function othersIn(game: Game): Set<string> {
    const seated = game.seats.flatMap(({ socket }) => (socket === null ? [] : [processOf(socket)]));
    const others = new Set([...seated, ...Object.keys(game.spectators)]);
    others.delete(peers.id);
    return others;
  }

  const looking = setInterval(() => lookForPeers().catch((reason) => failed(reason)), LOOK_EVERY);
  looking.unref();
  const tending = setInterval(() => store.tend([...rooms.keys()]).catch((reason) => failed(reason)), TEND_EVERY);
  tending.unref();

  function failed(reason: unknown, room?: string): void {
    if (reason instanceof Unavailable) log.warn({ room, reason: reason.message }, 'the store is away');
    else log.error({ room, err: reason }, 'a bug');
  }

  // ------------------------------------------------------------ ink

  /** The member's desk in the round that is drawn now; laid if they have none. */
  function deskOf(room: Room, player: string): Desk {
    return room.desks.get(player) ?? layDesk(room, player);
  }

  function layDesk(room: Room, player: string, kept?: KeptInk): Desk {
    const { code, round, phase, seats } = room.game;
    const { term } = seats.find((seat) => seat.id === player)!;
    const desk = newDesk(code, player, round, term, kept);
    desk.recognized = phase.name === 'drawing' && phase.recognized.some((each) => each.player === player);
    room.desks.set(player, desk);
    return desk;
  }

  function dropDesk(room: Room, desk: Desk): void {
    guesser.forget(desk);
    room.desks.delete(desk.player);
  }

  /** Nobody here holds the player's seat any more: their ink goes to the store, for the process where they come back. */
  async function release(room: Room, player: string): Promise<void> {
    flush(room);
    await saver.save();
    const desk = room.desks.get(player);
    // They may have come back to this process meanwhile.
    if (!desk || [...room.members.values()].includes(player)) return;
    // While the store is away this is the only copy.
    if (saver.owes(desk) && !closing) setTimeout(() => release(room, player), RETRY);
    else dropDesk(room, desk);
  }

  /** The player came back to another process, which asks for what is here. */
  async function give(code: string, player: string): Promise<void> {
    const room = rooms.get(code);
    if (!room) return;
    for (const [socket, member] of room.members) {
      if (member !== player) continue;
      room.members.delete(socket);
      outbox.expel(socket, code, 'replaced');
    }
    await release(room, player);
  }

  /** Sends what is drawn here to everybody in the room: somebody on another process has it from the store, which lags. */
  function tell(code: string): void {
    const room = rooms.get(code);
    if (!room || room.telling) return;
    room.telling = setTimeout(() => {
      room.telling = undefined;
      flush(room);
      const sockets = new Map([...room.members].map(([socket, player]) => [player, socket]));
      for (const { player, round, ink } of room.desks.values())
        outbox.toRoom(code, 'ink', snapshot(round, player, ink), sockets.get(player));
      const guesses = guessesHere(room);
      if (guesses.length > 0) outbox.toRoom(code, 'live', { round: room.game.round, chunks: [], guesses });
    }, TELL_AFTER);
  }

  const guessesHere = (room: Room) =>
    [...room.desks.values()].map((desk) => desk.guesses).filter((guesses) => guesses !== null);

  /** Has the other processes in the room send what is drawn there. */
  function askOthers(game: Game): void {
    for (const process of othersIn(game))
      peers.askToTell(process, game.code).catch((reason) => failed(reason, game.code));
  }

  peers.onHandOver(give);
  peers.onAskedToTell(tell);

  function touched(room: Room, desk: Desk): void {
    saver.mark(desk);
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
  async function inks(room: Room): Promise<Map<string, KeptInk>> {
    const all = await store.readInk(room.game.code, room.game.round);
    for (const desk of room.desks.values()) all.set(desk.player, desk);
    return all;
  }

  // ------------------------------------------------------------ guesses

  /** What a look was at: a result for anything else is stale. */
  interface Taken {
    rev: number;
    points: number;
    at: number;
  }

  const guesser = createGuesser<Desk, Taken>(recognizer, {
    taken: (desk) => ({ rev: desk.ink.rev, points: desk.points, at: desk.at }),
    due: (desk) => now() - desk.guessed >= GUESSES_EVERY,
    seen: (looks) => {
      seeing = true;
      for (const { drawing, taken, probabilities } of looks) seen(drawing, taken, probabilities);
    },
    failed: (reason) => {
      seeing = false;
      log.warn({ reason: String(reason) }, 'the recognizer failed; its drawings wait');
    },
  });
  let seeing = true;

  function seen(desk: Desk, taken: Taken, probabilities: Float32Array): void {
    const room = rooms.get(desk.code);
    if (!room || room.desks.get(desk.player) !== desk || desk.ink.rev !== taken.rev) return;
    if (room.game.phase.name !== 'drawing') return;
    const prompt = promptOf(room.game).word;
    const verdict = judge(words, prompt, probabilities, desk.ink, 0);
    desk.guesses = guessesOf(desk.player, words, verdict);
    desk.news = true;
    desk.seen = taken.at;
    soon(room);
    if (verdict.recognized && !desk.recognized) recognize(desk, prompt, verdict);
  }

  /** Commits a recognition. The time that counts is that of the stroke, so it may come late. */
  function recognize(desk: Desk, prompt: string, { guesses, target }: Verdict): void {
    desk.recognized = true;
    // The guess that counted: the prompt, or a look-alike that is accepted for it.
    const accepted = [prompt, ...(words.words.find((each) => each.word === prompt)?.alike ?? [])];
    const word =
      guesses.map((guess) => words.words[guess.word]!.word).find((each) => accepted.includes(each)) ?? prompt;
    const { code, player: id, round: inRound, seen: at } = desk;
    const action: Action = { type: 'recognized', id, round: inRound, at, word, probability: round(target) };
    insist(code, () => commit(code, action));
  }

  // ------------------------------------------------------------ coming and going

  const refuse = (why: Refusal): { ok: false; why: Refusal } => ({ ok: false, why });

  /** Lets a socket in and shows it all there is. False if the room, or the seat, is gone meanwhile. */
  async function admit(socket: string, code: string, player: string | null): Promise<boolean> {
    const room = await open(code);
    if (!room) return false;
    if (player !== null && !room.game.seats.some((seat) => seat.socket === holding(socket))) return false;
    room.members.set(socket, player);
    outbox.enter(socket, code);
    if (player === null) await countSpectators(code);
    outbox.toSocket(socket, 'room', view(room.game, now()));
    const { round } = room.game;
    const all = await inks(room).catch((reason) => {
      room.members.delete(socket);
      throw reason;
    });
    // What is drawn here but not sent yet would come to the newcomer twice.
    flush(room);
    for (const [drawer, { ink }] of all) outbox.toSocket(socket, 'ink', snapshot(round, drawer, ink));
    const own = player !== null && all.get(player);
    if (own && room.game.round === round) guesser.mark(room.desks.get(player) ?? layDesk(room, player, own));
    const guesses = guessesHere(room);
    if (guesses.length > 0) outbox.toSocket(socket, 'live', { round, chunks: [], guesses });
    askOthers(room.game);
    return true;
  }

  async function create(
    socket: string,
    nick: string,
    settings: Partial<Settings>,
    session: string | null = null,
  ): Promise<Answer<Answers['create']>> {
    if (closing || rooms.size >= mostRooms) return refuse('server-full');
    for (;;) {
      const code = newCode();
      const created = await store.create(newGame(code, { ...DEFAULT_SETTINGS, ...settings }, pace, now()));
      if (created) return join(socket, code, nick, undefined, session);
    }
  }

  async function join(
    socket: string,
    code: string,
    nick: string | undefined,
    token?: string,
    session: string | null = null,
  ): Promise<Answer<Answers['join']>> {
    if (token === undefined && nick === undefined) return refuse('nick-empty');
    const action: Action & { type: 'join' | 'return' } =
      token !== undefined
        ? { type: 'return', token, socket: holding(socket) }
        : {
            type: 'join',
            id: randomUUID().slice(0, 8),
            token: newToken(),
            nick: nick!,
            socket: holding(socket),
            session,
          };
    /** The connection that held the seat until now: the newest of the drawing may lie there. */
    let before: string | null = null;
    try {
      const game = await store.update(code, (game) => {
        before = game.seats.find((seat) => seat.token === token)?.socket ?? null;
        return step(game, action, now());
      });
      if (isRefusal(game)) return refuse(game);
      const { id: player, token: secret } = game.seats.find((seat) => seat.socket === holding(socket))!;
      if (isElsewhere(before)) await peers.handOver(processOf(before!), code, player);
      return (await admit(socket, code, player)) ? { ok: true, code, player, token: secret } : refuse('no-room');
    } catch (reason) {
      // The seat may be taken although the answer was lost: nobody would sit there.
      if (action.type === 'join') insist(code, () => commit(code, { type: 'leave', id: action.id }));
      throw reason;
    }
  }

  async function watch(socket: string, code: string): Promise<Answer<Answers['watch']>> {
    return (await admit(socket, code, null)) ? { ok: true, code } : refuse('no-room');
  }

  /** The socket is gone, or in another room now. A seat is left at once, or kept for a while (`lost`). */
  async function exit({ socket, code, player }: Member, how: 'left' | 'lost'): Promise<void> {
    const room = rooms.get(code);
    if (!room?.members.delete(socket)) return;
    if (player === null) await countSpectators(code);
    else {
      await release(room, player);
      const action: Action =
        how === 'left' ? { type: 'leave', id: player } : { type: 'drop', id: player, socket: holding(socket) };
      await insist(code, () => commit(code, action));
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
      const match = randomBytes(16).toString('hex');
      return command(member.code, (game) => {
        const prompts = drawPrompts(words, game.settings, match);
        return prompts ? step(game, { type: 'start', by: member.player, match, prompts }, now()) : 'bad-settings';
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
      const desk = room.desks.get(player);
      const ink = desk?.ink ?? (await inks(room)).get(player)?.ink ?? emptyInk();
      outbox.toSocket(socket, 'ink', snapshot(round, player, ink));
      if (!desk) askOthers(room.game);
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
    count: () => {
      const members = [...rooms.values()].flatMap((room) => [...room.members.values()]);
      const spectators = members.filter((player) => player === null).length;
      return { rooms: rooms.size, players: members.length - spectators, spectators, waiting: guesser.waiting() };
    },
    /** Whether the recognizer's last batch came back. */
    isSeeing: () => seeing,
    /**
     * What went from process to process may have been lost. Of any two the one that is back later does both, tell and ask,
     * when the other can hear and speak.
     */
    catchUp: () => {
      for (const { game } of rooms.values()) {
        if (othersIn(game).size > 0) tell(game.code);
        askOthers(game);
      }
    },
    /** Keeps all ink and stops. Sockets are told by the app. */
    async close(): Promise<void> {
      closing = true;
      clearInterval(looking);
      clearInterval(tending);
      guesser.close();
      for (const room of rooms.values()) flush(room);
      await Promise.race([Promise.all([saver.save(), ...insisting]), pause(CLOSE_PATIENCE)]);
      closed = true;
      saver.close();
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

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms).unref());

const newToken = (): string => randomBytes(24).toString('base64url');
