/** A real redis-server for tests, on a free port, in an empty folder of its own. */
import { execFile, execFileSync, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { requires } from './requires.ts';

function installed(program: string): boolean {
  try {
    execFileSync('which', [program], { env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` } });
    return true;
  } catch {
    return false;
  }
}

const run = promisify(execFile);

export const hasRedis = requires(installed('redis-server'), 'redis-server 7 or later');
export const hasNginx = requires(installed('nginx'), 'nginx');

export interface RedisServer {
  url: string;
  port: number;
  /** Its folder. */
  dir: string;
  /** Runs a command with redis-cli, and returns what it prints. */
  cli(...command: string[]): Promise<string>;
  /** Stops it as an operator would: what it keeps is written. */
  stop(): Promise<void>;
  /** Stops it as a power cut would. */
  kill(): Promise<void>;
  /** Returns once all that it was told is in its append-only file. */
  persist(): Promise<void>;
  /** Starts it again on the same port and folder, with more arguments for this run. */
  start(...more: string[]): Promise<void>;
  /** SIGSTOP and SIGCONT: it is there and says nothing. */
  freeze(): void;
  thaw(): void;
  /** Ends it for good and takes its folder away. */
  close(): Promise<void>;
}

export async function startRedis(args: string[] = [], { tls = false } = {}): Promise<RedisServer> {
  const port = await freePort();
  const dir = await mkdtemp(join(tmpdir(), 'doodle-redis-'));
  const listen = tls ? ['--port', '0', '--tls-port', `${port}`] : ['--port', `${port}`];
  let server: ReturnType<typeof spawn>;
  let ended: Promise<void>;
  const redis: RedisServer = {
    url: `redis://127.0.0.1:${port}`,
    port,
    dir,
    cli: async (...command) => (await run('redis-cli', ['-p', `${port}`, ...command], { timeout: 5000 })).stdout,
    async start(...more) {
      const all = [...listen, '--bind', '127.0.0.1', '--dir', dir, '--save', '', ...args, ...more];
      server = spawn('redis-server', all, { stdio: 'ignore' });
      const { pid } = server;
      const orphaned = () => pid && killQuietly(pid);
      process.once('exit', orphaned);
      ended = new Promise((done) => {
        server.once('exit', () => {
          process.off('exit', orphaned);
          done();
        });
      });
      await untilOpen(port);
    },
    async stop() {
      server.kill('SIGTERM');
      await ended;
    },
    async kill() {
      server.kill('SIGKILL');
      await ended;
    },
    async persist() {
      // The file is in order: once this is in it for certain, so is all that came before.
      await redis.cli('config', 'set', 'appendfsync', 'always');
      await redis.cli('set', 'persisted', '1');
      await redis.cli('config', 'set', 'appendfsync', 'everysec');
    },
    freeze: () => void server.kill('SIGSTOP'),
    thaw: () => void server.kill('SIGCONT'),
    async close() {
      await redis.kill();
      await rm(dir, { recursive: true, force: true });
    },
  };
  await redis.start();
  return redis;
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {}
}

const given = new Set<number>();

/**
 * A free port below the range that the system hands out, so nothing else gets it before it is used, or during a restart. The
 * port of a cluster's bus, 10,000 above it, is free too.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(15_000, 22_000);
    if (given.has(port)) continue;
    given.add(port);
    if (await isFree(port)) return port;
  }
}

const isFree = (port: number) =>
  new Promise<boolean>((done) => {
    const server = createServer();
    server.once('error', () => done(false));
    server.listen(port, '127.0.0.1', () => server.close(() => done(true)));
  });

/** Waits until something listens on the port. */
export async function untilOpen(port: number, patience = 30_000): Promise<void> {
  const until = Date.now() + patience;
  for (;;) {
    const open = await new Promise<boolean>((done) => {
      const socket = connect(port, '127.0.0.1', () => done(true));
      socket.once('error', () => done(false));
      socket.once('connect', () => socket.destroy());
    });
    if (open) return;
    if (Date.now() > until) throw new Error(`nothing listens on port ${port}`);
    await new Promise((done) => setTimeout(done, 20));
  }
}

/** A cluster of two nodes, each with half of the slots. */
export async function startCluster(): Promise<{ url: string; nodes: RedisServer[]; close(): Promise<void> }> {
  const args = ['--cluster-enabled', 'yes', '--cluster-node-timeout', '2000'];
  const nodes = [await startRedis(args), await startRedis(args)];
  const cli = (port: number, ...command: string[]) =>
    execFileSync('redis-cli', ['-p', `${port}`, ...command], { encoding: 'utf8' });
  const [one, two] = nodes.map(({ port }) => port) as [number, number];
  cli(one, 'cluster', 'addslotsrange', '0', '8191');
  cli(two, 'cluster', 'addslotsrange', '8192', '16383');
  cli(one, 'cluster', 'meet', '127.0.0.1', `${two}`);
  const whole = (port: number) =>
    /cluster_state:ok/.test(cli(port, 'cluster', 'info')) &&
    /8192-16383/.test(cli(port, 'cluster', 'nodes')) &&
    /0-8191/.test(cli(port, 'cluster', 'nodes'));
  for (let tries = 0; !(whole(one) && whole(two)); tries++) {
    if (tries > 600) throw new Error('the cluster did not form');
    await new Promise((done) => setTimeout(done, 50));
  }
  return {
    url: nodes.map(({ url }) => url).join(','),
    nodes,
    close: async () => {
      await Promise.all(nodes.map((node) => node.close()));
    },
  };
}

/** Restarts Redis with a file that it takes about `ms` to read. */
export async function reload(redis: RedisServer, ms: number): Promise<undefined> {
  const keys = 10_000;
  await redis.cli('eval', `for i = 1, ${keys} do redis.call('set', 'filler' .. i, i) end`, '0');
  await redis.cli('save');
  await redis.kill();
  const delay = `${Math.round((ms * 1000) / keys)}`;
  await redis.start('--key-load-delay', delay, '--loading-process-events-interval-bytes', '1024');
}
