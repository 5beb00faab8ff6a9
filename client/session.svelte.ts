/** The session: whether this page is in a room and as whom, how it comes in, comes back and leaves. */
import type { Answer, Gone, Refusal, Settings } from '../shared/protocol.ts';
import './hand.svelte.ts';
import { ask, command, RETRY, reconnect, socket } from './link.svelte.ts';
import { remember, remembered, rememberSeat, seatIn } from './memory.ts';
import { tell } from './notice.svelte.ts';
import { admit, approach, type Inside, leaveRoom, room } from './room.svelte.ts';
import { go, onRoute, type Route, route } from './route.svelte.ts';

/** `room-lost`: it is no more, and nobody was there to say why. */
export type WhyGone = Gone | 'room-lost';

type Outside =
  /** At home, or at a room's door. */
  { at: 'outside'; refusal?: Refusal } | { at: 'gone'; why: WhyGone; code: string };

export type Session = Outside | { at: 'entering' } | Inside;

/** How this page wants to be let in, now and after every lost connection. */
type Wish =
  | { as: 'founder'; nick: string; settings: Partial<Settings>; start: boolean }
  | { as: 'player'; code: string; nick: string }
  | { as: 'watcher'; code: string };

/** Reasons for which one who was in is not sent out, but asks again. */
const MENDS: Refusal[] = ['unavailable', 'server-full', 'too-often'];

/** Back leaves a race when it is pressed again within this. ms */
const TWICE = 5000;

/** None while this page is let in, or is in. */
let outside = $state.raw<Outside | undefined>({ at: 'outside' });
let wish: Wish | undefined;

export const session = (): Session => outside ?? room() ?? { at: 'entering' };

// ---------------------------------------------------------------- coming in

export const nick = (): string => remembered('nick') ?? '';

export const create = (nick: string, settings: Partial<Settings>, start = false): Promise<void> =>
  want({ as: 'founder', nick, settings, start });

export const join = (code: string, nick: string): Promise<void> => want({ as: 'player', code, nick });

export const watch = (code: string): Promise<void> => want({ as: 'watcher', code });

/** From watching to a seat: by the name that is known, else by way of the door. */
export function takeSeat(): void {
  const code = room()?.view.code;
  if (!code) return;
  if (nick()) {
    void join(code, nick());
    return;
  }
  quit();
  go({ at: 'room', code, as: 'player' });
  outside = { at: 'outside' };
}

/** What the address says: a seat that this browser holds is taken at once, a watcher comes in, others stop at the door. */
export function arrive(): void {
  const to = route();
  outside = { at: 'outside' };
  if (to.at === 'home') return;
  if (to.as !== 'player') void watch(to.code);
  else if (seatIn(to.code)) void join(to.code, nick());
}

async function want(next: Wish): Promise<void> {
  leaveRoom();
  wish = next;
  if (next.as !== 'watcher' && next.nick) remember('nick', next.nick);
  outside = undefined;
  if (socket.connected) await enter();
}

/** Asks to be let in as wished. Also after every lost connection: then the page stays as it is meanwhile. */
async function enter(): Promise<void> {
  const asked = wish;
  if (!asked) return;
  approach();
  const answer = await request(asked);
  // Where the link broke meanwhile, the next connection asks again.
  if (wish !== asked || !socket.connected) return;
  if (!answer.ok) {
    if (room() && MENDS.includes(answer.why)) setTimeout(() => socket.connected && wish === asked && enter(), RETRY);
    else refused(asked, answer.why);
    return;
  }
  const seat = 'player' in answer ? answer : undefined;
  if (seat) rememberSeat(seat.code, seat.token);
  const from = route();
  const as = from.at === 'room' && from.as === 'tv' ? 'tv' : seat ? 'player' : 'watcher';
  go({ at: 'room', code: answer.code, as }, from.at === 'home' ? 'push' : 'replace');
  admit(seat?.player);
  if (asked.as !== 'founder') return;
  wish = { as: 'player', code: answer.code, nick: asked.nick };
  if (asked.start) void command('start', {});
}

type Entrance = { code: string } | { code: string; player: string; token: string };

function request(asked: Wish): Promise<Answer<Entrance>> {
  if (asked.as === 'founder') return ask('create', { nick: asked.nick, settings: asked.settings });
  if (asked.as === 'watcher') return ask('watch', { code: asked.code });
  const token = seatIn(asked.code);
  return ask('join', token ? { code: asked.code, token } : { code: asked.code, nick: asked.nick });
}

function refused(asked: Wish, why: Refusal): void {
  const code = asked.as === 'founder' ? undefined : asked.code;
  if (code && (why === 'bad-token' || why === 'no-room')) rememberSeat(code, undefined);
  const gone = room() !== undefined && why === 'no-room';
  forsake();
  outside = code && gone ? { at: 'gone', why: 'room-lost', code } : { at: 'outside', refusal: why };
}

/** After another tab took the seat over: take it back. */
export function comeBack(): void {
  if (outside?.at === 'gone') void join(outside.code, nick());
}

// ---------------------------------------------------------------- leaving

export function leave(): void {
  quit();
  go({ at: 'home' });
  outside = { at: 'outside' };
}

/** Gives the seat away; but without a link the server does not know, and holds it under one's own name. */
function quit(): void {
  if (wish?.as === 'player' && socket.connected) rememberSeat(wish.code, undefined);
  if (wish && socket.connected) socket.emit('leave', {});
  forsake();
}

function forsake(): void {
  wish = undefined;
  leaveRoom();
}

const isWished = ({ code, as }: Route & { at: 'room' }): boolean =>
  wish !== undefined && wish.as !== 'founder' && wish.code === code && (wish.as === 'player') === (as === 'player');

let warned = -Infinity;

/**
 * Back and forward. On many phones Back is a stroke from the edge, and the board is near it: in mid-race the first one only
 * warns, and the second leaves as a lost link does, so that the seat waits.
 */
onRoute(() => {
  const inside = room();
  const to = route();
  if (to.at === 'room' && isWished(to)) return;
  if (inside?.me && 'round' in inside.view.phase) {
    if (performance.now() - warned > TWICE) {
      warned = performance.now();
      tell('back');
      history.forward();
      return;
    }
    forsake();
    reconnect();
  } else if (wish) quit();
  arrive();
});

// ---------------------------------------------------------------- the host's commands

export const changeSettings = (settings: Partial<Settings>): Promise<boolean> => command('settings', settings);
export const kick = (player: string): Promise<boolean> => command('kick', { player });
export const start = (): Promise<boolean> => command('start', {});
// ---------------------------------------------------------------- the wire

socket.on('connect', () => void enter());
socket.on('gone', (why) => {
  const code = room()?.view.code;
  if (why === 'server-closing' || !code) return;
  if (why !== 'replaced') rememberSeat(code, undefined);
  forsake();
  outside = { at: 'gone', why, code };
});
