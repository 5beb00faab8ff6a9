/** The edge: what comes in over a socket is limited, parsed and forwarded to the rooms, all on one screen. */
import type { Server, Socket } from 'socket.io';
import type { Answer, Answers, ClientEvents, Command, Parsed, Refusal } from '../../shared/protocol.ts';
import { COMMANDS, parse } from '../../shared/commands.ts';
import { unpackChunk, type WireEvents } from '../../shared/wire.ts';
import type { Visitor } from '../game/game.ts';
import { isRefusal } from '../game/game.ts';
import type { Log } from '../log.ts';
import type { Member, Player } from '../room/live-room.ts';
import type { Lessons } from '../room/lessons.ts';
import type { Rooms } from '../room/rooms.ts';
import type { Quota } from '../storage/quotas.ts';
import { Unavailable } from '../storage/store.ts';
import type { Connection, RawConnection } from './connection.ts';
import type { Connections } from './connections.ts';
import { MAX_WAITING_COMMANDS, QUOTAS } from './limits.ts';
import { leaveRoom } from './outbox.ts';
import { isOffensive, maskProfanity } from './profanity.ts';
import type { Sessions } from './session.ts';

/** Who the socket is. Set here and nowhere else; a message never says who it is from. */
interface SocketData {
  member?: Member | undefined;
  /** It is entering a room, which it hears already: its other commands wait. */
  entering?: Promise<unknown> | undefined;
  /** How many of them do. */
  waiting?: number;
  /** One of those is *leave*: a link that is lost meanwhile gives the seat up, too. */
  isLeaving?: boolean;
  /** What its limits hang on. */
  connection?: Connection;
  visitor: Visitor;
  /** The lesson that it is in, as its teacher or a pupil. */
  lesson?: string | undefined;
  /** It is entering one. */
  attending?: Promise<unknown> | undefined;
  /** The rooms that a teacher watches. */
  overseen?: Set<string>;
  /** The names that a pupil may choose from. */
  offered?: { code: string; names: string[]; away: string[]; withdrawal: NodeJS.Timeout } | undefined;
}

export type GameServer = Server<ClientEvents, WireEvents, object, SocketData>;
type GameSocket = Socket<ClientEvents, WireEvents, object, SocketData>;

interface Options {
  connections: Connections;
  sessions: Pick<Sessions, 'visitor'>;
  log: Log;
  /** There may be other processes. */
  isOneOfMany: boolean;
  /** Called with every command and its answer, for the metrics. */
  onAnswer(command: string, payload: unknown, answer: Answer): void;
}

export function serveSockets(
  io: GameServer,
  rooms: Rooms,
  lessons: Lessons,
  { connections, sessions, log, isOneOfMany, onAnswer }: Options,
): void {
  io.on('connection', (socket) => {
    const connection = connections.of(socket.conn as unknown as RawConnection);
    socket.data.connection = connection;
    socket.data.visitor = sessions.visitor(connection.session, connection.address.key);
    if (isOneOfMany) socket.emit('cluster');
    const { data } = socket;
    connection.isIn = () => {
      const isPlaying = data.member !== undefined && rooms.has(data.member);
      // Who may choose a name is as good as in.
      return (
        isPlaying || data.offered !== undefined || (data.lesson !== undefined && lessons.isIn(socket.id, data.lesson))
      );
    };

    /** `known` is undefined if the command could not be parsed. */
    function answer(event: string, known: Parsed<Command> | undefined, result: Answer, callback?: unknown): void {
      onAnswer(event, known, result);
      if (!result.ok) connection.countRefusal();
      if (typeof callback === 'function') callback(result);
      else if (!result.ok) socket.emit('refused', result.why);
    }

    socket.onAny((event: string, ...args: unknown[]) => {
      const callback = args.at(-1);
      const payload = typeof args[0] === 'function' ? undefined : args[0];
      const parsed = parseCommand(connection, event, payload ?? {});
      if (isRefusal(parsed)) return answer(event, undefined, refuse(parsed), callback);
      // What waits below holds only what was parsed, which is small.
      void act(socket, event as Command, parsed).then((result) => answer(event, parsed, result, callback));
    });
    connection.onChunk = (text) => {
      if (data.entering) return false;
      const parsed = parseCommand(connection, 'chunk', text);
      answer('chunk', undefined, isRefusal(parsed) ? refuse(parsed) : drawNow(socket, parsed as Parsed<'chunk'>));
      return true;
    };

    socket.on('disconnect', () => {
      // Its last byte may come later, and what it was in counts until then.
      const wasIn = connection.isIn();
      connection.isIn = () => wasIn;
      withdraw(socket);
      if (socket.data.member) exit(socket, rooms, 'lost').catch((err) => log.error({ err }, 'a bug'));
      if (socket.data.lesson) depart(socket, rooms, lessons).catch((err) => log.error({ err }, 'a bug'));
      // A connection carries one socket, so that leaving and entering the namespace renews nothing.
      socket.conn.close();
    });
  });

  async function act(socket: GameSocket, command: Command, payload: Parsed<Command>): Promise<Answer> {
    const { data } = socket;
    try {
      if (data.entering && !ENTRANCES.has(command)) {
        const waiting = data.waiting ?? 0;
        if (waiting >= MAX_WAITING_COMMANDS) return refuse('too-often');
        data.waiting = waiting + 1;
        data.isLeaving ||= command === 'leave';
        await data.entering.finally(() => data.waiting!--);
      }
      return await run(command, socket, { rooms, lessons }, payload);
    } catch (reason) {
      return failed(socket, command, reason);
    }
  }

  /** The same for a chunk that waits for nothing. */
  function drawNow(socket: GameSocket, chunk: Parsed<'chunk'>): Answer {
    try {
      return drawChunk(socket, rooms, chunk);
    } catch (reason) {
      return failed(socket, 'chunk', reason);
    }
  }

  function failed({ data }: GameSocket, command: Command, reason: unknown): Answer {
    if (!(reason instanceof Unavailable)) log.error({ event: command, room: data.member?.code, err: reason }, 'a bug');
    return refuse('unavailable');
  }
}

