/** Structured logs. A token never gets into one: what is logged is named, field by field, where it is logged. */
import type { Logger } from 'pino';
import { pino } from 'pino';

export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;

export function createLog(level: string): Logger {
  return pino({ level, base: null });
}
