/** A real nginx with a configuration of the test's, or with the game's, in an empty folder of its own. */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Process } from './processes.ts';
import { freePort, untilOpen } from './redis.ts';

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

/**
 * The game's own nginx before these processes, filled in as the image's entrypoint does it, with the names that docker-compose.yml sets;
 * only the addresses are this machine's.
 */
export async function balance(processes: Process[], settings: Record<string, string> = {}) {
  const port = await freePort();
  const compose = parse(readFileSync('docker-compose.yml', 'utf8'), { merge: true }) as {
    services: { nginx: { environment: Record<string, string> } };
  };
  const environment: Record<string, string> = {
    ...compose.services.nginx.environment,
    NGINX_PORT: `127.0.0.1:${port}`,
    APP_SERVERS: processes.map((each) => `server 127.0.0.1:${each.port};`).join(' '),
    ...settings,
  };
  const names = Object.keys(environment).join('|');
  const template = readFileSync('deploy/nginx.conf.template', 'utf8');
  const filled = template.replace(new RegExp(`\\$\\{(${names})\\}`, 'g'), (_, name: string) => environment[name]!);
  const nginx = await startNginx(filled, port);
  return { ...nginx, port, url: `http://127.0.0.1:${port}` };
}
