/** What is hidden on one process is hidden on all of them: those that were away or frozen meanwhile, and those that start later. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfig } from '../../server/config.ts';
import { replayLimitsOf } from '../../server/backend.ts';
import { createLog } from '../../server/log.ts';
import type { Redis } from '../../server/storage/redis/connection.ts';
import { connectRedis } from '../../server/storage/redis/connection.ts';
import { createRedisReplays } from '../../server/storage/redis/replays.ts';
import type { Replays } from '../../server/storage/replays.ts';
import { unpackRecords } from '../../shared/gallery.ts';
import { drawn } from '../support/drawings.ts';
import { known } from '../support/model.ts';
import type { Process } from '../support/processes.ts';
import { endAll, startProcesses } from '../support/processes.ts';
import { saveReplay } from '../support/records.ts';
import type { RedisServer } from '../support/redis.ts';
import { hasRedis, startRedis } from '../support/redis.ts';

const OPERATOR_TOKEN = 'the operator of this server';
const WITHIN_MS = 5_000;

describe.skipIf(!hasRedis)('a drawing that is hidden', () => {
  let server: RedisServer;
  let redis: Redis;
  let replays: Replays;
  let processes: Process[];
  beforeAll(async () => {
    server = await startRedis();
    redis = connectRedis({ url: server.url, log: createLog('silent') });
    await redis.connected;
    replays = createRedisReplays(redis, replayLimitsOf(readConfig({})));
    processes = await startProcesses(2, { REDIS_URL: server.url, OPERATOR_TOKEN, ...known });
  }, 120_000);
  afterAll(async () => {
    await endAll(processes ?? []);
    redis?.close();
    await server?.close();
  });

  const [word, { strokes }] = Object.entries(drawn)[0]!;
  const save = () => saveReplay(replays, { word, strokes }, { passes: true });
  const decide = async ({ url }: Process, id: string, decision: string) => {
    const response = await fetch(`${url}/api/moderation/replays/${id}`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${OPERATOR_TOKEN}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ decision }),
    });
    expect(response.status).toBe(200);
  };
  const statusAt = async ({ url }: Process, id: string) => (await fetch(`${url}/api/replays/${id}`)).status;
  async function isListed({ url }: Process, id: string): Promise<boolean> {
    const response = await fetch(`${url}/api/gallery/${encodeURIComponent(word)}`);
    const { replays } = unpackRecords(new Uint8Array(await response.arrayBuffer()));
    return replays.some((each) => each.id === id);
  }
  const isSeen = async (process: Process, id: string) =>
    (await statusAt(process, id)) === 200 || (await isListed(process, id));

  test('is hidden on another process within 5 s, and shown there again', async () => {
    const [one, other] = processes as [Process, Process];
    const id = await save();
    expect(await statusAt(other, id)).toBe(200);
    expect(await isListed(other, id)).toBe(true);
    await decide(one, id, 'hide');
    await expect.poll(() => isSeen(other, id), { timeout: WITHIN_MS }).toBe(false);
    await decide(one, id, 'unhide');
    await expect.poll(() => isListed(other, id), { timeout: WITHIN_MS }).toBe(true);
  });

  test('is hidden on a process that was frozen meanwhile, from its first answer on', async () => {
    const [one, other] = processes as [Process, Process];
    const id = await save();
    expect(await isSeen(other, id)).toBe(true);
    process.kill(other.pid, 'SIGSTOP');
    await decide(one, id, 'hide');
    process.kill(other.pid, 'SIGCONT');
    expect(await isSeen(other, id)).toBe(false);
  });

  test('is hidden on a process that starts later, and while Redis is away nothing is shown', {
    timeout: 120_000,
  }, async () => {
    const [one, other] = processes as [Process, Process];
    const id = await save();
    const stays = await save();
    await other.end('SIGTERM');
    await decide(one, id, 'hide');
    await other.restart();
    expect(await isSeen(other, id)).toBe(false);
    expect(await statusAt(other, stays)).toBe(200);
    server.freeze();
    const during = await Promise.all([
      statusAt(one, stays),
      fetch(`${other.url}/api/gallery`).then(({ status }) => status),
    ]);
    server.thaw();
    expect(during).toEqual([503, 503]);
    await expect.poll(() => statusAt(one, stays), { timeout: 10_000 }).toBe(200);
    expect(await isSeen(one, id)).toBe(false);
  });
});
