/** Output of the commands in this folder: files and a progress bar. */
import { rename, writeFile } from 'node:fs/promises';

/** Writes the whole file or nothing. */
export async function writeWhole(file: string, content: string | Uint8Array): Promise<void> {
  await writeFile(`${file}.part`, content);
  await rename(`${file}.part`, file);
}

/** One line that rewrites itself; silent without a terminal. */
export function progressBar(): (done: number, of: number) => void {
  if (!process.stderr.isTTY) return () => {};
  let shown = -1;
  return (done, of) => {
    const now = Math.floor((done * 100) / of);
    if (now === shown) return;
    shown = now;
    process.stderr.write(`\r[${'#'.repeat(now >> 2).padEnd(25)}] ${now} %${done === of ? '\n' : ''}`);
  };
}

/** Makes way for a line of output. The bar comes back with its next percent. */
export function clearProgress(): void {
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
}

/** A bar for each step of a longer command; without a terminal, a line at each fifth of it. `done` is a share. */
export function progressLine(): (what: string, done: number) => void {
  const isTTY = process.stderr.isTTY;
  let shown = '';
  return (what, done) => {
    const percent = Math.floor(done * 100);
    const now = isTTY
      ? `${what} [${'#'.repeat(percent >> 2).padEnd(25)}] ${percent} %`
      : `${what}: ${percent - (percent % 20)} %`;
    if (now === shown) return;
    shown = now;
    process.stderr.write(isTTY ? `\r\x1b[K${now}${percent === 100 ? '\n' : ''}` : `${now}\n`);
  };
}
