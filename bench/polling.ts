/**
 * `npm run bench:polling`: WebSocket and long polling. How late a stroke is on the screen of a rival, in a room of two; what a chunk
 * costs the event loop, in rooms of eight who all draw; how many requests somebody makes who draws. `-- --rooms 1 --seconds 10`
 */
import { readFileSync } from 'node:fs';
import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { feel, percentile } from '../test/support/honest.ts';
import { closeAll } from '../test/support/player.ts';
import { startProcess } from '../test/support/processes.ts';
import { begin, drawing, room } from '../test/support/race.ts';
import { packChunk } from '../shared/wire.ts';

const { values } = parseArgs({
  options: { rooms: { type: 'string', default: '1' }, seconds: { type: 'string', default: '10' } },
});
const ms = Number(values.seconds) * 1000;

/** CPU time of the process's first thread, the event loop; Linux counts it in hundredths of a second. ms */
function loopTime(pid: number): number {
  const [, fields] = readFileSync(`/proc/${pid}/task/${pid}/stat`, 'utf8').split(') ');
  const [user, system] = fields!.split(' ').slice(11, 13);
  return (Number(user) + Number(system)) * 10;
}

/** Counts the requests that pass. */
async function startCounter(port: number) {
  const counts = { GET: 0, POST: 0 };
  const agent = new Agent({ keepAlive: true });
  const front = createServer((asked, answer) => {
    counts[asked.method as keyof typeof counts]++;
    const { method, url: path, headers } = asked;
    const onward = request({ agent, port, method, path, headers }, (response) => {
      answer.writeHead(response.statusCode!, response.headers);
      response.pipe(answer);
    });
    onward.on('error', () => answer.destroy());
    asked.pipe(onward);
  });
  await new Promise<void>((done) => front.listen(0, done));
  return { counts, url: `http://127.0.0.1:${(front.address() as AddressInfo).port}` };
}

console.log('| | relay p50 / p99 | event loop a chunk | GETs, POSTs a second of one who draws |');
console.log('|---|---|---|---|');
for (const transport of ['websocket', 'polling']) {
  const server = await startProcess({ LOG_LEVEL: 'error' });
  const pair = await room([server.url], 2, { seconds: 120, rounds: 1 }, transport);
  await begin(pair);
  const { relay } = await feel(pair[0]!, pair[1]!, ms);
  closeAll();
  // One who draws alone, through the counter, which would slow others.
  const counter = await startCounter(server.port);
  let requests = '';
  if (transport === 'polling') {
    const alone = await room([counter.url], 1, { seconds: 120, rounds: 1, seats: 1 }, transport);
    await begin(alone);
    const before = { ...counter.counts };
    await feel(alone[0]!, alone[0]!, ms);
    requests = (['GET', 'POST'] as const)
      .map((method) => (((counter.counts[method] - before[method]) * 1000) / ms).toFixed(0))
      .join(', ');
    closeAll();
  }
  const rooms = await Promise.all(
    Array.from({ length: Number(values.rooms) }, () =>
      room([server.url], 8, { seconds: 120, rounds: 1, seats: 12 }, transport),
    ),
  );
  await Promise.all(rooms.map(begin));
  const before = loopTime(server.pid);
  let isOver = false;
  let chunks = 0;
  const everybody = rooms.flat();
  const drawn = (async () => {
    for (let stroke = 0; !isOver; stroke++) {
      const points = [(stroke * 60) % 2000, 100, 1000, 900];
      for (const each of everybody)
        each.socket.emit('chunk', packChunk({ round: drawing(each).round, rev: 0, stroke, from: stroke * 2, points }));
      chunks += everybody.length;
      await pause(50);
    }
  })();
  await pause(ms);
  isOver = true;
  await drawn;
  const cost = ((loopTime(server.pid) - before) * 1000) / chunks;
  const late = [0.5, 0.99].map((share) => percentile(relay, share).toFixed(0)).join(' / ');
  console.log(`| ${transport} | ${late} ms | ${cost.toFixed(0)} µs | ${requests} |`);
  closeAll();
  await server.end('SIGKILL');
}
process.exit(0);
