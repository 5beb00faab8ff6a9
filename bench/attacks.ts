/**
 * `npm run bench:attacks`: what an honest race of two feels while each of the known attacks runs against its server, in a process
 * of its own. `-- --seconds 5 --only SUBSTRING --transport polling`
 */
import { parseArgs } from 'node:util';
import type { Transport } from '../test/support/attacker.ts';
import { ATTACKS } from '../test/support/attacks.ts';
import { feel, launch, percentile } from '../test/support/honest.ts';
import { closeAll } from '../test/support/player.ts';
import { endAll, startProcess } from '../test/support/processes.ts';
import { begin, room } from '../test/support/race.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '5' },
    only: { type: 'string', default: '' },
    transport: { type: 'string', default: 'websocket' },
  },
});
const ms = Number(values.seconds) * 1000;
const memory = async (metrics: Promise<string>) =>
  Number(/^process_resident_memory_bytes (\S+)/m.exec(await metrics)![1]) / 2 ** 20;

console.log('| attack | relay p50 / p99 | guesses a second | memory before, after |');
console.log('|---|---|---|---|');
for (const name of ['none', ...Object.keys(ATTACKS)].filter((each) => each.includes(values.only))) {
  const server = await startProcess({ TRUSTED_HOPS: '1', LOG_LEVEL: 'error' });
  const [ann, bob] = await room([server.url], 2, { seconds: 120, rounds: 1 });
  await begin([ann!, bob!]);
  const before = await memory(server.metrics());
  const headers = { 'x-forwarded-for': '198.51.100.1' };
  const target = { url: server.url, code: ann!.code!, headers, transport: values.transport as Transport };
  const stop = name === 'none' ? () => {} : await launch(name, target);
  const { relay, guesses } = await feel(ann!, bob!, ms);
  const after = await memory(server.metrics());
  stop();
  const latency = [0.5, 0.99].map((share) => percentile(relay, share).toFixed(0)).join(' / ');
  console.log(
    `| ${name} | ${latency} ms | ${((guesses * 1000) / ms).toFixed(1)} | ${before.toFixed(0)}, ${after.toFixed(0)} MB |`,
  );
  closeAll();
  await endAll([server]);
}
process.exit(0);
