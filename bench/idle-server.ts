/**
 * The measured process of `bench/idle.ts`: the game server, or with `BARE=1` a Socket.IO server that does nothing, with the same
 * pings. Unlike `bench/server.ts` it has no timer of its own, which would cost more than idle people do.
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';

/** Of CPU since the start, of the process and of its event loop. s */
export interface Cpu {
  process: number;
  loop: number;
}

export type Question = 'cpu' | 'heap';

async function game(): Promise<number> {
  const { createApp } = await built<typeof import('../server/app.ts')>('app');
  const { readConfig } = await built<typeof import('../server/config.ts')>('config');
  const { PACE } = await built<typeof import('../server/game/game.ts')>('game/game');
  const { startRecognizer } = await built<typeof import('../server/inference/thread.ts')>('inference/thread');
  const { createLog } = await built<typeof import('../server/log.ts')>('log');
  const config = readConfig({ ...process.env, PORT: '0', HOST: '127.0.0.1', TRUSTED_HOPS: '1' });
  const recognizer = await startRecognizer({ engine: config.RECOGNIZER, modelDir: config.MODEL_DIR });
  const app = createApp({ config, recognizer, log: createLog('error'), pace: { ...PACE, countdown: 500 } });
  return app.listen();
}

const built = <M>(module: string): Promise<M> => import(new URL(`../dist/server/${module}.js`, import.meta.url).href);

async function bare(): Promise<number> {
  const http = createServer();
  new Server(http, {
    transports: ['websocket'],
    perMessageDeflate: false,
    pingInterval: 10_000,
    pingTimeout: 8_000,
  });
  await new Promise<void>((done) => http.listen(0, '127.0.0.1', done));
  return (http.address() as AddressInfo).port;
}

/** User and system time of the main thread. A tick of Linux is 10 ms. s */
function loopCpu(): number {
  const fields = readFileSync(`/proc/self/task/${process.pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function cpu(): Cpu {
  const { user, system } = process.cpuUsage();
  return { process: (user + system) / 1e6, loop: loopCpu() };
}

/** With external memory. Bytes */
function heap(): number {
  // A second collection frees what the first leaves behind.
  for (let i = 0; i < 2; i++) global.gc!();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

process.on('message', (question: Question) => process.send!(question === 'cpu' ? cpu() : heap()));
process.on('disconnect', () => process.exit(0));
process.send!({ port: await (process.env.BARE ? bare() : game()) });
