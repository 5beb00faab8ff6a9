/** Heap of an idle connection: the heap with many open minus that with few, measured in a separate process. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { io } from 'socket.io-client';
import { percentile, reportOf, wait } from './load.ts';
import type { Ready } from './reports.ts';

/** The first connections also pay for what all of them share. */
const FIRST = 50;
const MORE = 400;
const RUNS = 3;

let opened = 0;
async function open(port: number, n: number): Promise<void> {
  const connecting = Array.from({ length: n }, () => {
    opened++;
    // Each from an address of its own: one address may not have so many.
    const extraHeaders = { 'x-forwarded-for': `10.0.${opened >> 8}.${opened & 255}` };
    const options = { transports: ['websocket'], forceNew: true, reconnection: false, extraHeaders };
    const socket = io(`http://127.0.0.1:${port}`, options);
    return new Promise((done) => socket.on('connect', () => done(socket)));
  });
  await Promise.all(connecting);
  await wait(1);
}

const bytes: number[] = [];
for (let run = 0; run < RUNS; run++) {
  const child = fork(new URL('./server.ts', import.meta.url), {
    execArgv: ['--expose-gc', '--import', 'tsx'],
    env: { ...process.env, TRUSTED_HOPS: '1' },
  });
  const [{ port }] = (await once(child, 'message')) as [Ready];
  // A second collection frees what the first leaves behind.
  const memory = async () => {
    await reportOf(child);
    return (await reportOf(child)).memory * 1e6;
  };
  await open(port, FIRST);
  const before = await memory();
  await open(port, MORE);
  bytes.push(((await memory()) - before) / MORE);
  child.disconnect();
}
console.log(`an idle connection takes ${percentile(bytes, 0.5)} bytes of heap (median of ${RUNS})`);
process.exit(0);
