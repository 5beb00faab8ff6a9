/** What stopped the server, as a line for the operator. Imports no package: it must work if one is missing. */
import { readFileSync } from 'node:fs';

/** Something that the operator can put right. Its message says what, so it needs no stack. */
export class OperatorError extends Error {
  override name = 'OperatorError';
}

/** Whoever repeats a secret: an old Redis quotes the password in its error message. */
export const withoutSecrets = (text: string, secrets: string[]): string =>
  secrets.reduce((rest, secret) => rest.replaceAll(secret, '***'), text);

/** Throws if `version` is none of those that `package.json` allows. `build.mjs` does the same. */
export function checkNode(packageFile: string, version = process.versions.node): void {
  const range: string = JSON.parse(readFileSync(packageFile, 'utf8')).engines.node;
  const [, oldest, tooNew] = /^>=(\S+) <(\S+)$/.exec(range)!;
  const isBefore = (other: string) => version.localeCompare(other, 'en', { numeric: true }) < 0;
  if (isBefore(oldest!) || !isBefore(tooNew!))
    throw new OperatorError(`The game needs Node ${range}, and this is Node ${version}. Install Node 22.`);
}

/** A system error with what it is about; `net` adds these to some. */
type SystemError = NodeJS.ErrnoException & { hostname?: string };

/** Why nothing can listen at this host and port, which `setting` chose. */
export function cannotListen(
  { code, message, hostname }: SystemError,
  host: string,
  port: number,
  setting = 'PORT',
): OperatorError {
  const other = port < 65_535 ? port + 1 : port - 1;
  const reasons: Record<string, string> = {
    EADDRINUSE: `Port ${port} is used by another program. Choose another one: ${setting}=${other} npm start`,
    EACCES: `This user may not listen on port ${port}. Choose one from 1024 up: ${setting}=3000 npm start`,
    EADDRNOTAVAIL: `HOST=${host} is not an address of this machine.`,
    EAFNOSUPPORT: `This machine has no addresses of the kind of HOST=${host}.`,
  };
  if (hostname !== undefined) return new OperatorError(`HOST=${host} cannot be resolved to an address (${code}).`);
  return new OperatorError(reasons[code ?? ''] ?? `Cannot listen on HOST=${host}, ${setting}=${port}: ${message}`);
}

/**
 * A line for what the operator can put right, a stack for a bug. Other properties are left out: Node and the Redis clients put
 * whole URLs and commands there, with passwords in them.
 */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return `The server failed: ${error}`;
  const { code, errno } = error as SystemError;
  const [line] = error.message.split('\n');
  if (error instanceof OperatorError) return error.message;
  if (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND')
    return `${line}. Install the packages and build the game: npm install && npm run build`;
  if (error.name === 'Unavailable') return `Redis is unavailable: ${line}`;
  // A disk that is full, a file that may not be read.
  if (errno !== undefined) return `The server failed: ${line}`;
  return error.stack ?? error.message;
}
