/** Processes that meet in Redis: each listens on a channel of its own, and a channel without a listener is a process gone. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { Log } from '../log.ts';
import type { Redis } from '../storage/redis/connection.ts';
import type { Peers } from './presence.ts';

/** A process that is there but does not answer is waited for so long: it hangs, or is cut off. ms */
const PATIENCE = 1000;

type Note =
  | { kind: 'give'; id: string; from: string; code: string; player: string }
  | { kind: 'given'; id: string }
  | { kind: 'tell'; code: string };

export function createRedisPeers(redis: Redis, log: Log): Peers {
  const id = randomBytes(6).toString('base64url');
  const waiting = new Map<string, () => void>();
  let give: (code: string, player: string) => Promise<void> = async () => {};
  let tell: (code: string) => void = () => {};

  /** Gives the number of listeners: 0 or 1. */
  const send = (process: string, note: Note | null) =>
    redis.ask((client) => client.sPublish(channelOf(process), note ? JSON.stringify(note) : ''));

  async function heed(message: string): Promise<void> {
    if (message === '') return;
    const note = JSON.parse(message) as Note;
    if (note.kind === 'given') waiting.get(note.id)?.();
    else if (note.kind === 'tell') tell(note.code);
    else {
      await give(note.code, note.player);
      await send(note.from, { kind: 'given', id: note.id });
    }
  }

  let listening = false;
  redis.onReady(async () => {
    if (listening) return;
    listening = true;
    const failed = (err: unknown) => log.warn({ err }, 'a note of another process came to nothing');
    try {
      await redis.ask((client) => client.sSubscribe(channelOf(id), (message) => void heed(message).catch(failed)));
    } catch (err) {
      listening = false;
      log.warn({ err }, 'other processes cannot reach this one');
    }
  });

  return {
    id,
    async handOver(process, code, player) {
      const note: Note = { kind: 'give', id: randomUUID(), from: id, code, player };
      let timer: NodeJS.Timeout | undefined;
      const given = new Promise<void>((done) => {
        waiting.set(note.id, done);
        timer = setTimeout(done, PATIENCE);
      });
      try {
        if ((await send(process, note)) > 0) await given;
      } finally {
        clearTimeout(timer);
        waiting.delete(note.id);
      }
    },
    onHandOver(does) {
      give = does;
    },
    async askToTell(process, code) {
      await send(process, { kind: 'tell', code });
    },
    onAskedToTell(does) {
      tell = does;
    },
    isAlive: async (process) => process === id || (await send(process, null)) > 0,
  };
}

const channelOf = (process: string): string => `dd:process:${process}`;
