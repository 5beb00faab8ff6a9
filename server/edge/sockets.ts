/** The edge: what comes in over a socket is counted, parsed and forwarded, all on this one screen; and the way out. */
import type { Server, Socket } from 'socket.io';
import type { Answer, Answers, ClientEvents, Command, Parsed, Refusal, ServerEvents } from '../../shared/protocol.ts';
import { COMMANDS, parse } from '../../shared/protocol.ts';
import { isRefusal } from '../game/game.ts';
import type { Log } from '../log.ts';
import type { Outbox } from '../room/outbox.ts';
import type { Member, Player } from '../room/room.ts';
import type { Rooms } from '../room/rooms.ts';
import { Unavailable } from '../storage/store.ts';
import { bucket } from './limits.ts';
import { isOffensive, maskProfanity } from './profanity.ts';
import type { Sessions } from './session.ts';

/** Who the socket is. Set here and nowhere else; a message never says who it is from. */
interface SocketData {
  member?: Member | undefined;
  /** It is being let into a room: what it says meanwhile waits, since it hears the room already. */
  entering?: Promise<unknown> | undefined;
  /** Proved by its cookie at the handshake. */
  session?: string | null;
}

export type GameServer = Server<ClientEvents, ServerEvents, object, SocketData>;
type GameSocket = Socket<ClientEvents, ServerEvents, object, SocketData>;

/** A pen sends 20 chunks a second; after a lost connection it sends what it kept in one go. */
const CHUNKS = { perSecond: 40, burst: 100 };
/** Whoever talks and reacts without end must not be late with an undo for it. */
const SAYINGS = { perSecond: 2, burst: 8 };
const OTHERS = { perSecond: 5, burst: 20 };
/** A socket that is refused for being too quick this often in a row is not a person's. */
const PATIENCE = 200;
/** A socket that lets this many messages pile up is too slow to play. It may come back, and is then sent everything. */
const SLOW = 256;

export function outboxOf(io: GameServer): Outbox {
  const local = (socket: string) => io.sockets.sockets.get(socket);
  return {
    toRoom: (code, event, payload, except) =>
      void io
        .to(code)
        .except(except ?? [])
        .emit(event, ...([payload] as never)),
    toSocket: (socket, event, payload) => void local(socket)?.emit(event, ...([payload] as never)),
    enter: (socket, code) => void local(socket)?.join(code),
    expel(id, code, why) {
      const socket = local(id);
      if (!socket) return;
      socket.leave(code);
      socket.data.member = undefined;
      socket.emit('gone', why);
    },
  };
}

interface Edge {
  sessions: Pick<Sessions, 'read'>;
  /** Hears of every command and its answer. */
  answered?: ((command: string, payload: unknown, answer: Answer) => void) | undefined;
}

export function serveSockets(io: GameServer, rooms: Rooms, log: Log, { sessions, answered }: Edge): void {
  io.on('connection', (socket) => {
    socket.data.session = sessions.read(socket.request.headers.cookie);
    const others = bucket(OTHERS);
    const own = new Map([
      ['chunk', bucket(CHUNKS)],
      ['say', bucket(SAYINGS)],
    ]);
    let refusedInRow = 0;

    socket.onAny(async (event: string, ...args: unknown[]) => {
      const callback = args.at(-1);
      const payload = typeof args[0] === 'function' ? undefined : args[0];
      const answer = (result: Answer) => {
        answered?.(event, payload, result);
        if (typeof callback === 'function') callback(result);
        else if (!result.ok) socket.emit('refused', result.why);
      };
      const isAllowed = own.get(event) ?? others;
      if (!isAllowed(Date.now())) {
        if (++refusedInRow > PATIENCE) socket.disconnect(true);
        return answer({ ok: false, why: 'too-often' });
      }
      refusedInRow = 0;
      if (!Object.hasOwn(COMMANDS, event)) return answer({ ok: false, why: 'unknown-event' });
      const parsed = parse(event as Command, payload ?? {});
      if (isRefusal(parsed)) return answer({ ok: false, why: parsed });
      try {
        if (!ENTRANCES.has(event)) await socket.data.entering;
        answer(await run(event as Command, socket, rooms, parsed));
      } catch (reason) {
        const away = reason instanceof Unavailable;
        if (!away) log.error({ event, room: socket.data.member?.code, err: reason }, 'a bug');
        answer({ ok: false, why: 'unavailable' });
      }
    });

    socket.on('disconnect', () => {
      if (socket.data.member) exit(socket, rooms, 'lost').catch((err) => log.error({ err }, 'a bug'));
    });
  });

  setInterval(() => {
    for (const socket of io.sockets.sockets.values())
      if ((socket.conn as unknown as { writeBuffer: unknown[] }).writeBuffer.length > SLOW) {
        log.warn({ room: socket.data.member?.code }, 'a socket is too slow and is cut');
        socket.disconnect(true);
      }
  }, 1000).unref();
}

