/**
 * The rooms that this process has people in. Commands become actions, which `step` judges and the store commits; whatever
 * is committed, here or on another process, comes back through `watch`, and only there it takes effect: the view goes out,
 * deadlines are set, desks are laid. Ink does not go that way: it is appended to its desk and sent on.
 */
import { emptyInk } from '../../shared/ink.ts';
import type { Answer, Answers, Refusal, Settings } from '../../shared/protocol.ts';
import { DEFAULT_SETTINGS, REACTIONS } from '../../shared/protocol.ts';
import { createNeighbours } from '../cluster/handover.ts';
import type { Peers } from '../cluster/presence.ts';
import { connectionOf, noPeers, processOf } from '../cluster/presence.ts';
import type { Action, Game, Pace } from '../game/game.ts';
import { deadline, isRefusal, newGame, step } from '../game/game.ts';
import { drawPrompts } from '../game/prompts.ts';
import { view } from '../game/view.ts';
import type { Recognizer } from '../inference/recognizer.ts';
import type { Log } from '../log.ts';
import type { Leaders } from '../storage/leaderboard.ts';
import { createMemoryLeaders, outcomeOf } from '../storage/leaderboard.ts';
import type { Store } from '../storage/store.ts';
import { Unavailable } from '../storage/store.ts';
import { createDesks } from './desks.ts';
import { snapshot } from './drawing.ts';
import { newCode, newMatch, newPlayer, newToken } from './ids.ts';
import type { Outbox } from './outbox.ts';
import { createInsistence } from './retry.ts';
import type { Member, Meter, Player, Room, World } from './room.ts';
import { flush, guessesHere, newRoom, spectatorsOf, stopTimers } from './room.ts';

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
  const world: World = { outbox, meter, now };
  const { insist, ...insistence } = createInsistence(failed, now);
  const desks = createDesks({
    store,
    recognizer,
    rooms,
    world,
    log,
    ensure,
    failed,
  });
  let closing = false;

  // ------------------------------------------------------------ the game

  /** Steps the room's game; whatever follows from it comes through `changed`. */
  const commit = (code: string, action: Action): Promise<Game | Refusal> =>
    store.update(code, (game) => step(game, action, now()));

  /** Commits it however long the store is away. Resolves after the first attempt. */
  function ensure(code: string, action: Action): Promise<void> {
    return insist(code, () => commit(code, action));
  }

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
      room = newRoom(game, stopWatching);
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
    stopTimers(room);
    desks.clearAway(room);
    rooms.delete(room.game.code);
  }

  /** A committed game, newer than the one before. */
  function changed(room: Room, game: Game): void {
    if (game.version <= room.game.version) return;
    flush(room, world);
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
      if (seat?.socket === null) {
        // Others thought that this process is gone, while only its way to Redis was. The seat's socket is still here.
        ensure(code, { type: 'return', token: seat.token, socket: holding(socket) });
        continue;
      }
      room.members.delete(socket);
      outbox.expel(socket, code, seat ? 'replaced' : 'kicked');
      desks.release(room, player);
    }
    desks.clearAway(room, game.round);
    if (game.phase.name === 'drawing') {
      for (const { player } of game.phase.recognized) {
        const desk = room.desks.get(player);
        if (desk) desk.recognized = true;
      }
    }
    if (spectatorsOf(room) !== (game.spectators[peers.id] ?? 0)) countSpectators(code);
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
        const room = rooms.get(code);
        const count = room ? spectatorsOf(room) : 0;
        return step(game, { type: 'spectators', process: peers.id, count }, now());
      }),
    );

  const neighbours = createNeighbours({
    peers,
    rooms,
    world,
    log,
    release: desks.release,
    ensure,
    failed,
  });
  const tending = setInterval(() => store.tend([...rooms.keys()]).catch((reason) => failed(reason)), TEND_EVERY);
  tending.unref();

  function failed(reason: unknown, room?: string): void {
    if (reason instanceof Unavailable) log.warn({ room, reason: reason.message }, 'the store is away');
    else log.error({ room, err: reason }, 'a bug');
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
    const all = await desks.inks(room).catch((reason) => {
      room.members.delete(socket);
      throw reason;
    });
    // What is drawn here but not sent yet would come to the newcomer twice.
    flush(room, world);
    for (const [drawer, { ink }] of all) outbox.toSocket(socket, 'ink', snapshot(round, drawer, ink));
    const own = player !== null && all.get(player);
    if (own && room.game.round === round) desks.resume(room, player, own);
    const guesses = guessesHere(room);
    if (guesses.length > 0) outbox.toSocket(socket, 'live', { round, chunks: [], guesses });
    neighbours.ask(room.game);
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
            id: newPlayer(),
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
      if (action.type === 'join') ensure(code, { type: 'leave', id: action.id });
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
      await desks.release(room, player);
      const left = how === 'left';
      await ensure(code, left ? { type: 'leave', id: player } : { type: 'drop', id: player, socket: holding(socket) });
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
      const match = newMatch();
      return command(member.code, (game) => {
        const prompts = drawPrompts(words, game.settings, match);
        return prompts ? step(game, { type: 'start', by: member.player, match, prompts }, now()) : 'bad-settings';
      });
    },
    chunk: desks.draw,
    erase: desks.erase,
    async resync({ code, socket }: Member, player: string): Promise<Answer> {
      const room = rooms.get(code);
      if (!room) return refuse('no-room');
      const { round } = room.game;
      if (!room.game.seats.some((seat) => seat.id === player)) return refuse('unknown-player');
      const desk = room.desks.get(player);
      const ink = desk?.ink ?? (await desks.inks(room)).get(player)?.ink ?? emptyInk();
      outbox.toSocket(socket, 'ink', snapshot(round, player, ink));
      if (!desk) neighbours.ask(room.game);
      return { ok: true };
    },
    /** Chat is for those who sit, where the host lets them; everybody may react. */
    say({ code, player }: Member, text: string): Refusal | null {
      const room = rooms.get(code);
      if (!room) return 'no-room';
      if (!(REACTIONS as readonly string[]).includes(text)) {
        if (player === null) return 'not-seated';
        if (!room.game.settings.chat) return 'chat-off';
      }
      outbox.toRoom(code, 'said', { player, text });
      return null;
    },
    /** What runs here now, for health and metrics. */
    count: () => {
      const all = [...rooms.values()];
      const spectators = all.reduce((sum, room) => sum + spectatorsOf(room), 0);
      const players = all.reduce((sum, room) => sum + room.members.size, 0) - spectators;
      return { rooms: rooms.size, players, spectators, waiting: desks.waiting() };
    },
    isSeeing: desks.isSeeing,
    /** The store, or the way to other processes, was away: what they have of the drawings here may have holes. */
    catchUp(): void {
      desks.saveAll();
      neighbours.catchUp();
    },
    /** Keeps all ink and stops. Sockets are told by the app. */
    async close(): Promise<void> {
      closing = true;
      neighbours.close();
      clearInterval(tending);
      for (const room of rooms.values()) flush(room, world);
      await Promise.race([Promise.all([desks.close(), insistence.settled()]), pause(CLOSE_PATIENCE)]);
      insistence.stop();
      desks.stop();
      for (const room of [...rooms.values()]) shut(room);
    },
  };
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms).unref());
