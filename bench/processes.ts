/**
 * Compares several processes that share a Redis, with the people of each room spread over them or together on one, with one process
 * in memory, and measures how long players wait after a kill.
 */
import { createClient } from 'redis';
import type { Player } from '../test/support/player.ts';
import { stroke, strokes } from '../test/support/player.ts';
import { endAll, startProcesses } from '../test/support/processes.ts';
import { startProxy } from '../test/support/proxy.ts';
import { agreement, begin, pause, room } from '../test/support/race.ts';
import { startRedis } from '../test/support/redis.ts';
import type { Load, Outcome } from './load.ts';
import { bench, percentile, SEATS, WARM_UP_S } from './load.ts';
import { type Usage, usage } from './redis-usage.ts';
import { unpackFrame } from '../shared/wire.ts';

interface Comparison extends Pick<Load, 'seconds' | 'engine'> {
  rooms: number[];
  processes: number;
  redis?: string | undefined;
  kills: number;
}

export async function compare({ rooms: sizes, processes, redis, kills, ...load }: Comparison): Promise<void> {
  const own = redis ? undefined : await startRedis(['--appendonly', 'yes']);
  const url = redis ?? own!.url;
  const admin = await createClient({ url }).connect();

  console.log(
    `rooms of ${SEATS}, everybody draws; load, processes and Redis on the same machine; ${load.seconds} s each\n`,
  );
  console.log(
    '| rooms | state in | chunks/s | relay p50/p99 | guesses/s | guess latency p50/p99 | event loop CPU/chunk | with inference | Redis commands/chunk (including those in scripts) | Redis bytes in, out/chunk | Redis CPU | Redis memory/room |',
  );
  console.log('|---|---|---|---|---|---|---|---|---|---|---|---|');
  for (const rooms of sizes) {
    row(await bench({ kind: 'game', rooms, ...load }), 'memory, 1 process', load.seconds);
    const cases = [
      { n: 1, together: true },
      { n: processes, together: false },
      { n: processes, together: true },
    ];
    for (const { n, together } of cases) {
      await admin.flushAll();
      const before = await usage(admin);
      const began = performance.now();
      let most = 0;
      const looking = setInterval(async () => {
        most = Math.max(most, (await usage(admin)).memory);
      }, 500);
      const outcome = await bench({ kind: 'game', rooms, processes: n, together, redis: url, ...load });
      clearInterval(looking);
      const took = (performance.now() - began) / 1000;
      const after = await usage(admin);
      // The Redis figures cover the whole run, most of which is load.
      const chunks = outcome.chunks * (load.seconds + WARM_UP_S);
      const per = (name: keyof Usage) => (after[name] - before[name]) / chunks;
      const redisCosts = [
        per('commands').toFixed(2),
        `${per('bytesIn').toFixed(0)}, ${per('bytesOut').toFixed(0)}`,
        `${(((after.cpu - before.cpu) / took) * 100).toFixed(0)} %`,
        `${((most - before.memory) / rooms / 1000).toFixed(0)} kB`,
      ];
      const where = n === 1 ? '1 process' : `${n} processes, rooms ${together ? 'together' : 'spread'}`;
      row(outcome, `Redis, ${where}`, load.seconds, redisCosts);
    }
  }
  if (kills > 0) await killing(url, processes, kills);
  admin.destroy();
  await own?.close();
}

function row(outcome: Outcome, where: string, seconds: number, redis = ['–', '–', '–', '–']): void {
  const { rooms, chunks, relay, guesses, mainPerChunk, allPerChunk } = outcome;
  const cells = [
    rooms,
    where,
    chunks.toFixed(0),
    `${percentile(relay, 0.5)} / ${percentile(relay, 0.99)} ms`,
    (guesses.length / seconds).toFixed(0),
    `${percentile(guesses, 0.5)} / ${percentile(guesses, 0.99)} ms`,
    `${mainPerChunk.toFixed(0)} µs`,
    `${allPerChunk.toFixed(0)} µs`,
    ...redis,
  ];
  console.log(`| ${cells.join(' | ')} |`);
}

/** Kills one process after the other during rounds that run on all of them. Players return by themselves, as the page does. */
async function killing(redis: string, n: number, kills: number): Promise<void> {
  const processes = await startProcesses(n, { REDIS_URL: redis });
  const cable = await startProxy(() => processes.map(({ port }) => port));
  const rooms = await Promise.all(
    Array.from({ length: 3 }, () => room([cable.url], SEATS, { seconds: 120, rounds: 1 })),
  );
  const players = rooms.flat();

  let killed = 0;
  const waiting = new Set<Player>();
  const recoveries: number[] = [];
  for (const player of players) {
    player.socket.on('disconnect', () => waiting.add(player));
    player.socket.on('live', (frame) => {
      const { guesses } = unpackFrame(frame);
      if (!guesses.some((each) => each.player === player.id) || !waiting.delete(player)) return;
      recoveries.push(performance.now() - killed);
    });
  }
  await Promise.all(rooms.map(begin));
  let drawing = true;
  const drawn = players.map(async (player) => {
    let count = 0;
    // Slow enough to stay below the limit of strokes in a whole round.
    for (; drawing; count++) {
      stroke(player, [count * 4, 100, count * 4 + 90, 800, count * 2, 1200]);
      await pause(250);
    }
    return count;
  });
  let done = 0;
  const over = Date.now() + 112_000;
  for (; done < kills && Date.now() < over; done++) {
    const victim = processes[done % n]!;
    killed = performance.now();
    await victim.end('SIGKILL');
    for (const until = Date.now() + 8000; Date.now() < until; await pause(20))
      if (waiting.size === 0 && performance.now() - killed > 300) break;
    await victim.restart();
  }
  drawing = false;
  const counts = await Promise.all(drawn);
  for (const each of rooms) await agreement(each);
  const lost = players.reduce((sum, player, i) => sum + counts[i]! - strokes(player, player.id!).length, 0);
  console.log(
    `\n${done} kills of one of ${n} processes with ${players.length} players: from the kill to the first new guess ` +
      `p50 ${percentile(recoveries, 0.5)} ms, p99 ${percentile(recoveries, 0.99)} ms ` +
      `(${recoveries.length} recoveries; the client waits 0.25 to 0.75 s before it reconnects); strokes lost: ${lost} of ` +
      `${counts.reduce((a, b) => a + b)}`,
  );
  for (const player of players) player.close();
  await cable.close();
  await endAll(processes);
}
