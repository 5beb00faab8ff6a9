/**
 * `npm run bench`: rooms of 8 in which everybody draws real drawings at 20 Hz over real sockets, against the game server in its
 * own process, then against a bare relay. `-- --rooms 1,10 --seconds 10 --engine wasm --json FILE`
 * `-- --processes 3` compares with several processes that share a Redis instead (`--redis URL`; otherwise it starts one), and
 * kills them one after the other (`--kills 20`).
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { CHUNK_EVERY } from '../shared/protocol.ts';
import { bench, percentile, SEATS } from './load.ts';
import { compare } from './processes.ts';

const { values } = parseArgs({
  options: {
    rooms: { type: 'string' },
    seconds: { type: 'string', default: '10' },
    engine: { type: 'string' },
    json: { type: 'string' },
    processes: { type: 'string' },
    redis: { type: 'string' },
    kills: { type: 'string', default: '20' },
  },
});
const load = { seconds: Number(values.seconds), engine: values.engine };
const sizes = (otherwise: string) => (values.rooms ?? otherwise).split(',').map(Number);

if (values.processes) {
  const { processes, redis, kills } = values;
  await compare({ ...load, rooms: sizes('10,50,100'), processes: Number(processes), redis, kills: Number(kills) });
  process.exit(0);
}

const rows: object[] = [];
console.log(
  `rooms of ${SEATS}, everybody draws at ${1000 / CHUNK_EVERY} Hz; ${load.seconds} s each; the load runs on the same machine\n`,
);
console.log(
  '| rooms | chunks/s | event loop CPU/chunk | bare relay | ratio | with inference | relay p50/p99 | bare p50/p99 | guesses/s | guess latency p50/p99 | event-loop delay p50/p99 |',
);
console.log('|---|---|---|---|---|---|---|---|---|---|---|');
for (const rooms of sizes('1,10,50,100')) {
  const game = await bench({ script: 'server', rooms, ...load });
  const bare = await bench({ script: 'relay', rooms, ...load });
  const ratio = game.mainPerChunk / bare.mainPerChunk;
  const { relay, guesses, ...rest } = game;
  rows.push({ ...rest, ratio, guessesPerSecond: guesses.length / load.seconds });
  console.log(
    `| ${[
      `${rooms} (${game.engine})`,
      game.chunks.toFixed(0),
      `${game.mainPerChunk.toFixed(0)} µs`,
      `${bare.mainPerChunk.toFixed(0)} µs`,
      ratio.toFixed(2),
      `${game.allPerChunk.toFixed(0)} µs`,
      `${percentile(relay, 0.5)} / ${percentile(relay, 0.99)} ms`,
      `${percentile(bare.relay, 0.5)} / ${percentile(bare.relay, 0.99)} ms`,
      (guesses.length / load.seconds).toFixed(0),
      `${percentile(guesses, 0.5)} / ${percentile(guesses, 0.99)} ms`,
      `${game.loopP50.toFixed(1)} / ${game.loopP99.toFixed(1)} ms`,
    ].join(' | ')} |`,
  );
}
if (values.json) writeFileSync(values.json, JSON.stringify(rows, null, 2));
process.exit(0);
