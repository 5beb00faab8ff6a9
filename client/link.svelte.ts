/** The link to the server: whether it is up, how one asks over it, and how it is noticed that it is dead. */
import { io, type Socket } from 'socket.io-client';
import type { Answer, Answers, ClientEvents, Command, Payload, Refusal, ServerEvents } from '../shared/protocol.ts';
import { tell } from './notice.svelte.ts';

export type Link = 'connecting' | 'up' | 'down';

/** An answer that takes longer is none. ms */
const ANSWER = 8000;
/** A connection that takes longer does not come about. ms */
const CONNECT = 4000;
export const RETRY = 2000;
/** A blip of the network is nobody's business. ms */
const BLIP = 1200;
/** Where waiting hurts, a link that was silent for this long is asked whether it lives. ms */
const SILENCE = 800;
/** A living link answers within this. ms */
const PROBE = 2000;

let link = $state<Link>('connecting');
let missed = $state(false);
let closing = $state(false);

export const linkState = (): Link => link;
/** The link is away for longer than a blip. */
export const linkIsMissed = (): boolean => missed;
/** The server said that it would be back in a moment. */
export const serverRestarts = (): boolean => closing;

export const socket: Socket<ServerEvents, ClientEvents> = io({
  transports: ['websocket'],
  timeout: CONNECT,
  reconnectionDelay: RETRY / 4,
  reconnectionDelayMax: RETRY,
});

/** Without a link, or an answer in time: `unavailable`. */
export function ask<C extends Command>(
  command: C,
  payload: Payload<C>,
  patience = ANSWER,
): Promise<Answer<Answers[C]>> {
  return new Promise((done) => {
    const none: Answer<Answers[C]> = { ok: false, why: 'unavailable' };
    if (!socket.connected) return done(none);
    const answer = (lost: Error | null, answer?: Answer<Answers[C]>) => done(lost || !answer ? none : answer);
    (socket.timeout(patience).emit as (...args: unknown[]) => void)(command, payload, answer);
  });
}

/** Whether it was done; if not, the person is told why. */
export async function command<C extends Command>(name: C, payload: Payload<C>): Promise<boolean> {
  const answer = await ask(name, payload);
  if (!answer.ok) tell(answer.why);
  return answer.ok;
}

// ---------------------------------------------------------------- up and down

let patience: ReturnType<typeof setTimeout> | undefined;

function turn(next: Link): void {
  link = next;
  if (next === 'up') {
    clearTimeout(patience);
    patience = undefined;
    missed = closing = false;
  } else
    patience ??= setTimeout(() => {
      missed = true;
    }, BLIP);
}

turn('connecting');
socket.on('connect', () => turn('up'));
socket.on('connect_error', () => turn('down'));
socket.on('disconnect', (reason) => {
  turn('down');
  // The client comes back by itself from everything but this.
  if (reason === 'io server disconnect') setTimeout(() => socket.connect(), RETRY);
});
socket.on('gone', (why) => {
  if (why === 'server-closing') closing = true;
});

/** Refusals of what nobody waits for, that come about in any race and are healed unseen: ink that came as the round ended. */
const HEALED: Refusal[] = ['misplaced', 'not-drawing', 'wrong-phase', 'no-room', 'not-seated', 'unknown-player'];
socket.on('refused', (why) => {
  if (!HEALED.includes(why)) tell(why);
});

// ---------------------------------------------------------------- alive or dead

/** When anything at all last came. ms */
let heard = 0;
let probing = false;

socket.io.on('open', () => {
  heard = performance.now();
  socket.io.engine.on('packet', () => {
    heard = performance.now();
  });
});

/** A dead link looks like a silent one, and the server's own pings tell only after many seconds. */
async function probe(): Promise<void> {
  if (probing || !socket.connected) return;
  probing = true;
  const { engine } = socket.io;
  let asked: number;
  let answer: Answer;
  do {
    asked = performance.now();
    answer = await ask('ping', {}, PROBE);
    // What came instead of the answer may be the last that was on its way, or the first of much on a slow one.
  } while (isLost(answer) && heard > asked);
  probing = false;
  if (isLost(answer) && socket.connected && socket.io.engine === engine) engine.close();
}

const isLost = (answer: Answer): boolean => !answer.ok && answer.why === 'unavailable';

/** Call it again and again where waiting hurts: so a dead link is known after SILENCE and PROBE. */
export function watchLink(): void {
  if (performance.now() - heard > SILENCE) void probe();
}

/** A new connection, now. The server finds the old one lost, and holds the seat. */
export const reconnect = (): void => void socket.disconnect().connect();

/** A phone that slept, or a network that is back: do not wait for the next try, nor trust what looks alive. */
function wake(): void {
  if (document.visibilityState !== 'visible') return;
  if (socket.connected) void probe();
  else reconnect();
}

addEventListener('online', wake);
addEventListener('offline', () => void probe());
// Every page is shown when it is loaded, too; its first connection is on its way then.
addEventListener('pageshow', ({ persisted }) => persisted && wake());
document.addEventListener('visibilitychange', wake);
