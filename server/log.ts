/** Structured logs. A token never gets into one: what is logged is named, field by field, where it is logged. */
import type { Logger } from 'pino';
import { pino } from 'pino';
import { withoutSecrets } from './failure.ts';

export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;

/** Further lines are lost until these can be written. */
const MAX_UNWRITTEN_BYTES = 1 << 20;

/** `secrets` never get into a line, not even inside of an error message. */
export function createLog(level: string, secrets: string[] = []): Logger {
  const quoted = secrets.map((secret) => JSON.stringify(secret).slice(1, -1));
  const out = pino.destination({ fd: process.stdout.fd, maxLength: MAX_UNWRITTEN_BYTES });
  // A full disk ends the log, not the game.
  out.on('error', () => {});
  return pino({ level, base: null, hooks: { streamWrite: (line) => withoutSecrets(line, quoted) } }, out);
}
