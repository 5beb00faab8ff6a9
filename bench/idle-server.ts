/**
 * The measured process of `bench/idle.ts`: the game server, or with `BARE=1` a Socket.IO server that does nothing, with the same
 * pings. Unlike `bench/server.ts` it has no timer of its own, which would cost more than idle people do.
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { createApp } from '../server/app.ts';
import { readConfig } from '../server/config.ts';
import { PACE } from '../server/game/game.ts';
import { startRecognizer } from '../server/inference/thread.ts';
import { createLog } from '../server/log.ts';

export interface Usage {
  /** CPU since the start, of the process and of its event loop. s */
  cpu: number;
  loop: number;
  /** After two collections, with external memory. Bytes */
  heap: number;
}

async function game(): Promise<number> {
  const config = readConfig({ ...process.env, PORT: '0', HOST: '127.0.0.1', TRUSTED_HOPS: '1' });
  const recognizer = await startRecognizer({ engine: config.RECOGNIZER, modelDir: config.MODEL_DIR });
  const app = createApp({ config, recognizer, log: createLog('error'), pace: { ...PACE, countdown: 500 } });
  return app.listen();
}

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

process.on('message', () => {
  const { user, system } = process.cpuUsage();
  const loop = loopCpu();
  // A second collection frees what the first leaves behind.
  for (let i = 0; i < 2; i++) global.gc!();
  const { heapUsed, external } = process.memoryUsage();
  process.send!({ cpu: (user + system) / 1e6, loop, heap: heapUsed + external } satisfies Usage);
});
process.on('disconnect', () => process.exit(0));
process.send!({ port: await (process.env.BARE ? bare() : game()) });