const ENTRANCES = new Set<string>(['create', 'join', 'watch'] satisfies Command[]);

type Handler<C extends Command> = (
  socket: GameSocket,
  rooms: Rooms,
  payload: Parsed<C>,
) => Answer<Answers[C]> | Promise<Answer<Answers[C]>>;

const HANDLERS: { [C in Command]: Handler<C> } = {
  create: (socket, rooms, { nick, settings }) =>
    enter(socket, rooms, nick, () => rooms.create(socket.id, nick, settings, socket.data.session)),
  join: (socket, rooms, { code, nick, token }) =>
    enter(socket, rooms, nick, () => rooms.join(socket.id, code, nick, token, socket.data.session)),
  watch: (socket, rooms, { code }) => enter(socket, rooms, undefined, () => rooms.watch(socket.id, code)),
  leave: async (socket, rooms) => {
    await exit(socket, rooms, 'left');
    return { ok: true };
  },
  settings: (socket, rooms, settings) => seated(socket, (player) => rooms.settings(player, settings)),
  kick: (socket, rooms, { player: id }) => seated(socket, (player) => rooms.kick(player, id)),
  start: (socket, rooms) => seated(socket, (player) => rooms.start(player)),
  chunk: (socket, rooms, chunk) => seated(socket, (player) => answerOf(rooms.chunk(player, chunk))),
  undo: (socket, rooms, where) => seated(socket, (player) => answerOf(rooms.erase(player, 'undo', where))),
  clear: (socket, rooms, where) => seated(socket, (player) => answerOf(rooms.erase(player, 'clear', where))),
  say: (socket, rooms, { text }) =>
    socket.data.member
      ? answerOf(rooms.say(socket.data.member, maskProfanity(text)))
      : { ok: false, why: 'not-seated' },
  resync: (socket, rooms, { player }) =>
    socket.data.member ? rooms.resync(socket.data.member, player) : { ok: false, why: 'no-room' },
  ping: () => ({ ok: true }),
};

const run = <C extends Command>(command: C, socket: GameSocket, rooms: Rooms, payload: Parsed<C>) =>
  HANDLERS[command](socket, rooms, payload);

const answerOf = (why: Refusal | null): Answer => (why ? { ok: false, why } : { ok: true });

function seated<T>(socket: GameSocket, act: (player: Player) => T): T | { ok: false; why: Refusal } {
  const { member } = socket.data;
  return member?.player ? act(member as Player) : { ok: false, why: 'not-seated' };
}

/** Lets the socket into a room, out of the one it was in; one at a time. */
async function enter<T extends { code: string; player?: string }>(
  socket: GameSocket,
  rooms: Rooms,
  nick: string | undefined,
  entrance: () => Promise<Answer<T>>,
): Promise<Answer<T>> {
  if (socket.data.entering) return { ok: false, why: 'too-often' };
  if (nick !== undefined && isOffensive(nick)) return { ok: false, why: 'nick-offensive' };
  const entering = (async () => {
    await exit(socket, rooms, 'left');
    const answer = await entrance();
    if (answer.ok) socket.data.member = { socket: socket.id, code: answer.code, player: answer.player ?? null };
    // It may have gone while it was let in.
    if (!socket.connected) await exit(socket, rooms, 'lost');
    return answer;
  })();
  // Whoever waits for it only wants it to be over.
  socket.data.entering = entering.catch(() => {});
  return entering.finally(() => {
    socket.data.entering = undefined;
  });
}

async function exit(socket: GameSocket, rooms: Rooms, how: 'left' | 'lost'): Promise<void> {
  const { member } = socket.data;
  if (!member) return;
  socket.data.member = undefined;
  socket.leave(member.code);
  await rooms.exit(member, how);
}
