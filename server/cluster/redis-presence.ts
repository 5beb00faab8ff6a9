/** Processes that find each other in Redis: each subscribes to a channel of its own, and a channel without a subscriber is a dead process. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { Log } from '../log.ts';
import type { Redis } from '../storage/redis/connection.ts';
import { Unavailable } from '../storage/store.ts';
import type { Presence } from './presence.ts';

/** How long a process that is alive but does not answer is waited for: it hangs, or is cut off. */
const HANDOVER_TIMEOUT_MS = 1000;
/** Without its subscription the others take this process for dead. */
const SUBSCRIBE_RETRY_MS = 1000;

type Message =
  | { kind: 'hand-over'; id: string; from: string; code: string; player: string }
  | { kind: 'handed-over'; id: string }
  | { kind: 'send-drawings'; code: string };

export function createRedisPresence(redis: Redis, log: Log): Presence {
  const id = randomBytes(6).toString('base64url');
  const waiting = new Map<string, () => void>();
  let handOver: (code: string, player: string) => Promise<void> = async () => {};
  let sendDrawings: (code: string) => void = () => {};

  /** Resolves with the number of subscribers: 0 or 1. */
  const publish = (process: string, message: Message | null): Promise<number> =>
    redis.run((client) => client.sPublish(channelOf(process), message ? JSON.stringify(message) : ''));

  async function receive(text: string): Promise<void> {
    if (text === '') return;
    const message = JSON.parse(text) as Message;
    if (message.kind === 'handed-over') waiting.get(message.id)?.();
    else if (message.kind === 'send-drawings') sendDrawings(message.code);
    else {
      await handOver(message.code, message.player);
      await publish(message.from, { kind: 'handed-over', id: message.id });
    }
  }

  const failed = (err: unknown) => log.warn({ err }, 'a message from another process failed');
  const listen = (text: string) => void receive(text).catch(failed);
  /** The client subscribes again after each reconnect, but not if Redis refused it. */
  async function subscribe(): Promise<void> {
    try {
      await redis.run((client) => client.sSubscribe(channelOf(id), listen));
    } catch (err) {
      if (!(err instanceof Unavailable)) log.warn({ err }, 'other processes cannot reach this one');
      setTimeout(subscribe, SUBSCRIBE_RETRY_MS).unref();
    }
  }
  redis.connected.then(subscribe);

  return {
    id,
    async handOver(process, code, player) {
      const message: Message = { kind: 'hand-over', id: randomUUID(), from: id, code, player };
      let timer: NodeJS.Timeout | undefined;
      const handedOver = new Promise<void>((resolve) => {
        waiting.set(message.id, resolve);
        timer = setTimeout(resolve, HANDOVER_TIMEOUT_MS);
      });
      try {
        if ((await publish(process, message)) > 0) await handedOver;
      } finally {
        clearTimeout(timer);
        waiting.delete(message.id);
      }
    },
    onHandOver(listener) {
      handOver = listener;
    },
    async requestDrawings(process, code) {
      await publish(process, { kind: 'send-drawings', code });
    },
    onDrawingsRequested(listener) {
      sendDrawings = listener;
    },
    isAlive: async (process) => process === id || (await publish(process, null)) > 0,
  };
}

const channelOf = (process: string): string => `dd:process:${process}`;
