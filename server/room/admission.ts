/** How a socket gets into a room: with a new room, on a new seat, back on its seat, or as a spectator. */
import type { Answer, Answers, Refusal, Settings } from '../../shared/protocol.ts';
import { DEFAULT_SETTINGS, SPECTATOR_LIMIT } from '../../shared/protocol.ts';
import type { Presence } from '../cluster/presence.ts';
import { processOf } from '../cluster/presence.ts';
import { dayOf } from '../../shared/daily.ts';
import { challengeSettings } from '../game/challenge.ts';
import { DAILY_SETTINGS } from '../game/daily.ts';
import type { Action, ChallengeRoom, Game, Pace, Visitor } from '../game/game.ts';
import { isRefusal, newGame } from '../game/game.ts';
import { watchRefusal } from '../game/kicks.ts';
import { isDeserted, leftAt } from '../game/seats.ts';
import { step } from '../game/step.ts';
import { view } from '../game/view.ts';
import type { Store } from '../storage/store.ts';
import type { Commits } from './commits.ts';
import type { Handover } from './handover.ts';
import { newCode, newPlayer, newToken } from './ids.ts';
import type { LiveRoom } from './live-room.ts';
import { resume, spectatorsOf } from './live-room.ts';
import type { Members } from './members.ts';
import type { Outbox } from './outbox.ts';
import type { Registry } from './registry.ts';
import type { Snapshots } from './snapshots.ts';

interface Parts {
  store: Store;
  presence: Presence;
  registry: Registry;
  commits: Commits;
  snapshots: Snapshots;
  members: Members;
  handover: Handover;
  outbox: Outbox;
  pace: Pace;
  now: () => number;
}

/** As the lesson wants it. */
interface LessonRoom {
  code: string;
  lesson: string;
  number: number;
  settings: Settings;
}

export type Admission = ReturnType<typeof createAdmission>;

/** The key of the host's address. */
const hostOf = ({ seats, host }: Game): string | null => seats.find(({ id }) => id === host)?.address ?? null;

/** Somebody of whom nothing is known. */
const UNKNOWN: Visitor = { session: null, address: null, isNew: true };

const refuse = (why: Refusal): { ok: false; why: Refusal } => ({ ok: false, why });

