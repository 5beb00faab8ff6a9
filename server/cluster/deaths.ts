/** Processes that died: they told nobody, so the others look whether they are alive still. */
import type { Presence } from './presence.ts';

/** One that is missing at two checks in a row is dead. */
const CHECK_INTERVAL_MS = 4_000;

interface Parts {
  presence: Pick<Presence, 'isAlive'>;
  /** The other processes that matter here, each with the codes that it matters for. */
  others(): Map<string, string[]>;
  died(process: string, codes: string[]): void;
  failed(reason: unknown): void;
}

/** Returns a function that ends it. */
export function watchForDeaths({ presence, others, died, failed }: Parts): () => void {
  /** Processes that were missing at the last check. */
  let missing = new Set<string>();

  async function check(): Promise<void> {
    const stillMissing = new Set<string>();
    for (const [process, codes] of others()) {
      if (await presence.isAlive(process)) continue;
      stillMissing.add(process);
      if (missing.has(process)) died(process, codes);
    }
    missing = stillMissing;
  }

  const checking = setInterval(() => check().catch(failed), CHECK_INTERVAL_MS);
  checking.unref();
  return () => clearInterval(checking);
}

/** What each of the processes is named with. */
export function codesOfProcesses(named: Iterable<[process: string, code: string]>): Map<string, string[]> {
  const all = new Map<string, string[]>();
  for (const [process, code] of named) all.set(process, [...(all.get(process) ?? []), code]);
  return all;
}
