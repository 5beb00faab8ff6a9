/** The session: whether this client is in a room and as whom; how it enters, comes back after a lost connection, and leaves. */
import type { Answer, Gone, Refusal, Settings } from '../../shared/protocol.ts';
import type { NewCell } from './cell.ts';
import type { Chat } from './chat.ts';
import type { Link } from './link.ts';
import type { Memory } from './memory.ts';
import type { Notices } from './notices.ts';
import type { Inside, Room } from './room.ts';

/** `room-lost`: the room is closed, and the client was away when that happened. */
export type WhyGone = Gone | 'room-lost';

/** Why the server did not let this client in, and where it wanted to take a seat. */
export interface Refused {
  why: Refusal;
  code: string | undefined;
}

type Outside = { at: 'outside'; refused?: Refused } | { at: 'gone'; why: WhyGone; code: string };

export type SessionState = Outside | { at: 'entering' } | Inside;

/** What `create` opens: a room with these settings, or with those that the server has for the words of the day or for a challenge. */
export interface NewRoom {
  settings?: Partial<Settings>;
  daily?: boolean;
  /** Its id. */
  challenge?: string;
  /** The match begins at once. */
  start?: boolean;
}

/** Whose seat a pupil takes: the code of the lesson, and the pupil's token. */
export interface LessonSeat {
  code: string;
  token: string;
}

/** How this client wants to be let in, now and after every lost connection. */
type Goal =
  | { as: 'founder'; nick: string; room: NewRoom }
  | { as: 'player'; code: string; nick: string; watched?: boolean }
  | { as: 'watcher'; code: string }
  | ({ as: 'pupil'; code: string } & { lesson: LessonSeat });

/** Undefined for a room that does not exist yet. */
const codeOf = (goal: Goal | undefined): string | undefined => (goal && 'code' in goal ? goal.code : undefined);

type Entrance = { code: string } | { code: string; player: string; token: string };

/** For these refusals a client that was in asks again, instead of being sent out. */
const TEMPORARY: Refusal[] = ['unavailable', 'server-full', 'too-often'];
/** No seat is free for this client, which may watch. */
const SEATLESS: Refusal[] = ['room-full', 'locked', 'seat-taken'];
/** After these a seat that this browser holds is gone for good. */
const SEAT_GONE: Refusal[] = ['bad-token', 'kicked', 'no-room'];

/** A pupil is in the room as a player is. */
export type Entered = 'player' | 'watcher' | 'pupil';

export interface Session {
  state(): SessionState;
  /** The last nickname, or nothing. */
  nick(): string;
  create(nick: string, room?: NewRoom): void;
  /** Takes a seat; the one that this browser holds in the room, if there is one. */
  join(code: string, nick: string): void;
  watch(code: string): void;
  /** Takes the seat of a pupil in the room that they were dealt into. */
  sit(code: string, lesson: LessonSeat): void;
  /** Whether this browser holds a seat in the room. */
  hasSeat(code: string): boolean;
  /** Whether this client is in the room, or on its way into it. */
  isAt(code: string, as: Entered): boolean;
  /** Whether this client is in a room of a class, or on its way into it. */
  isPupil(): boolean;
  /** After another tab took the seat over: takes it back. */
  takeBack(): void;
  /** Gives the seat up. Without a link the server does not know, and holds it for this browser. */
  leave(): void;
  /** Leaves as a lost link does: the server holds the seat for a while. */
  abandon(): void;
  /** Out of the room, and no more: another tab has the seat. */
  letGo(): void;
  /** Before the room is shown. */
  onEnter(listener: (code: string, as: Entered) => void): void;
  changeSettings(settings: Partial<Settings>): Promise<boolean>;
  kick(player: string): Promise<boolean>;
  /** The host hands the role over; a player votes for another host, or with null takes the vote back. */
  chooseHost(player: string | null): Promise<boolean>;
  start(): Promise<boolean>;
  /** Votes to go on from the reveal of a round. */
  skip(round: number): Promise<boolean>;
}

interface Parts {
  link: Link;
  room: Room;
  chat: Chat;
  memory: Memory;
  notices: Notices;
  cell: NewCell;
  language?: (() => string) | undefined;
}

