/** Real server processes, as `npm start` runs them, that share a real Redis. */
import type { ChildProcess } from 'node:child_process';
import { execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from './redis.ts';

export interface Process {
  port: number;
  url: string;
  pid: number;
  /** What Prometheus would read. */
  metrics(): Promise<string>;
  /** Its stdout and stderr so far. */
  output(): string;
  /** Sends the signal and waits for the end; resolves with the exit code, or null if the signal ended it. */
  end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null>;
  /** Starts it again, on the same port. */
  restart(): Promise<void>;
}

const root = join(import.meta.dirname, '../..');
execFileSync(process.execPath, [join(root, 'build.mjs')], { stdio: 'inherit' });

/** The command of `npm start`. */
export const START = [process.execPath, join(root, 'dist/server/main.js')];

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Starts `n` processes at once, and waits until they are ready. */
export const startProcesses = (n: number, env: Record<string, string>): Promise<Process[]> =>
  Promise.all(Array.from({ length: n }, () => startProcess(env)));

interface Launch {
  /** By default that of `npm start`. */
  command?: string[];
  /** The IPv4 address that it listens on; by default 127.0.0.1. */
  address?: string;
  /** The working directory; by default this process's. */
  cwd?: string;
  /** The user that it runs as; by default this process's. */
  uid?: number;
}

export async function startProcess(env: Record<string, string>, launch: Launch = {}): Promise<Process> {
  const { command: [file, ...args] = START, address = '127.0.0.1', ...options } = launch;
  const port = await freePort();
  const metricsPort = await freePort();
  let child: ChildProcess;
  let output = '';
  let ended: Promise<number | null>;

  async function start(): Promise<void> {
    child = spawn(file!, args, {
      env: {
        ...process.env,
        PORT: `${port}`,
        METRICS_PORT: `${metricsPort}`,
        HOST: address,
        PAUSES: '20',
        LOG_LEVEL: 'info',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...options,
    });
    running.add(child);
    for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (text) => (output += text));
    ended = new Promise((done) => {
      child.once('exit', (code) => {
        running.delete(child);
        done(code);
      });
    });
    try {
      await untilReady(`http://${address}:${port}`, () => output, ended);
    } catch (error) {
      child.kill('SIGKILL');
      throw error;
    }
  }

  await start();
  return {
    port,
    url: `http://${address}:${port}`,
    get pid() {
      return child.pid!;
    },
    metrics: async () => (await fetch(`http://${address}:${metricsPort}/metrics`)).text(),
    output: () => output,
    end(signal) {
      child.kill(signal);
      return ended;
    },
    restart: start,
  };
}

async function untilReady(url: string, output: () => string, ended: Promise<unknown>): Promise<void> {
  let over = false;
  ended.then(() => {
    over = true;
  });
  for (const until = Date.now() + 60_000; Date.now() < until; ) {
    if (over) break;
    const ready = await fetch(`${url}/readyz`).then(
      (response) => response.ok,
      () => false,
    );
    if (ready) return;
    await pause(50);
  }
  throw new Error(`the process did not start:\n${output()}`);
}

export async function endAll(processes: Process[]): Promise<void> {
  await Promise.all(processes.map((each) => each.end('SIGKILL')));
}

/** The open connections of each; none of one that is gone. */
export const socketsOn = (processes: Process[]): Promise<number[]> =>
  Promise.all(
    processes.map(async (each) => {
      const metrics = await each.metrics().catch(() => '');
      return Number(/doodle_sockets (\d+)/.exec(metrics)?.[1] ?? 0);
    }),
  );
