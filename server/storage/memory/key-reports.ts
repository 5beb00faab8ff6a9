/** Reports of keys in a single process: all are forgotten when it ends. */
import type { ReportReason } from '../../../shared/gallery.ts';
import type { KeyReports } from '../key-reports.ts';
import { MAX_REPORTED } from '../key-reports.ts';

export function createMemoryKeyReports(keptMs: number, most = MAX_REPORTED, now: () => number = Date.now): KeyReports {
  /** The last reported at the end. */
  const all = new Map<string, { reporters: Map<string, ReportReason>; expires: number }>();

  function tidy(): void {
    for (const [key, { expires }] of all) {
      if (expires > now() && all.size <= most) return;
      all.delete(key);
    }
  }

  return {
    async report(key, reporter, reason) {
      tidy();
      const { reporters = new Map<string, ReportReason>() } = all.get(key) ?? {};
      if (!reporters.has(reporter)) reporters.set(reporter, reason);
      all.delete(key);
      all.set(key, { reporters, expires: now() + keptMs });
      tidy();
      return reporters.size;
    },
    async forget(key) {
      all.delete(key);
    },
    async all() {
      tidy();
      return [...all].map(([key, { reporters }]) => ({ key, reports: [...reporters.values()] })).reverse();
    },
  };
}
