/**
 * Records in Redis, for any number of processes. A step is applied to the newest copy that this process knows, and committed if the
 * record still has that version; if not, the step runs again on what is there (optimistic concurrency).
 */
import type { Refusal } from '../../../shared/protocol.ts';
import type { Kind, Records, Versioned } from '../records.ts';
import { Unavailable } from '../store.ts';
import type { Redis } from './connection.ts';

/** After an outage, a record that could not be compared with Redis is tried again after this. */
const RECONCILE_RETRY_MS = 1000;
/** A step that conflicts this often in a row is given up. */
const MAX_CONFLICTS = 50;

interface Watched<R> {
  record: R | null;
  listeners: Set<(record: R) => void>;
  subscribed: Promise<void>;
  receive: (message: string) => void;
}

interface Parts<R extends Versioned> extends Kind<R> {
  channelOf(code: string): string;
  /** The record as JSON. */
  stored(code: string): Promise<string | null>;
  /** Publishes it, too. 1 if it is committed; else the JSON of the record that is there, or null if none is. */
  commit(expected: string, next: R, text: string): Promise<1 | string | null>;
  /** After each change that was committed here. */
  committed?(before: R | null, next: R): void;
}

export interface RedisRecords<R extends Versioned> extends Records<R> {
  /** The record of a watched code that is not over, as this process knows it. */
  known(code: string): R | null;
  /** What this process watches has vanished from Redis. */
  restore(code: string): Promise<void>;
}

export function createRedisRecords<R extends Versioned>(
  redis: Redis,
  { missing, isOver, ended, channelOf, stored, ...parts }: Parts<R>,
): RedisRecords<R> {
  const watched = new Map<string, Watched<R>>();
  const isRefusal = (result: R | Refusal): result is Refusal => typeof result === 'string';
  const parse = (text: string | null) => (text ? (JSON.parse(text) as R) : null);

  async function fetch(code: string): Promise<R | null> {
    const record = newest(code, parse(await stored(code)));
    if (!record && (await redis.isRestoring())) throw new Unavailable(`${code} may be stored again soon`);
    return record;
  }

  function known(code: string): R | null {
    const record = watched.get(code)?.record;
    return record && !isOver(record) ? record : null;
  }

  /** A change may have been published before an older reply arrived, and Redis may have lost a record: see `reconcile`. */
  function newest(code: string, record: R | null): R | null {
    const here = known(code);
    return here && (!record || here.version > record.version) ? here : record;
  }

  function publish(record: R): void {
    const here = watched.get(record.code);
    if (!here || (here.record && here.record.version >= record.version)) return;
    here.record = record;
    for (const changed of [...here.listeners]) changed(record);
  }

  /** Null if committed, else the stored record, or `gone` if there is none, or was over. */
  async function commit(expected: string, next: R): Promise<R | 'gone' | null> {
    const result = await parts.commit(expected, next, JSON.stringify(next));
    if (result === 1) return null;
    redis.counts.conflicts++;
    return parse(result) ?? 'gone';
  }

  /**
   * After an outage: reports what was missed. If Redis itself lost what it had confirmed (it restarted, and its file lags by up
   * to a second; or it was flushed, or evicted the record), the newer copy of this process is stored again.
   */
  async function reconcile(code: string, here: Watched<R>): Promise<void> {
    const { record, receive } = here;
    if (!record || isOver(record)) return;
    // Asks Redis only if the client has lost the subscription.
    await redis.run((client) => client.sSubscribe(channelOf(code), receive));
    const text = await stored(code);
    const there = parse(text);
    if (!there || there.version < record.version) {
      // It was over meanwhile.
      if ((await commit(there ? `${there.version}` : '', record)) === 'gone') publish(ended(record));
    } else if (there.version === record.version && text !== JSON.stringify(record)) {
      // In a failover two masters took different changes. The one that remains is right; everybody follows a newer version.
      const next = { ...there, version: there.version + 1 };
      if ((await commit(`${there.version}`, next)) === null) publish(next);
    } else publish(there);
  }

  /** Until it succeeds, or nobody watches the record any more. */
  async function keepReconciling(code: string, here: Watched<R>): Promise<void> {
    try {
      if (watched.get(code) === here) await reconcile(code, here);
    } catch {
      setTimeout(keepReconciling, RECONCILE_RETRY_MS, code, here).unref();
    }
  }

  redis.onReady(() => {
    for (const [code, here] of watched) void keepReconciling(code, here);
  });

  return {
    known,
    async restore(code) {
      const here = watched.get(code);
      if (here) await reconcile(code, here);
    },
    async create(record) {
      if (await commit('new', record)) return false;
      parts.committed?.(null, record);
      return true;
    },
    read: fetch,
    async update(code, step) {
      let record = watched.get(code)?.record ?? null;
      let isNewest = !record;
      record ??= await fetch(code);
      for (let conflicts = 0; conflicts < MAX_CONFLICTS; conflicts++) {
        if (!record) return missing;
        const next = step(record);
        if (isRefusal(next) || next === record) {
          // A refusal must come from the newest record; the copy known here may be outdated.
          if (isNewest) return next;
          const before: R = record;
          record = await fetch(code);
          isNewest = true;
          if (record?.version === before.version) return next;
          continue;
        }
        let there = await commit(`${record.version}`, next);
        // Redis lost what it had confirmed: see `reconcile`.
        if (there === 'gone' && known(code)) there = await commit('', next);
        else if (there && there !== 'gone' && there.version < record.version)
          there = await commit(`${there.version}`, next);
        if (there === null) {
          parts.committed?.(record, next);
          publish(next);
          return next;
        }
        publish(there === 'gone' ? ended(record) : there);
        record = there === 'gone' ? null : there;
        isNewest = true;
      }
      throw new Unavailable(`${code}: too many changes at once`);
    },
    async watch(code, changed) {
      let here = watched.get(code);
      if (!here) {
        const receive = (message: string) => publish(JSON.parse(message) as R);
        const subscribed = redis.run((client) => client.sSubscribe(channelOf(code), receive));
        here = { record: null, listeners: new Set(), subscribed, receive };
        watched.set(code, here);
      }
      const { listeners, subscribed, receive } = here;
      listeners.add(changed);
      const stop = () => {
        listeners.delete(changed);
        if (listeners.size > 0 || watched.get(code)?.listeners !== listeners) return;
        watched.delete(code);
        redis.client.sUnsubscribe(channelOf(code), receive).catch(() => {});
      };
      try {
        await subscribed;
        // Steps start from this copy; after a reconnect only a known record is reconciled.
        const record = await fetch(code);
        if (record && !here.record) here.record = record;
      } catch (reason) {
        stop();
        throw reason;
      }
      return stop;
    },
  };
}
