/** Connections that keep to no rule: they send what they are given, and read only if they want to. */
import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http';
import type { Socket } from 'node:net';
import { WebSocket } from 'ws';
import type { Answer, Command } from '../../shared/protocol.ts';

export type Transport = 'websocket' | 'polling';

export interface Attacker {
  /** Engine.IO's id of the connection. */
  sid: string;
  /** Sends one packet of Engine.IO: a WebSocket message, or a part of a payload. */
  raw(text: string | Buffer): void;
  /** Sends a ping below Engine.IO. */
  ping(): void;
  /** Sends one WebSocket message in fragments. The last of them is `isWhole`, or the message never ends. */
  fragments(parts: string[], isWhole: boolean): void;
  /** Sends bytes below the WebSocket, as if they were frames. */
  bytes(data: Uint8Array): void;
  /** Sends a command; resolves with its answer, or undefined if the connection ends. */
  ask(command: Command | string, payload?: unknown): Promise<Answer<Record<string, string>> | undefined>;
  /** Sends a command without asking for an answer. */
  emit(command: string, payload?: unknown): void;
  /** Reads nothing any more. */
  stopReading(): void;
  isOpen(): boolean;
  /** Resolves when the connection has ended. */
  ended: Promise<void>;
  /** Messages received, by their first characters. */
  received(startsWith: string): number;
  /** Payload of the newest event of this name. */
  newest<T>(event: string): T | undefined;
  close(): void;
}

/** What carries an attacker's packets. */
interface Wire {
  send(packet: string | Buffer): void;
  isOpen(): boolean;
  stopReading(): void;
  close(): void;
  /** Only a WebSocket has frames. */
  ws?: WebSocket;
}

interface Events {
  onPacket(text: string): void;
  onEnd(): void;
  /** It is open, or was refused. */
  onBegin(): void;
}

interface Handshake {
  headers: Record<string, string>;
  /** What follows the transport in the address. */
  query: string;
}