/** The command's payload, if it has one that its schema allows and is within the limits of the connection. */
function parseCommand(connection: Connection, event: string, payload: unknown): Parsed<Command> | Refusal {
  if (!connection.allows(event)) return 'too-often';
  if (!Object.hasOwn(COMMANDS, event)) return 'unknown-event';
  const parsed =
    event === 'chunk' && typeof payload === 'string' ? unpackChunk(payload) : parse(event as Command, payload);
  if (isRefusal(parsed)) return parsed;
  const points = event === 'chunk' ? (parsed as Parsed<'chunk'>).points.length / 2 : 0;
  return points === 0 || connection.allowsPoints(points) ? parsed : 'too-often';
}

/** Names that were offered can be chosen for so long. */
const OFFERED_MS = 5 * 60_000;
const ENTRANCES = new Set<string>(['create', 'join', 'watch', 'sit'] satisfies Command[]);

interface Places {
  rooms: Rooms;
  lessons: Lessons;
}

type Handler<C extends Command> = (
  socket: GameSocket,
  places: Places,
  payload: Parsed<C>,
) => Answer<Answers[C]> | Promise<Answer<Answers[C]>>;

const HANDLERS: { [C in Command]: Handler<C> } = {
  create(socket, { rooms }, { nick, settings, daily, challenge, language }) {
    const visitor = { ...socket.data.visitor, ...(language && { language }) };
    const quotas = settings.public ? [QUOTAS.rooms, QUOTAS.listings] : [QUOTAS.rooms];
    return enter(socket, rooms, nick, quotas, () => {
      if (daily) return rooms.createDaily(socket.id, nick, visitor);
      if (challenge !== undefined) return rooms.createChallenge(socket.id, nick, challenge, visitor);
      return rooms.create(socket.id, nick, settings, visitor);
    });
  },
  join(socket, { rooms, lessons }, { code, nick, token, language }) {
    const visitor = { ...socket.data.visitor, ...(language && { language }) };
    if (token !== undefined)
      return enter(socket, rooms, nick, [], () => rooms.comeBack(socket.id, code, token, visitor));
    if (nick === undefined) return refuse('nick-empty');
    if (socket.data.connection!.address.isBarred()) return refuse('too-often');
    return enter(socket, rooms, nick, [QUOTAS.seats], () =>
      orLesson(lessons, code, rooms.join(socket.id, code, nick, visitor)),
    );
  },
  watch(socket, { rooms, lessons }, { code }) {
    if (socket.data.connection!.address.isBarred()) return refuse('too-often');
    return enter(socket, rooms, undefined, [], () =>
      orLesson(lessons, code, rooms.watch(socket.id, code, socket.data.visitor)),
    );
  },
  async leave(socket, { rooms }) {
    await exit(socket, rooms, 'left');
    return { ok: true };
  },
  async settings(socket, { rooms }, settings) {
    if (settings.public && !(await socket.data.connection!.address.isWithin(QUOTAS.listings)))
      return refuse('too-often');
    return seated(socket, (player) => rooms.settings(player, settings));
  },
  kick: (socket, { rooms }, { player: id }) => seated(socket, (player) => rooms.kick(player, id)),
  host: (socket, { rooms }, { player: id }) => seated(socket, (player) => rooms.host(player, id)),
  start: (socket, { rooms }) => seated(socket, (player) => rooms.start(player)),
  skip: (socket, { rooms }, { round }) => seated(socket, (player) => rooms.skip(player, round)),
  chunk: (socket, { rooms }, chunk) => drawChunk(socket, rooms, chunk),
  undo: (socket, { rooms }, at) => seated(socket, (player) => answerOf(rooms.erase(player, 'undo', at))),
  clear: (socket, { rooms }, at) => seated(socket, (player) => answerOf(rooms.erase(player, 'clear', at))),
  chat: (socket, { rooms }, { text }) =>
    socket.data.member ? answerOf(rooms.chat(socket.data.member, text, maskProfanity)) : refuse('not-seated'),
  cheer: (socket, { rooms }, { player, reaction }) =>
    socket.data.member ? answerOf(rooms.cheer(socket.data.member, player, reaction)) : refuse('not-seated'),
  resync: (socket, { rooms }, { player }) =>
    socket.data.member ? rooms.resync(socket.data.member, player) : refuse('no-room'),
  replays(socket, { rooms }) {
    const { member } = socket.data;
    const replays = member ? rooms.replays(member) : null;
    return replays ? { ok: true, replays, donations: rooms.asksForDrawings(member!) } : refuse('no-room');
  },
  ping: () => ({ ok: true }),
  teach(socket, places, payload) {
    const { lessons } = places;
    if ('token' in payload)
      return attend(socket, places, payload.code, [], () => lessons.teach(socket.id, payload.code, payload.token));
    return attend(socket, places, undefined, [QUOTAS.rooms], () => lessons.open(socket.id, payload.names));
  },
  async knock(socket, { lessons }, { code, pictures }) {
    const { connection, visitor } = socket.data;
    // A bar of the address would keep a class out if one pupil at the school wanted it.
    const answer = await lessons.knock(socket.id, code, pictures, visitor);
    if (answer.ok) {
      withdraw(socket);
      const withdrawal = setTimeout(withdraw, OFFERED_MS, socket).unref();
      socket.data.offered = { code, names: answer.names, away: answer.away.map(({ id }) => id), withdrawal };
    } else if (answer.why === 'no-lesson') await connection!.address.countWrong();
    return answer;
  },
  attend(socket, places, payload) {
    const { lessons } = places;
    const { visitor, offered } = socket.data;
    const { code } = payload;
    if ('token' in payload)
      return attend(socket, places, code, [], () => lessons.comeBack(socket.id, code, payload.token, visitor));
    const isOffered =
      offered?.code === code &&
      ('name' in payload ? offered.names.includes(payload.name) : offered.away.includes(payload.pupil));
    if (!isOffered) return refuse('wrong-pattern');
    // The pictures let in nobody whom the teacher does not want.
    return attend(socket, places, code, [], () =>
      'name' in payload
        ? lessons.attend(socket.id, code, payload.name, visitor)
        : lessons.reclaim(socket.id, code, payload.pupil, visitor),
    );
  },
  async depart(socket, { rooms, lessons }, { forGood }) {
    await socket.data.attending;
    await depart(socket, rooms, lessons, forGood ? 'left' : 'lost');
    return { ok: true };
  },
  sit: (socket, { rooms, lessons }, { code, token }) =>
    enter(socket, rooms, undefined, [], () => lessons.sit(socket.id, code, token, socket.data.visitor)),
  async oversee(socket, { rooms, lessons }) {
    const { lesson, visitor } = socket.data;
    const codes = lesson === undefined ? null : lessons.roomsOf(socket.id, lesson);
    if (!codes) return refuse('not-teacher');
    socket.data.overseen ??= new Set();
    const { overseen } = socket.data;
    for (const code of codes) {
      const answer = await rooms.watch(socket.id, code, { ...visitor, lesson: lesson! });
      if (answer.ok) overseen.add(code);
      // It may have left, or disconnected, meanwhile.
      if (socket.data.lesson === lesson) continue;
      leaveRoom(socket, code);
      await rooms.exit({ socket: socket.id, code, player: null }, 'lost');
      return refuse('not-teacher');
    }
    // It may have disconnected meanwhile.
    if (!socket.connected) await depart(socket, rooms, lessons);
    return { ok: true };
  },
  async conduct(socket, { lessons }, what) {
    const { lesson } = socket.data;
    return lesson === undefined ? refuse('not-teacher') : lessons.conduct(socket.id, lesson, what);
  },
};

