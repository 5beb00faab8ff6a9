/** Who reported drawings that have a key and no replay: Google's, and donated ones whose replay has gone. The port. */
import type { ReportReason } from '../../shared/gallery.ts';

/** Any method may reject with `Unavailable`; then nothing was changed. */
export interface KeyReports {
  /** Counts a reporter once. Resolves with how many there are. They are forgotten KEEP_DAYS after the last one; beyond MAX_REPORTED the oldest go. */
  report(key: string, reporter: string, reason: ReportReason): Promise<number>;
  forget(key: string): Promise<void>;
  /** The last reported first. */
  all(): Promise<KeyCase[]>;
}

export interface KeyCase {
  key: string;
  /** A reason for each reporter. */
  reports: ReportReason[];
}

export const MAX_REPORTED = 2_000;