function openWebSocket(url: string, { headers, query }: Handshake, { onPacket, onEnd, onBegin }: Events): Wire {
  const ws = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket${query}`, { headers });
  ws.on('message', (data) => onPacket(data.toString()));
  ws.on('error', () => {});
  ws.once('open', onBegin);
  ws.on('close', () => {
    onEnd();
    onBegin();
  });
  const isOpen = () => ws.readyState === WebSocket.OPEN;
  return {
    ws,
    send: (packet) => void (isOpen() && ws.send(packet)),
    isOpen,
    stopReading: () => ws.pause(),
    close: () => ws.terminate(),
  };
}

const SEPARATOR = '\x1e';
/** As much as the server takes at once. */
const MAX_PAYLOAD = 8192;
const agent = new Agent({ keepAlive: true });

/** What is sent while a POST is under way goes with the next one. */
function openPolling(url: string, { headers, query }: Handshake, { onPacket, onEnd, onBegin }: Events): Wire {
  const waiting: string[] = [];
  let sid = '';
  let isOpen = true;
  let isReading = true;
  let isPosting = false;

  const asking = new Set<ClientRequest>();

  function end(): void {
    if (!isOpen) return;
    isOpen = false;
    for (const each of asking) each.destroy();
    onEnd();
    onBegin();
  }

  /** Resolves with the body. Any other end is that of the connection. */
  function ask(method: string, body?: string): Promise<string> {
    return new Promise((resolve) => {
      const length = body === undefined ? {} : { 'Content-Length': `${Buffer.byteLength(body)}` };
      const path = `${url}/socket.io/?EIO=4&transport=polling${query}${sid && `&sid=${sid}`}`;
      const asked = request(
        path,
        { agent, method, headers: { ...headers, ...length } },
        (response: IncomingMessage) => {
          let text = '';
          response.on('data', (part) => {
            text += part;
          });
          response.on('end', () => (response.statusCode === 200 ? resolve(text) : end()));
          response.on('error', end);
        },
      );
      asking.add(asked);
      asked.on('error', end);
      asked.on('close', () => asking.delete(asked));
      asked.end(body);
    });
  }

  async function poll(): Promise<void> {
    while (isOpen && isReading) {
      for (const packet of (await ask('GET')).split(SEPARATOR)) {
        if (packet[0] === '0') sid = JSON.parse(packet.slice(1)).sid;
        if (packet === '1') end();
        onPacket(packet);
        if (packet[0] === '0') onBegin();
      }
    }
  }

  async function post(): Promise<void> {
    if (isPosting) return;
    isPosting = true;
    while (isOpen && waiting.length > 0) {
      let payload = waiting.shift()!;
      while (waiting.length > 0 && Buffer.byteLength(payload) + Buffer.byteLength(waiting[0]!) < MAX_PAYLOAD)
        payload += SEPARATOR + waiting.shift();
      await ask('POST', payload);
    }
    isPosting = false;
  }

  void poll();
  return {
    send(packet) {
      if (!isOpen) return;
      waiting.push(typeof packet === 'string' ? packet : `b${packet.toString('base64')}`);
      void post();
    },
    isOpen: () => isOpen,
    stopReading() {
      isReading = false;
    },
    close: end,
  };
}

const attackers = new Set<Attacker>();

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

/** Connects, and enters the namespace unless `bare`. */
export async function attack(
  url: string,
  { bare = false, headers = {}, query = '', transport = 'websocket' as Transport } = {},
): Promise<Attacker> {
  const counts = new Map<string, number>();
  const events = new Map<string, unknown>();
  const waiting = new Map<number, (answer: Answer<Record<string, string>> | undefined) => void>();
  let nextId = 0;
  const entered = deferred();
  const begun = deferred();
  const over = deferred();

  function onPacket(text: string): void {
    const kind = text.slice(0, 2);
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
    if (text === '2') wire.send('3');
    if (text[0] === '0') attacker.sid = JSON.parse(text.slice(1)).sid;
    if (kind === '40') entered.resolve();
    if (kind === '42') {
      const [event, payload] = JSON.parse(text.slice(2)) as [string, unknown];
      events.set(event, payload);
    }
    if (kind === '43') {
      // Socket.IO answers ids that are no numbers, too.
      const [, id, rest] = /^43(\d+)(\[.*)$/s.exec(text) ?? [];
      waiting.get(Number(id))?.(JSON.parse(rest!)[0]);
      waiting.delete(Number(id));
    }
  }
  function onEnd(): void {
    attackers.delete(attacker);
    for (const answer of waiting.values()) answer(undefined);
    entered.resolve();
    over.resolve();
  }

  const open = transport === 'polling' ? openPolling : openWebSocket;
  const wire = open(url, { headers, query }, { onPacket, onEnd, onBegin: begun.resolve });
  const attacker: Attacker = {
    sid: '',
    raw: wire.send,
    ping: () => wire.ws?.ping(),
    fragments(parts, isWhole) {
      if (!wire.isOpen()) return;
      for (const [i, part] of parts.entries()) wire.ws!.send(part, { fin: isWhole && i === parts.length - 1 });
    },
    bytes: (data) => void (wire.ws as unknown as { _socket: Socket })._socket.write(data),
    ask: (command, payload = {}) =>
      new Promise((resolve) => {
        if (!wire.isOpen()) return resolve(undefined);
        waiting.set(nextId, resolve);
        wire.send(`42${nextId++}${JSON.stringify([command, payload])}`);
      }),
    emit: (command, payload = {}) => wire.send(`42${JSON.stringify([command, payload])}`),
    stopReading: wire.stopReading,
    isOpen: wire.isOpen,
    ended: over.promise,
    received: (startsWith) => counts.get(startsWith) ?? 0,
    newest: <T>(event: string) => events.get(event) as T | undefined,
    close: wire.close,
  };
  attackers.add(attacker);
  await begun.promise;
  if (!bare) {
    wire.send('40');
    await entered.promise;
  }
  return attacker;
}

/** `n` connections, a few at a time. Those that the server refuses are closed. */
export async function attackBy(
  n: number,
  url: string,
  headers: Record<string, string> = {},
  transport: Transport = 'websocket',
): Promise<Attacker[]> {
  const all: Attacker[] = [];
  while (all.length < n)
    all.push(
      ...(await Promise.all(
        Array.from({ length: Math.min(20, n - all.length) }, () => attack(url, { headers, transport })),
      )),
    );
  return all;
}

export function endAttacks(): void {
  for (const attacker of attackers) attacker.close();
}