export function createSession({ link, room, chat, memory, notices, cell, language }: Parts): Session {
  /** None while this client is entering, or is in. */
  const outside = cell<Outside | undefined>({ at: 'outside' });
  let goal: Goal | undefined;
  const enterListeners: ((code: string, as: Entered) => void)[] = [];

  const nick = (): string => memory.get('nick') ?? '';

  // ---------------------------------------------------------------- entering

  function pursue(next: Goal): void {
    // A link that moves looks like a lost one, and the room would hold the seat.
    if (codeOf(goal) !== codeOf(next)) leave();
    clearRoom();
    goal = next;
    if ('nick' in next && next.nick) memory.set('nick', next.nick);
    outside.value = undefined;
    if (!moves(next) && link.socket.connected) void enter();
  }

  /** Whether the link connects again, to where the room's people are. The rooms of a class are all where the class is. */
  function moves(to: Goal): boolean {
    return to.as !== 'founder' && link.headFor('lesson' in to ? to.lesson.code : to.code);
  }

  /** Also after every lost connection; the page stays as it is meanwhile. */
  async function enter(): Promise<void> {
    const asked = goal;
    if (!asked || moves(asked)) return;
    room.beginEntering();
    const answer = await request(asked);
    // If the link broke meanwhile, the next connection asks again.
    if (goal !== asked || !link.socket.connected) return;
    if (!answer.ok) {
      if ((room.inside() || asked.as === 'pupil') && TEMPORARY.includes(answer.why))
        setTimeout(() => link.socket.connected && goal === asked && enter(), link.retryDelay);
      else refuse(asked, answer.why);
      return;
    }
    const { code } = answer;
    const seat = 'player' in answer ? answer : undefined;
    if ('nick' in asked) {
      memory.keepSeat(code, seat!.token);
      goal = { as: 'player', code, nick: asked.nick };
      // Others come to this room. A match that begins at once has its only player where they are.
      if (asked.as === 'founder' && !asked.room.start && moves(goal)) return;
    }
    for (const listener of enterListeners) listener(code, asked.as === 'founder' ? 'player' : asked.as);
    room.admit(seat?.player);
    if (asked.as === 'founder' && asked.room.start) void link.command('start', {});
  }

  function request(asked: Goal): Promise<Answer<Entrance>> {
    const spoken = language && { language: language() };
    if (asked.as === 'founder') {
      const { start: _, ...room } = asked.room;
      return link.request('create', { nick: asked.nick, ...room, ...spoken });
    }
    if (asked.as === 'watcher') return link.request('watch', { code: asked.code });
    if (asked.as === 'pupil') return link.request('sit', asked.lesson);
    const token = memory.seat(asked.code);
    return link.request('join', { code: asked.code, ...spoken, ...(token ? { token } : { nick: asked.nick }) });
  }

  function refuse(asked: Goal, why: Refusal): void {
    const code = codeOf(asked);
    // Who watched when they asked for a seat, or who had one, watches until there is one.
    if (asked.as === 'player' && SEATLESS.includes(why) && (asked.watched || why === 'seat-taken')) {
      notices.add(why);
      pursue({ as: 'watcher', code: asked.code });
      return;
    }
    if (code && SEAT_GONE.includes(why)) memory.dropSeat(code);
    const isGone = room.inside() !== undefined && why === 'no-room';
    forget();
    // The pages of the lesson say what is next.
    if (asked.as === 'pupil') outside.value = { at: 'outside' };
    else if (code && isGone) outside.value = { at: 'gone', why: 'room-lost', code };
    else
      outside.value = {
        at: 'outside',
        refused: { why, code: asked.as === 'player' || why === 'lesson' ? code : undefined },
      };
  }

  link.socket.on('connect', () => void enter());

  // ---------------------------------------------------------------- leaving

  function clearRoom(): void {
    room.leave();
    chat.clear();
  }

  function forget(): void {
    goal = undefined;
    clearRoom();
  }

  function leave(): void {
    if (goal && link.socket.connected) {
      if (goal.as === 'player') memory.dropSeat(goal.code);
      link.send('leave', {});
    }
    letGo();
  }

  function letGo(): void {
    forget();
    outside.value = { at: 'outside' };
  }

  link.socket.on('gone', (why) => {
    const code = room.inside()?.view.code;
    if (why === 'server-closing' || !code) return;
    const isPupil = goal?.as === 'pupil';
    if (why === 'kicked' || why === 'room-closed') memory.dropSeat(code);
    forget();
    outside.value = isPupil ? { at: 'outside' } : { at: 'gone', why, code };
  });

  return {
    state: () => outside.value ?? room.inside() ?? { at: 'entering' },
    nick,
    create: (nick, room = {}) => pursue({ as: 'founder', nick, room }),
    join: (code, nick) => pursue({ as: 'player', code, nick, watched: goal?.as === 'watcher' && goal.code === code }),
    watch: (code) => pursue({ as: 'watcher', code }),
    sit: (code, lesson) => pursue({ as: 'pupil', code, lesson }),
    hasSeat: (code) => memory.seat(code) !== undefined,
    isAt: (code, as) => goal !== undefined && goal.as === as && goal.code === code,
    isPupil: () => goal?.as === 'pupil',
    takeBack() {
      if (outside.value?.at === 'gone') pursue({ as: 'player', code: outside.value.code, nick: nick() });
    },
    leave,
    letGo,
    abandon() {
      letGo();
      link.reconnect();
    },
    onEnter: (listener) => void enterListeners.push(listener),
    changeSettings: (settings) => link.command('settings', settings),
    kick: (player) => link.command('kick', { player }),
    chooseHost: (player) => link.command('host', { player }),
    skip: (round) => link.command('skip', { round }),
    async start() {
      const answer = await link.request('start', {});
      // Somebody else was quicker, which is as good.
      if (!answer.ok && answer.why !== 'wrong-phase') notices.add(answer.why);
      return answer.ok;
    },
  };
}
