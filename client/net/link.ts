/** The link to the server: whether it is up, requests over it, and the detection of a dead one. */
import { io, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client';
import type { Answer, Answers, ClientEvents, Command, Payload, Refusal } from '../../shared/protocol.ts';
import type { WireEvents } from '../../shared/wire.ts';
import type { NewCell } from './cell.ts';
import type { Notices } from './notices.ts';

export type ClientSocket = Socket<WireEvents, ClientEvents>;

export type LinkState = 'connecting' | 'up' | 'down';

/** What keeps the socket from connecting: the network, or an address that the server does not know as its own. */
export type Obstacle = 'network' | 'address';

const ANSWER_TIMEOUT_MS = 8000;
const CONNECT_TIMEOUT_MS = 4000;
const MAX_RETRY_DELAY_MS = 2000;
/** Nobody needs to know of a shorter interruption. */
const BLIP_MS = 1200;
/** A slow phone is still making the page when it connects for the first time: that is no interruption yet. */
const FIRST_CONNECT_MS = 3000;
/** After so many attempts in a row, something may be in the way. */
const MAX_PLAIN_FAILURES = 2;
/** In a race a link that was silent for this long is probed. */
const SILENCE_MS = 800;
const PROBE_TIMEOUT_MS = 2000;

export interface Link {
  socket: ClientSocket;
  state(): LinkState;
  /** The link is down for longer than a blip. */
  isMissed(): boolean;
  /** The server announced its restart. */
  serverRestarts(): boolean;
  /** The server answers, but the link cannot come up. */
  obstacle(): Obstacle | undefined;
  /** The longest pause between two attempts. ms */
  retryDelay: number;
  /** Without a link, or without an answer in time: `unavailable`. */
  request<C extends Command>(command: C, payload: Payload<C>, timeoutMs?: number): Promise<Answer<Answers[C]>>;
  /** Whether it was done; if not, a notice says why. */
  command<C extends Command>(command: C, payload: Payload<C>): Promise<boolean>;
  /** Without an answer: a refusal comes as the event `refused`. */
  send<C extends Command>(command: C, payload: Payload<C>): void;
  /** Call it again and again while somebody draws: a dead link is then detected within SILENCE_MS and PROBE_TIMEOUT_MS. */
  probeIfSilent(): void;
  /** Asks whether the link lives, and replaces it if not. */
  probe(): Promise<void>;
  /** The device or its network is back: neither wait for the next attempt, nor trust what looks alive. */
  wake(): void;
  /** A new connection, now. The server finds the old one lost, and holds the seat. */
  reconnect(): void;
  /**
   * From now on connections name this room or class in their address, so that a balancer can keep its people on one process. True if
   * the present one names another and is replaced. It stays if the game has one process only.
   */
  headFor(code: string): boolean;
  close(): void;
}

/** A socket of its own, even for two clients of one address. Without `url`, to where the page came from. */
export function openSocket(url?: string, options: Partial<ManagerOptions & SocketOptions> = {}): ClientSocket {
  const all: Partial<ManagerOptions & SocketOptions> = {
    transports: ['websocket'],
    forceNew: true,
    timeout: CONNECT_TIMEOUT_MS,
    reconnectionDelay: MAX_RETRY_DELAY_MS / 4,
    reconnectionDelayMax: MAX_RETRY_DELAY_MS,
    ...options,
  };
  return url ? io(url, all) : io(all);
}

/** Refusals that any race brings about, such as of ink that arrives as the round ends. They heal without the person. */
const HEALED: Refusal[] = [
  'misplaced',
  'not-drawing',
  'wrong-phase',
  'no-room',
  'not-seated',
  'unknown-player',
  'too-often',
];

const isLost = (answer: Answer): boolean => !answer.ok && answer.why === 'unavailable';

interface Parts {
  socket: ClientSocket;
  notices: Notices;
  /** ms */
  now: () => number;
  cell: NewCell;
  findObstacle?: (() => Promise<Obstacle | undefined>) | undefined;
}

export function createLink({ socket, notices, now, cell, findObstacle }: Parts): Link {
  const retryDelay = socket.io.reconnectionDelayMax();

  // ---------------------------------------------------------------- up and down

  const state = cell<LinkState>('connecting');
  const missed = cell(false);
  const restarting = cell(false);
  const obstacle = cell<Obstacle | undefined>(undefined);
  /** Attempts to connect, since the link was up. */
  let failures = 0;
  let blip: ReturnType<typeof setTimeout> | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;

  function turn(next: LinkState): void {
    state.value = next;
    clearTimeout(first);
    if (next === 'up') {
      clearTimeout(blip);
      blip = undefined;
      missed.value = restarting.value = false;
      obstacle.value = undefined;
      failures = 0;
    } else blip ??= setTimeout(miss, BLIP_MS);
  }

  function miss(): void {
    missed.value = true;
  }

  const first = setTimeout(miss, FIRST_CONNECT_MS);
  socket.on('connect', () => turn('up'));
  socket.on('connect_error', async () => {
    turn('down');
    if (++failures <= MAX_PLAIN_FAILURES) return;
    const { opts } = socket.io;
    const isPolling = opts.transports![0] === 'polling';
    const found = await findObstacle?.();
    if (state.value !== 'down') return;
    // Networks that block WebSocket mostly let plain requests pass.
    if (found === 'network') opts.transports = [isPolling ? 'websocket' : 'polling'];
    if (found !== 'network' || isPolling) obstacle.value = found;
  });
  socket.on('disconnect', (reason) => {
    turn('down');
    // Socket.IO reconnects by itself after everything but this.
    if (reason === 'io server disconnect') retry = setTimeout(() => socket.connect(), retryDelay);
  });
  socket.on('gone', (why) => {
    if (why === 'server-closing') restarting.value = true;
  });
  socket.on('refused', (why) => {
    if (!HEALED.includes(why)) notices.add(why);
  });

  // ---------------------------------------------------------------- requests

  function request<C extends Command>(
    command: C,
    payload: Payload<C>,
    timeoutMs = ANSWER_TIMEOUT_MS,
  ): Promise<Answer<Answers[C]>> {
    return new Promise((done) => {
      const none: Answer<Answers[C]> = { ok: false, why: 'unavailable' };
      if (!socket.connected) return done(none);
      const answer = (lost: Error | null, answer?: Answer<Answers[C]>) => done(lost || !answer ? none : answer);
      (socket.timeout(timeoutMs).emit as (...args: unknown[]) => void)(command, payload, answer);
    });
  }

  // ---------------------------------------------------------------- alive or dead

  /** When anything at all last came. ms */
  let lastPacketAt = 0;
  let probing = false;

  socket.io.on('open', () => {
    lastPacketAt = now();
    socket.io.engine.on('packet', () => {
      lastPacketAt = now();
    });
  });

  /** A dead link looks like a silent one, and the server's own pings notice it only after many seconds. */
  async function probe(): Promise<void> {
    if (probing || !socket.connected) return;
    probing = true;
    const { engine } = socket.io;
    let sentAt: number;
    let answer: Answer;
    do {
      sentAt = now();
      answer = await request('ping', {}, PROBE_TIMEOUT_MS);
      // A packet that came instead of the answer may be the last of a dead link, or one of many on a slow one.
    } while (isLost(answer) && lastPacketAt > sentAt);
    probing = false;
    if (isLost(answer) && socket.connected && socket.io.engine === engine) engine.close();
  }

  const reconnect = (): void => void socket.disconnect().connect();

  // ---------------------------------------------------------------- to which process

  let isOneOfMany = false;
  socket.on('cluster', () => {
    isOneOfMany = true;
  });

  function headFor(room: string): boolean {
    socket.io.opts.query = { room };
    if (!isOneOfMany || !socket.connected || socket.io.engine.transport.query.room === room) return false;
    reconnect();
    return true;
  }

  return {
    socket,
    retryDelay,
    state: () => state.value,
    isMissed: () => missed.value,
    serverRestarts: () => restarting.value,
    obstacle: () => obstacle.value,
    request,
    async command(command, payload) {
      const answer = await request(command, payload);
      if (!answer.ok) notices.add(answer.why);
      return answer.ok;
    },
    send: (command, payload) => void (socket.emit as (...args: unknown[]) => void)(command, payload),
    probeIfSilent() {
      if (now() - lastPacketAt > SILENCE_MS) void probe();
    },
    probe,
    wake() {
      if (socket.connected) void probe();
      else reconnect();
    },
    reconnect,
    headFor,
    close() {
      socket.disconnect();
      clearTimeout(first);
      clearTimeout(blip);
      clearTimeout(retry);
    },
  };
}