export function createAdmission(parts: Parts) {
  const { store, presence, registry, commits, snapshots, members, handover, outbox, pace, now } = parts;
  let isClosing = false;

  /** Spectators on all processes; those of others as of up to a second ago. */
  const audienceOf = ({ game, ...room }: LiveRoom): number =>
    Object.entries(game.spectators).reduce(
      (sum, [process, count]) => (process === presence.id ? sum : sum + count),
      spectatorsOf(room),
    );

  /**
   * Whether the room is open here, or one more can be. A full process closes a deserted room: one of the address that has the most
   * of them, and of those the one that was left first.
   */
  async function makePlaceFor(code?: string): Promise<boolean> {
    if (registry.hasPlaceFor(code)) return true;
    const ofHosts = new Map<string | null, LiveRoom[]>();
    for (const room of registry.all())
      if (room.members.size === 0 && isDeserted(room.game, now()))
        ofHosts.set(hostOf(room.game), [...(ofHosts.get(hostOf(room.game)) ?? []), room]);
    const [most = []] = [...ofHosts.values()].sort((a, b) => b.length - a.length);
    const [first] = most.sort((a, b) => leftAt(a.game)! - leftAt(b.game)!);
    if (first) await commits.commit(first.code, { type: 'evict' });
    return registry.hasPlaceFor(code);
  }

  /** Lets a socket in and shows it everything. Refuses if the room, the seat or the place is gone meanwhile. */
  async function admit(
    socket: string,
    code: string,
    player: string | null,
    visitor: Visitor,
  ): Promise<'no-room' | 'room-full' | null> {
    let room = await registry.open(code);
    // Whoever held the only seat may be out by now, and the room closed.
    while (room && registry.get(code) !== room) room = await registry.open(code);
    if (!room) return 'no-room';
    const isSeated = room.game.seats.some((seat) => seat.socket === members.connection(socket));
    const isFull = player === null && audienceOf(room) >= SPECTATOR_LIMIT;
    if (isFull || (player !== null && !isSeated)) {
      await members.closeIfDeserted(room);
      return isFull ? 'room-full' : 'no-room';
    }
    members.enter(room, socket, player, visitor);
    outbox.toSockets([socket], 'room', view(room.game, now()));
    const { round } = room.game;
    const stored = await snapshots.request(room, socket, null).catch((reason) => {
      room.members.delete(socket);
      void members.closeIfDeserted(room);
      throw reason;
    });
    const hasDrawn = player !== null && (stored.has(player) || room.drawings.has(player));
    // Meanwhile another connection may have taken the seat. Its process has the drawing then, and this one must not.
    if (hasDrawn && room.members.has(socket) && room.game.round === round) resume(room, player, stored.get(player));
    handover.requestDrawings(room);
    return null;
  }

  async function takeSeat(
    socket: string,
    code: string,
    visitor: Visitor,
    action: Action & { type: 'join' | 'return' },
  ): Promise<Answer<Answers['join']>> {
    if (!registry.hasPlaceFor(code)) {
      if (!(await store.read(code))) return refuse('no-room');
      if (!(await makePlaceFor(code))) return refuse('server-full');
    }
    /** The connection that held the seat until now: the newest ink of the drawing may be there. */
    let before: string | null = null;
    try {
      const game = await store.update(code, (game) => {
        before = game.seats.find((seat) => seat.token === action.token)?.socket ?? null;
        return step(game, { ...action, ...visitor }, now());
      });
      if (isRefusal(game)) return refuse(game);
      const { id: player, token } = game.seats.find((seat) => seat.socket === action.socket)!;
      if (before !== null && processOf(before) !== presence.id)
        await presence.handOver(processOf(before), code, player);
      const refusal = await admit(socket, code, player, visitor);
      if (!refusal) return { ok: true, code, player, token };
      vacate(code, action);
      return refuse(refusal);
    } catch (reason) {
      // The seat may be taken although the reply was lost.
      vacate(code, action);
      throw reason;
    }
  }

  /** Nobody sits where admission failed: a new seat is given up, an old one is lost again. */
  function vacate(code: string, { type, socket }: Action & { type: 'join' | 'return' }): void {
    void commits.retry(code, () =>
      store.update(code, (game) => {
        const seat = game.seats.find((each) => each.socket === socket);
        if (!seat) return game;
        return step(
          game,
          type === 'join' ? { type: 'leave', id: seat.id } : { type: 'drop', id: seat.id, socket },
          now(),
        );
      }),
    );
  }

  const join = (socket: string, code: string, nick: string, visitor = UNKNOWN) =>
    takeSeat(socket, code, visitor, {
      type: 'join',
      id: newPlayer(),
      token: newToken(),
      nick,
      socket: members.connection(socket),
    });

  /** Opens a new room and takes its first seat. */
  async function openNew(
    socket: string,
    nick: string,
    visitor: Visitor,
    gameFor: (code: string) => Game,
  ): Promise<Answer<Answers['create']>> {
    if (isClosing || !(await makePlaceFor())) return refuse('server-full');
    for (;;) {
      const code = newCode();
      if (await store.create(gameFor(code))) return join(socket, code, nick, visitor);
    }
  }

  /** In a room of a lesson, whose game begins when the first pupil comes in, and again if everybody was away for long. */
  async function sit(
    socket: string,
    { code, lesson, number, settings }: LessonRoom,
    { id, name }: { id: string; name: string },
    visitor = UNKNOWN,
  ): Promise<Answer<Answers['join']>> {
    let game = await store.read(code);
    if (!game) {
      if (isClosing || !(await makePlaceFor(code))) return refuse('server-full');
      // Its rounds and versions are above those that it had when everybody left, so nothing of then passes for one of now.
      const from = { round: Math.floor(now() / 1000), version: now() };
      game = { ...newGame(code, settings, pace, now()), ...from, lesson, number };
      if (!(await store.create(game))) game = await store.read(code);
    }
    const seat = game?.seats.find((each) => each.id === id);
    const here = { socket: members.connection(socket) };
    return takeSeat(
      socket,
      code,
      { ...visitor, lesson },
      seat
        ? { type: 'return', token: seat.token, ...here }
        : { type: 'join', id, token: newToken(), nick: name, ...here },
    );
  }

  return {
    sit,
    /** Opens a room and takes its first seat. */
    create: (socket: string, nick: string, settings: Partial<Settings>, visitor = UNKNOWN) =>
      openNew(socket, nick, visitor, (code) => newGame(code, { ...DEFAULT_SETTINGS, ...settings }, pace, now())),
    /** The same, for one try at the words of the day. */
    createDaily: (socket: string, nick: string, visitor = UNKNOWN) =>
      openNew(socket, nick, visitor, (code) => ({
        ...newGame(code, DAILY_SETTINGS, pace, now()),
        daily: { day: dayOf(now()), session: visitor.session },
      })),
    /** The same, for one match against the drawings of a challenge. */
    createChallenge: (socket: string, nick: string, challenge: ChallengeRoom, visitor = UNKNOWN) =>
      openNew(socket, nick, visitor, (code) => ({
        ...newGame(code, challengeSettings(challenge), pace, now()),
        challenge,
      })),
    /** Takes a new seat. */
    join,
    /** Comes back to a seat. */
    comeBack: (socket: string, code: string, token: string, visitor = UNKNOWN) =>
      takeSeat(socket, code, visitor, { type: 'return', token, socket: members.connection(socket) }),
    async watch(socket: string, code: string, visitor = UNKNOWN): Promise<Answer<Answers['watch']>> {
      const game = registry.get(code)?.game ?? (await store.read(code));
      let refusal: Refusal | null = game ? watchRefusal(game, visitor) : 'no-room';
      if (!refusal && !(await makePlaceFor(code))) refusal = 'server-full';
      refusal ??= await admit(socket, code, null, visitor);
      return refusal ? refuse(refusal) : { ok: true, code };
    },
    close(): void {
      isClosing = true;
    },
  };
}
