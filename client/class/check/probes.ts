/** What the check tries, each by itself and for real. None of them rejects. All end what they opened once `signal` is aborted. */
import plain from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import { type ClientSocket, openSocket } from '../../net/link.ts';
import { basePath } from '../../page/router.svelte.ts';

export type Transport = 'websocket' | 'polling';

/** An old device on a slow network opens it in less. */
const OPEN_TIMEOUT_MS = 10_000;
const ANSWER_TIMEOUT_MS = 4_000;
/** The server allows a connection twenty such commands at once, and five a second. */
const PING_PAUSE_MS = 100;
export const PINGS = 20;
/** Rarer than most proxies cut what is silent; Engine.IO's own pings come more often. */
const HOLD_PING_INTERVAL_MS = 10_000;
const HOLD_STEP_MS = 500;
const WORKER_TIMEOUT_MS = 15_000;

export interface Line {
  socket: ClientSocket;
  /** How long it took to open. ms */
  openedMs: number;
}

/** Without a farewell of the namespace: the server ends a polling session with it, and would refuse what follows. */
export function closeLine({ socket }: Pick<Line, 'socket'>): void {
  if (socket.connected) socket.io.engine.close();
  else socket.disconnect();
}

/** A connection of its own, by one transport. Undefined if something is in the way. */
export function openLine(transport: Transport, signal: AbortSignal): Promise<Line | undefined> {
  const began = performance.now();
  const socket = openSocket(undefined, {
    path: `${basePath()}socket.io/`,
    transports: [transport],
    reconnection: false,
  });
  signal.addEventListener('abort', () => closeLine({ socket }));
  return new Promise((done) => {
    const fail = () => {
      socket.disconnect();
      done(undefined);
    };
    // What opens may still let nothing through.
    const timer = setTimeout(fail, OPEN_TIMEOUT_MS);
    socket.once('connect', () => {
      clearTimeout(timer);
      done({ socket, openedMs: performance.now() - began });
    });
    socket.once('connect_error', () => {
      clearTimeout(timer);
      fail();
    });
  });
}

/** The time of one round trip; undefined without an answer. ms */
async function ping(socket: ClientSocket): Promise<number | undefined> {
  const sent = performance.now();
  try {
    await socket.timeout(ANSWER_TIMEOUT_MS).emitWithAck('ping', {});
    return performance.now() - sent;
  } catch {
    return undefined;
  }
}

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

export interface Latency {
  /** ms */
  median: number;
  worst: number;
}

/** Undefined if the line breaks, or answers nothing. `onping` gets how many are done. */
export async function measureLatency(
  { socket }: Line,
  signal: AbortSignal,
  onping: (done: number) => void,
): Promise<Latency | undefined> {
  const times: number[] = [];
  while (times.length < PINGS && !signal.aborted) {
    const time = await ping(socket);
    if (time === undefined) return undefined;
    times.push(time);
    onping(times.length);
    await pause(PING_PAUSE_MS);
  }
  times.sort((a, b) => a - b);
  return { median: times[times.length >> 1]!, worst: times.at(-1)! };
}

/** `cut`: it was closed. `silent`: it is open, but nothing comes through. `hidden`: the device slept, so that says nothing. */
export interface Hold {
  end: 'held' | 'cut' | 'silent' | 'hidden';
  afterMs: number;
}

/** Keeps the line for so long. `onstep` gets how long it has held. ms */
export function hold(
  { socket }: Line,
  ms: number,
  signal: AbortSignal,
  onstep: (heldMs: number) => void,
): Promise<Hold> {
  const began = performance.now();
  const held = () => performance.now() - began;
  return new Promise((done) => {
    let wasHidden = document.hidden;
    const hide = () => {
      wasHidden ||= document.hidden;
    };
    function finish(end: 'held' | 'cut' | 'silent'): void {
      clearInterval(steps);
      clearInterval(pings);
      socket.off('disconnect', cut);
      document.removeEventListener('visibilitychange', hide);
      done({ end: end !== 'held' && wasHidden ? 'hidden' : end, afterMs: held() });
    }
    const cut = () => finish('cut');
    const steps = setInterval(() => {
      onstep(Math.min(held(), ms));
      if (held() >= ms) finish('held');
    }, HOLD_STEP_MS);
    const pings = setInterval(async () => {
      if ((await ping(socket)) === undefined && socket.connected) finish('silent');
    }, HOLD_PING_INTERVAL_MS);
    socket.once('disconnect', cut);
    document.addEventListener('visibilitychange', hide);
    signal.addEventListener('abort', cut);
    if (!socket.connected) cut();
  });
}

/** `plain`: without SIMD. `blocked`: the engine's file does not come, or something else in its place. */
export type Wasm = 'simd' | 'plain' | 'blocked' | 'none';

/** A function with one instruction of SIMD. */
const WITH_SIMD = [
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11,
];

/** Fetches and compiles the engine of practice and lab. */
export async function compileEngine(signal: AbortSignal): Promise<Wasm> {
  if (!('WebAssembly' in globalThis)) return 'none';
  const hasSimd = WebAssembly.validate(new Uint8Array(WITH_SIMD));
  try {
    const file = await fetch(hasSimd ? simd : plain, { signal });
    if (!file.ok) return 'blocked';
    await WebAssembly.compile(await file.arrayBuffer());
    return hasSimd ? 'simd' : 'plain';
  } catch {
    return 'blocked';
  }
}

/** Whether a worker starts that is a module. */
export function startWorker(signal: AbortSignal): Promise<boolean> {
  return new Promise((done) => {
    let worker: Worker | undefined;
    const finish = (started: boolean) => {
      clearTimeout(timer);
      worker?.terminate();
      done(started);
    };
    const timer = setTimeout(() => finish(false), WORKER_TIMEOUT_MS);
    signal.addEventListener('abort', () => finish(false));
    try {
      worker = new Worker(new URL('./check-worker.ts', import.meta.url), { type: 'module' });
    } catch {
      return finish(false);
    }
    worker.onmessage = () => finish(true);
    worker.onerror = () => finish(false);
  });
}
