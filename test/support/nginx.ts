/** A real nginx with a configuration of the test's, in an empty folder of its own. */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { untilOpen } from './redis.ts';

/** It listens on `port` and keeps its own files in /tmp/nginx…, says `config`; several may do so on this machine. */
export async function startNginx(config: string, port: number): Promise<{ close(): Promise<void> }> {
  const dir = mkdtempSync(join(tmpdir(), 'doodle-nginx-'));
  const file = join(dir, 'nginx.conf');
  writeFileSync(file, config.replaceAll('/tmp/nginx', join(dir, 'nginx')));
  const bin = { env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` } };
  execFileSync('nginx', ['-t', '-q', '-c', file, '-p', dir], bin);
  const nginx = spawn('nginx', ['-c', file, '-p', dir, '-g', 'daemon off;'], { stdio: 'ignore', ...bin });
  const ended = new Promise((done) => nginx.once('exit', done));
  await untilOpen(port);
  return {
    async close() {
      nginx.kill('SIGTERM');
      await ended;
      rmSync(dir, { recursive: true });
    },
  };
}
