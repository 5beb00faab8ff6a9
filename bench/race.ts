/**
 * `npm run bench`: rooms of 8 in which everybody draws real drawings at 20 Hz over real sockets, against the game server in its own
 * process, a bare Socket.IO relay and a bare `ws` relay, in turn. Medians.
 * `-- --rooms 10,100 --seconds 5 --runs 3 --engine wasm --json FILE --profile DIR`
 * `-- --processes 3` compares with several processes that share a Redis instead (`--redis URL`; otherwise it starts one), and
 * kills them one after the other (`--kills 20`).
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { median } from '../models/metrics.ts';
import { CHUNK_EVERY } from '../shared/protocol.ts';
import { bench, type Kind, type Outcome, percentile, SEATS } from './load.ts';
import { compare } from './processes.ts';

const { values } = parseArgs({
  options: {
    rooms: { type: 'string' },
    seconds: { type: 'string', default: '5' },
    runs: { type: 'string', default: '3' },
    engine: { type: 'string' },
    json: { type: 'string' },
    profile: { type: 'string' },
    kinds: { type: 'string', default: 'game,socket.io,ws' },
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

const KINDS = values.kinds.split(',') as Kind[];
const NAMES: Record<Kind, string> = { game: 'the game', 'socket.io': 'Socket.IO relay', ws: '`ws` relay' };

const rows: object[] = [];
console.log(
  `rooms of ${SEATS}, everybody draws at ${1000 / CHUNK_EVERY} Hz; medians of ${values.runs} runs of ${load.seconds} s; the load runs on the same machine\n`,
);
console.log(
  '| rooms | server | chunks/s (due) | event loop a chunk | game / relay | with inference | relay p50 / p99 | guesses/s | guess latency p50 / p99 | event-loop delay p50 / p99 | bytes, messages up | bytes, messages down | generator |',
);
console.log('|---|---|---|---|---|---|---|---|---|---|---|---|---|');
for (const rooms of sizes('10,100,150')) {
  const all = new Map<Kind, Outcome[]>(KINDS.map((kind) => [kind, []]));
  for (let run = 0; run < Number(values.runs); run++)
    for (const kind of KINDS) {
      const profile = kind === 'game' && run === 0 ? values.profile : undefined;
      all.get(kind)!.push(await bench({ kind, rooms, profile, ...load }));
    }
  const game = all.get('game') ?? [];
  for (const [kind, runs] of all) {
    const of = (figure: (outcome: Outcome) => number) => median(runs.map(figure))!;
    const ms = (name: 'relay' | 'guesses', share: number) => of((run) => Number(percentile(run[name], share)));
    const perPlayer = (name: 'up' | 'down', what: 'bytes' | 'messages') =>
      of((run) => (run[name][what] / rooms / SEATS / load.seconds) * 10);
    const figures = {
      ...{ rooms, kind, engine: runs[0]!.engine },
      chunks: of(({ chunks }) => chunks),
      loop: of(({ mainPerChunk }) => mainPerChunk),
      ratio: median(game.map(({ mainPerChunk }, i) => mainPerChunk / runs[i]!.mainPerChunk)),
      all: of(({ allPerChunk }) => allPerChunk),
      relay: [ms('relay', 0.5), ms('relay', 0.99)],
      guesses: of((run) => run.guesses.length / load.seconds),
      guessLatency: [ms('guesses', 0.5), ms('guesses', 0.99)],
      delay: [of(({ loopP50 }) => loopP50), of(({ loopP99 }) => loopP99)],
      up: [perPlayer('up', 'bytes'), perPlayer('up', 'messages')],
      down: [perPlayer('down', 'bytes'), perPlayer('down', 'messages')],
      generator: { cpu: of(({ generator }) => generator.cpu), loopP99: of(({ generator }) => generator.loopP99) },
      missed: of(({ missed }) => missed),
    };
    rows.push(figures);
    const pair = ([a, b]: number[], digits = 0) => `${a!.toFixed(digits)} / ${b!.toFixed(digits)}`;
    console.log(
      `| ${[
        rooms,
        kind === 'game' ? `${NAMES.game} (${figures.engine})` : NAMES[kind],
        `${figures.chunks.toFixed(0)} (${rooms * SEATS * (1000 / CHUNK_EVERY)})`,
        `${figures.loop.toFixed(0)} µs`,
        kind === 'game' || !figures.ratio ? '' : figures.ratio.toFixed(2),
        `${figures.all.toFixed(0)} µs`,
        `${pair(figures.relay)} ms`,
        figures.guesses.toFixed(0),
        `${pair(figures.guessLatency)} ms`,
        `${pair(figures.delay, 1)} ms`,
        `${(figures.up[0]! / 1000).toFixed(1)} kB, ${figures.up[1]!.toFixed(0)}`,
        `${(figures.down[0]! / 1000).toFixed(1)} kB, ${figures.down[1]!.toFixed(0)}`,
        `${(figures.generator.cpu * 100).toFixed(0)} %, ${figures.generator.loopP99.toFixed(0)} ms`,
      ].join(' | ')} |`,
    );
  }
}
if (values.json) writeFileSync(values.json, JSON.stringify(rows, null, 2));
process.exit(0);
