/** The whole server against a Redis as one would rent it: TLS and a user of few rights, or a Cluster. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { known } from '../support/model.ts';
import { closeAll, stroke, watch } from '../support/player.ts';
import { endAll, startProcesses } from '../support/processes.ts';
import { agreement, begin, room } from '../support/race.ts';
import { hasRedis, startCluster, startRedis } from '../support/redis.ts';

afterEach(closeAll);

describe.skipIf(!hasRedis)('rediss:// with an ACL user', () => {
  test('works with only the rights that docs/operations.md lists', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'doodle-tls-'));
    const [key, cert] = [join(dir, 'key.pem'), join(dir, 'cert.pem')];
    const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
    execFileSync(
      'openssl',
      ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-keyout', key, '-out', cert, ...names],
      { stdio: 'ignore' },
    );
    const rights = /An ACL user needs `([^`]+)`/.exec(readFileSync('docs/operations.md', 'utf8'))![1]!;
    const redis = await startRedis(
      ['--tls-cert-file', cert, '--tls-key-file', key, '--tls-auth-clients', 'no'].concat(
        ['--user', 'default', 'off', '--user', 'game', 'on', '>p@ss word'.replace(' ', '-')],
        rights.split(' '),
      ),
      { tls: true },
    );
    const url = `rediss://game:${encodeURIComponent('p@ss-word')}@localhost:${redis.port}`;
    const processes = await startProcesses(2, { REDIS_URL: url, NODE_EXTRA_CA_CERTS: cert, ...known });
    try {
      const urls = processes.map((each) => each.url);
      const players = await room(urls, 2, { seconds: 60, rounds: 1, public: true });
      const viewer = await watch(urls[1]!, players[0]!.code!);
      await begin(players);
      for (const player of players) stroke(player, [100, 100, 900, 900]);
      await agreement(players, [viewer]);
      expect(await (await fetch(`${urls[1]}/api/rooms`)).json()).toMatchObject([{ code: players[0]!.code }]);
      expect(await (await fetch(`${urls[1]}/api/leaderboard`)).json()).toEqual({ all: [], week: [], day: [] });
      for (const each of processes) expect(each.output()).not.toMatch(/NOPERM|WRONGPASS|a bug/);
    } finally {
      closeAll();
      await endAll(processes);
      await redis.close();
      rmSync(dir, { recursive: true });
    }
  }, 120_000);
});

describe.skipIf(!hasRedis)('a Redis Cluster', () => {
  test('serves rooms on several processes, with keys on any node', async () => {
    const cluster = await startCluster();
    const processes = await startProcesses(2, { REDIS_URL: cluster.url, REDIS_CLUSTER: '1', ...known });
    try {
      const urls = processes.map((each) => each.url);
      // Of five rooms some lie on each node.
      const rooms = await Promise.all(Array.from({ length: 5 }, () => room(urls, 2, { seconds: 60, rounds: 1 })));
      for (const players of rooms) {
        const viewer = await watch(urls[1]!, players[0]!.code!);
        await begin(players);
        for (const player of players) stroke(player, [100, 100, 900, 900]);
        await agreement(players, [viewer]);
        // Taken over from the other process, with all that was drawn.
        players[1]!.url = urls[0]!;
        players[1]!.reload();
        await players[1]!.comeBack();
        await agreement(players, [viewer]);
      }
      for (const each of processes) expect(each.output()).not.toMatch(/CROSSSLOT|a bug/);
    } finally {
      closeAll();
      await endAll(processes);
      await cluster.close();
    }
  }, 120_000);
});