const run = <C extends Command>(command: C, socket: GameSocket, places: Places, payload: Parsed<C>) =>
  HANDLERS[command](socket, places, payload);

const refuse = (why: Refusal): { ok: false; why: Refusal } => ({ ok: false, why });

const answerOf = (refusal: Refusal | null): Answer => (refusal ? refuse(refusal) : { ok: true });

function seated<T>(socket: GameSocket, act: (player: Player) => T): T | { ok: false; why: Refusal } {
  const { member } = socket.data;
  return member?.player ? act(member as Player) : refuse('not-seated');
}

const drawChunk = (socket: GameSocket, rooms: Rooms, chunk: Parsed<'chunk'>): Answer =>
  seated(socket, (player) => answerOf(rooms.draw(player, chunk)));

/** Codes of lessons look like those of rooms. */
async function orLesson<T>(lessons: Lessons, code: string, entrance: Promise<Answer<T>>): Promise<Answer<T>> {
  const answer = await entrance;
  const isLesson = !answer.ok && answer.why === 'no-room' && (await lessons.has(code));
  return isLesson ? refuse('lesson') : answer;
}

/** Moves the socket into a room, out of the one it was in; one move at a time. */
async function enter<T extends { code: string; player?: string }>(
  socket: GameSocket,
  rooms: Rooms,
  nick: string | undefined,
  quotas: Quota[],
  entrance: () => Promise<Answer<T>>,
): Promise<Answer<T>> {
  const connection = socket.data.connection!;
  if (socket.data.entering) return refuse('too-often');
  if (nick !== undefined && isOffensive(nick)) return refuse('nick-offensive');
  const entering = (async () => {
    if (!(await connection.address.isWithin(...quotas))) return refuse('too-often');
    await exit(socket, rooms, 'left');
    const answer = await entrance();
    if (!answer.ok && (answer.why === 'no-room' || answer.why === 'bad-token')) await connection.address.countWrong();
    if (!answer.ok) return answer;
    const member = { socket: socket.id, code: answer.code, player: answer.player ?? null };
    // It may have been removed, or its seat taken by another connection, while it was let in.
    if (!rooms.has(member)) {
      if (member.player !== null) await rooms.vacate(member as Player);
      return refuse('not-seated');
    }
    socket.data.member = member;
    // It may have disconnected meanwhile.
    if (!socket.connected) await exit(socket, rooms, socket.data.isLeaving ? 'left' : 'lost');
    return answer;
  })();
  // Those who wait for it only need to know that it is over.
  socket.data.entering = entering.catch(() => {});
  return entering.finally(() => {
    socket.data.entering = undefined;
    socket.data.isLeaving = false;
  });
}

