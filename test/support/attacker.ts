/** Connections that keep to no rule: raw WebSockets that send what they are given, and read only if they want to. */
import type { Socket } from 'node:net';
import { WebSocket } from 'ws';
import type { Answer, Command } from '../../shared/protocol.ts';

export interface Attacker {
  ws: WebSocket;
  /** Engine.IO's id of the connection. */
  sid: string;
  /** Sends one WebSocket message, a packet of Engine.IO. */
  raw(text: string | Buffer): void;
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

const attackers = new Set<Attacker>();

/** Connects, and enters the namespace unless `bare`. */
export async function attack(url: string, { bare = false, headers = {}, query = '' } = {}): Promise<Attacker> {
  const ws = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket${query}`, { headers });
  const counts = new Map<string, number>();
  const events = new Map<string, unknown>();
  const waiting = new Map<number, (answer: Answer<Record<string, string>> | undefined) => void>();
  let nextId = 0;
  let entered: () => void = () => {};
  const isIn = new Promise<void>((done) => {
    entered = done;
  });
  ws.on('message', (data) => {
    const text = data.toString();
    const kind = text.slice(0, 2);
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
    if (text === '2') ws.send('3');
    if (text[0] === '0') attacker.sid = JSON.parse(text.slice(1)).sid;
    if (kind === '40') entered();
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
  });
  ws.on('error', () => {});
  const ended = new Promise<void>((done) => {
    ws.on('close', () => {
      attackers.delete(attacker);
      for (const answer of waiting.values()) answer(undefined);
      entered();
      done();
    });
  });
  const send = (text: string | Buffer) => void (ws.readyState === WebSocket.OPEN && ws.send(text));
  const attacker: Attacker = {
    ws,
    sid: '',
    raw: send,
    fragments(parts, isWhole) {
      if (ws.readyState !== WebSocket.OPEN) return;
      for (const [i, part] of parts.entries()) ws.send(part, { fin: isWhole && i === parts.length - 1 });
    },
    bytes: (data) => void (ws as unknown as { _socket: Socket })._socket.write(data),
    ask: (command, payload = {}) =>
      new Promise((resolve) => {
        if (ws.readyState !== WebSocket.OPEN) return resolve(undefined);
        waiting.set(nextId, resolve);
        send(`42${nextId++}${JSON.stringify([command, payload])}`);
      }),
    emit: (command, payload = {}) => send(`42${JSON.stringify([command, payload])}`),
    stopReading: () => ws.pause(),
    isOpen: () => ws.readyState === WebSocket.OPEN,
    ended,
    received: (startsWith) => counts.get(startsWith) ?? 0,
    newest: <T>(event: string) => events.get(event) as T | undefined,
    close: () => ws.terminate(),
  };
  attackers.add(attacker);
  await new Promise<void>((done) => {
    ws.once('open', () => done());
    ws.once('close', () => done());
  });
  if (!bare) {
    send('40');
    await isIn;
  }
  return attacker;
}

/** `n` connections, a few at a time. Those that the server refuses are closed. */
export async function attackBy(n: number, url: string, headers?: Record<string, string>): Promise<Attacker[]> {
  const all: Attacker[] = [];
  while (all.length < n)
    all.push(
      ...(await Promise.all(
        Array.from({ length: Math.min(20, n - all.length) }, () => attack(url, headers ? { headers } : {})),
      )),
    );
  return all;
}

export function endAttacks(): void {
  for (const attacker of attackers) attacker.close();
}
