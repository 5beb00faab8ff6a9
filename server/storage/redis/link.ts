/**
 * Whether a link to Redis works, as one value. Redis is not only up or down: it loads its file, is a replica since a failover, has
 * no memory or disk left, runs a script, or hangs, and the connection stays open all the while. So every link is probed each
 * second, by a command that succeeds only if Redis takes writes. Only a probe says that a link works; a broken connection says
 * at once that it does not.
 */
import type { Log } from '../../log.ts';

const PROBE_INTERVAL_MS = 1000;
/** A first connection may take this long; without an error, nothing is logged before. */
const FIRST_PROBE_MS = 3000;
/** A Redis that does not answer a probe within this hangs, or is cut off. */
const PROBE_TIMEOUT_MS = 2000;
/** While the server behind the connection takes no writes, another connection is tried this often. */
const REOPEN_INTERVAL_MS = 3000;
/** In these states a new connection may lead to a server that works: after a failover the same address leads elsewhere. */
const ELSEWHERE = /^(READONLY|LOADING|MASTERDOWN|NOAUTH|no answer)/;

export interface LinkOptions {
  /** In the log. */
  name: string;
  log: Pick<Log, 'warn'>;
  /** Rejects unless Redis takes writes. Resolves with true if Redis has lost its data since the last probe. */
  probe(): Promise<boolean>;
  /** Opens another connection in place of one that is open. */
  reopen(): void;
}

export type Link = ReturnType<typeof watchLink>;

export function watchLink({ name, log, probe, reopen }: LinkOptions) {
  const listeners = new Set<() => void>();
  /** Why the link does not work; null if it does. */
  let failure: string | null = 'not connected yet';
  /** The states of this outage that are in the log. */
  const logged = new Set<string>();
  /** The states that commands reported although the probe succeeded, since the last outage. */
  const suspected = new Set<string>();
  let suspicion: string | undefined;
  /** Messages may have been missed since the listeners were last called. */
  let missed = true;
  let probing: Promise<void> | undefined;
  let closed = false;
  let reopenedAt = -Infinity;
  let timer = setTimeout(check, FIRST_PROBE_MS);

  function fail(reason: string): void {
    failure = reason;
    missed = true;
    suspicion = undefined;
    const state = stateOf(reason);
    // Of each outage the first reason, and then what else Redis itself reports.
    if (logged.size === 0) log.warn({ reason }, `${name} is unavailable`);
    else if (state !== '' && !logged.has(state)) log.warn({ reason }, `${name} is still unavailable`);
    logged.add(state);
  }

  function succeed(): void {
    failure = null;
    if (logged.size > 0) {
      log.warn({}, `${name} is available again`);
      suspected.clear();
    }
    logged.clear();
    if (suspicion !== undefined && !suspected.has(stateOf(suspicion))) {
      suspected.add(stateOf(suspicion));
      log.warn({ reason: suspicion }, `a command to ${name} failed`);
    }
    suspicion = undefined;
    if (!missed) return;
    missed = false;
    for (const listener of listeners) listener();
  }

  async function run(): Promise<void> {
    try {
      if (await within(PROBE_TIMEOUT_MS, probe())) missed = true;
      if (!closed) succeed();
    } catch (reason) {
      if (!closed) fail((reason as Error).message);
      if (!closed && ELSEWHERE.test(failure ?? '') && performance.now() - reopenedAt >= REOPEN_INTERVAL_MS) {
        reopenedAt = performance.now();
        reopen();
      }
    }
  }

  /** Probes now, unless a probe is under way; the next one follows a while later. */
  function check(): Promise<void> {
    clearTimeout(timer);
    probing ??= run().finally(() => {
      probing = undefined;
      if (!closed) timer = setTimeout(check, PROBE_INTERVAL_MS);
    });
    return probing;
  }

  return {
    isReady: () => failure === null,
    /** Calls `listener` whenever the link works again, the first time too: messages may have been missed. */
    onReady: (listener: () => void): void => void listeners.add(listener),
    /** There is a new connection. */
    opened(): void {
      missed = true;
      void check();
    },
    /** The connection broke, or cannot be opened. */
    lost(reason: Error): void {
      if (!closed) fail(reason.message);
    },
    /** A command failed although the link works: probes at once. */
    suspect(reason: Error): void {
      if (failure !== null) return;
      suspicion = reason.message;
      void check();
    },
    check,
    close(): void {
      closed = true;
      clearTimeout(timer);
    },
  };
}

/** The word that begins Redis's own errors, as in `READONLY You can't write against a read only replica`; else nothing. */
const stateOf = (reason: string): string => /^[A-Z]{3,}(?= )/.exec(reason)?.[0] ?? '';

/** Rejects if `promise` takes longer. */
export async function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