/** Moves the socket into a lesson, out of the one it was in; one move at a time. `code` is undefined for a new one. */
async function attend<T extends object>(
  socket: GameSocket,
  { rooms, lessons }: Places,
  code: string | undefined,
  quotas: Quota[],
  entrance: () => Promise<Answer<T>>,
): Promise<Answer<T>> {
  const connection = socket.data.connection!;
  if (socket.data.attending) return refuse('too-often');
  const attending = (async () => {
    if (!(await connection.address.isWithin(...quotas))) return refuse('too-often');
    await depart(socket, rooms, lessons);
    const answer = await entrance();
    if (!answer.ok && (answer.why === 'no-lesson' || answer.why === 'bad-token')) await connection.address.countWrong();
    if (!answer.ok) return answer;
    withdraw(socket);
    socket.data.lesson = code ?? (answer as unknown as Answers['teach']).code;
    // It may have disconnected meanwhile.
    if (!socket.connected) await depart(socket, rooms, lessons);
    return answer;
  })();
  socket.data.attending = attending.catch(() => {});
  return attending.finally(() => {
    socket.data.attending = undefined;
  });
}

/** Nothing is offered any more. */
function withdraw(socket: GameSocket): void {
  clearTimeout(socket.data.offered?.withdrawal);
  socket.data.offered = undefined;
}

/** Out of the lesson. Its room is another matter. */
async function depart(
  socket: GameSocket,
  rooms: Rooms,
  lessons: Lessons,
  how: 'lost' | 'left' = 'lost',
): Promise<void> {
  const { lesson, overseen = [] } = socket.data;
  if (lesson === undefined) return;
  socket.data.lesson = undefined;
  withdraw(socket);
  delete socket.data.overseen;
  for (const code of overseen) {
    leaveRoom(socket, code);
    await rooms.exit({ socket: socket.id, code, player: null }, 'lost');
  }
  await lessons.exit(socket.id, lesson, how);
}

async function exit(socket: GameSocket, rooms: Rooms, how: 'left' | 'lost'): Promise<void> {
  const { member } = socket.data;
  if (!member) return;
  socket.data.member = undefined;
  leaveRoom(socket, member.code);
  await rooms.exit(member, how);
}
