/**
 * `npm run bench:shards`: what server processes without people ask of each node of a Redis Cluster: connections, and commands a second.
 * Both grow with the number of processes, and no further node makes them less. `-- --processes 3 --seconds 10`
 */
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createClient } from 'redis';
import { endAll, startProcesses } from '../test/support/processes.ts';
import { startCluster } from '../test/support/redis.ts';
import { usage } from './redis-usage.ts';

const { values } = parseArgs({
  options: { processes: { type: 'string', default: '3' }, seconds: { type: 'string', default: '10' } },
});
const PROCESSES = Number(values.processes);
const SECONDS = Number(values.seconds);

const cluster = await startCluster();
const env = { REDIS_URL: cluster.url, REDIS_CLUSTER: '1', LOG_LEVEL: 'error', RECOGNIZER: 'wasm' };
const processes = await startProcesses(PROCESSES, env);
const admins = await Promise.all(cluster.nodes.map(({ url }) => createClient({ url }).connect()));
const read = () => Promise.all(admins.map(usage));
await pause(3000);
const from = await read();
await pause(SECONDS * 1000);
const to = await read();
for (const [i, node] of to.entries()) {
  const connections = (node.connections - 1) / PROCESSES;
  const commands = (node.commands - from[i]!.commands) / SECONDS / PROCESSES;
  console.log(
    `node ${i + 1}: ${connections.toFixed(1)} connections and ${commands.toFixed(1)} commands/s of each process`,
  );
}
for (const admin of admins) admin.destroy();
await endAll(processes);
await cluster.close();
process.exit(0);
