/** Started by real people: wrong settings, taken ports, odd folders. What the terminal then shows, and the exit code. */
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { addressesOf } from '../../server/addresses.ts';
import { SHIPPED } from '../../server/inference/model.ts';
import { startProcess } from '../support/processes.ts';
import { freePort } from '../support/redis.ts';

vi.setConfig({ testTimeout: 60_000 });
/** For a process that starts on loaded cores. */
const PATIENT = { timeout: 40_000 };

const main = resolve('dist/server/main.js');
/** Only root can become somebody else; others have no rights to give up. */
const NOBODY = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'doodle-startup-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

interface End {
  code: number | null;
  output: string;
}

/** Runs the server, which should end by itself. */
function launch(
  env: Record<string, string>,
  args = [main],
  options: { cwd?: string; uid?: number } = {},
): Promise<End> {
  const settings = { PORT: '0', HOST: '127.0.0.1', RECOGNIZER: 'wasm', ...env };
  const child = spawn(process.execPath, args, { env: { ...process.env, ...settings }, ...options });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
  const timer = setTimeout(() => child.kill('SIGKILL'), 40_000);
  return new Promise((done) =>
    child.once('close', (code) => {
      clearTimeout(timer);
      done({ code, output: output.trim() });
    }),
  );
}

const listening = async (server: Server, host: string, port = 0): Promise<number> => {
  await new Promise<void>((done, fail) => server.once('error', fail).listen(port, host, done));
  return (server.address() as { port: number }).port;
};
const closed = (server: Server) => new Promise((done) => server.close(done));

/** Preloaded into Node, says it is another version. */
const asNode = (version: string) =>
  `--import=data:text/javascript,Object.defineProperty(process.versions,'node',{value:'${version}'})`;

/** A copy of what is built, in a folder of this name. */
function installed(name: string): string {
  const to = join(dir, name);
  mkdirSync(to, { recursive: true });
  for (const path of ['dist', 'package.json', 'models/quickdraw']) cpSync(path, join(to, path), { recursive: true });
  symlinkSync(resolve('node_modules'), join(to, 'node_modules'));
  return to;
}

describe('what prevents the start is one line, and exit code 1', () => {
  test.each<[string, Record<string, string>, RegExp]>([
    ['a port that is no number', { PORT: 'abc' }, /^PORT must be .*"abc"/],
    ['a misspelt engine', { RECOGNIZER: 'Native' }, /^RECOGNIZER must be native or wasm/],
    ['a path that is none', { BASE_PATH: '/a b' }, /^BASE_PATH must be/],
    [
      'an address of another machine',
      { HOST: '203.0.113.1', RECOGNIZER: '' },
      /^HOST=203\.0\.113\.1 is not an address/,
    ],
    [
      'a name that does not resolve',
      { HOST: 'no-such-host.invalid' },
      /^HOST=no-such-host\.invalid cannot be resolved/,
    ],
    ['a model that is missing', { MODEL_DIR: '/nonexistent' }, /^\/nonexistent\/model\.json: cannot be read/],
  ])('%s', async (_, env, line) => {
    const { code, output } = await launch(env);
    expect(output).toMatch(line);
    expect(output).not.toContain('\n');
    expect(code).toBe(1);
  });

  test('a port in use', async () => {
    const other = createServer();
    const port = await listening(other, '127.0.0.1');
    const { code, output } = await launch({ PORT: `${port}` });
    await closed(other);
    expect(output).toMatch(new RegExp(`^Port ${port} is used .* PORT=\\d+ npm start$`));
    expect(code).toBe(1);
  });

  test('a model that is broken, before or after the network loads', async () => {
    cpSync(SHIPPED, dir, { recursive: true });
    writeFileSync(join(dir, 'model.json'), '{');
    expect(await launch({ MODEL_DIR: dir })).toMatchObject({
      code: 1,
      output: expect.stringMatching(/^.*words\.json.*$/),
    });
    // TensorFlow can write nothing here, so the engine that is asked for does not load.
    const { code, output } = await launch({ RECOGNIZER: 'native', TMPDIR: '/nonexistent' });
    expect(output).toMatch(/^the native engine does not run here.*$/);
    expect(code).toBe(1);
  });

  test('a port or a file without the rights for it', async () => {
    // In some containers everybody may listen on any port.
    if (Number(readFileSync('/proc/sys/net/ipv4/ip_unprivileged_port_start', 'utf8')) > 80) {
      const low = await launch({ PORT: '80' }, [main], NOBODY);
      expect(low).toEqual({ code: 1, output: expect.stringMatching(/^This user may not listen on port 80.*$/) });
    }
    cpSync(SHIPPED, join(dir, 'model'), { recursive: true });
    chmodSync(dir, 0o755);
    chmodSync(join(dir, 'model/weights.bin'), 0);
    const { code, output } = await launch({ MODEL_DIR: join(dir, 'model') }, [main], NOBODY);
    expect(output).toMatch(/^.*weights\.bin: cannot be read \(EACCES.*$/);
    expect(code).toBe(1);
  });

  test.each([
    ['18.20.8', main],
    ['24.1.0', 'build.mjs'],
  ])('Node %s', async (version, program) => {
    const { code, output } = await launch({}, [asNode(version), program]);
    expect(output).toMatch(new RegExp(`^The game needs Node >=20\\.19 <23, and this is Node ${version}.*$`));
    expect(code).toBe(1);
  });

  test('packages that are not installed', async () => {
    const game = installed('game');
    rmSync(join(game, 'node_modules'));
    const { code, output } = await launch({}, [join(game, 'dist/server/main.js')]);
    expect(output).toMatch(/^Cannot find package .* npm install.*$/);
    expect(code).toBe(1);
  });

  test('a build that may not write', async () => {
    const game = installed('game');
    for (const path of [
      'build.mjs',
      'package-lock.json',
      'tsconfig.json',
      'vite.config.ts',
      'client',
      'server',
      'shared',
    ])
      cpSync(path, join(game, path), { recursive: true });
    writeFileSync(join(game, 'server/log.ts'), 'export {}');
    chmodSync(dir, 0o755);
    chmodSync(join(game, 'dist'), 0o555);
    chmodSync(join(game, 'dist/server'), 0o555);
    const { code, output } = await launch({}, [join(game, 'build.mjs')], NOBODY);
    chmodSync(join(game, 'dist'), 0o755);
    chmodSync(join(game, 'dist/server'), 0o755);
    expect(output.split('\n').at(-1)).toMatch(/^Building the game failed: EACCES/);
    expect(output).not.toMatch(/^ +at /m);
    expect(code).toBe(1);
  });
});

test('empty settings are none', async () => {
  const empty = { REDIS_URL: '', SESSION_SECRET: ' ', ORIGINS: '', MODEL_DIR: '', BASE_PATH: '', REDIS_CLUSTER: '' };
  const server = await startProcess({ ...empty, RECOGNIZER: 'wasm', LOG_LEVEL: '' });
  try {
    await expect.poll(server.output).toMatch(/kept in memory/);
  } finally {
    await server.end('SIGKILL');
  }
});

test('a log or a terminal that takes nothing ends no game', async () => {
  const command = ['bash', '-c', `exec ${process.execPath} ${main} >/dev/full 2>/dev/full`];
  const server = await startProcess({ RECOGNIZER: 'wasm', LOG_LEVEL: 'debug', HOST: '0.0.0.0' }, { command });
  try {
    // A refused page is logged, and the addresses were printed before.
    const answer = await fetch(`${server.url}/healthz`);
    expect(answer.status).toBe(200);
    expect(await server.end('SIGTERM')).toBe(0);
  } finally {
    await server.end('SIGKILL');
  }
});

describe('a secret is never printed', () => {
  test.each(['pa#ss-word', '100%-word'])('%s', async (password) => {
    const { code, output } = await launch({ REDIS_URL: `redis://user:${password}@127.0.0.1:1` });
    expect(output).toMatch(/^REDIS_URL must be .*%23.*$/);
    expect(output).not.toContain('-word');
    expect(code).toBe(1);
  });

  test('not even if Redis quotes it', async () => {
    // As a Redis before 6 does, which does not know HELLO.
    const sockets = new Set<Socket>();
    const redis = createServer((socket) => {
      sockets.add(socket.on('error', () => {}));
      socket.on('data', (data) => {
        const words = `${data}`.split('\r\n').filter((line) => line && !/^[*$]/.test(line));
        socket.write(`-ERR unknown command, with args beginning with: ${words.join(', ')}\r\n`);
      });
    });
    const port = await listening(redis, '127.0.0.1');
    const env = {
      RECOGNIZER: 'wasm',
      PORT: '0',
      HOST: '127.0.0.1',
      LOG_LEVEL: 'debug',
      REDIS_URL: `redis://:p%23ss-w%22rd@127.0.0.1:${port}`,
    };
    const child = spawn(process.execPath, [main], { env: { ...process.env, ...env } });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
    try {
      await expect.poll(() => output, PATIENT).toContain('unknown command');
      expect(output).toContain('***');
      expect(output).not.toMatch(/ss-w/);
    } finally {
      child.kill('SIGKILL');
      for (const socket of sockets) socket.destroy();
      await closed(redis);
    }
  });
});

test('runs in a folder of any name, from another one', async () => {
  const name = '.hidden, ümläut #1 100% %20 a[b](c)?';
  const command = [process.execPath, join(installed(name), 'dist/server/main.js')];
  const env = { RECOGNIZER: 'wasm', MODEL_DIR: `${name}/models/quickdraw` };
  const server = await startProcess(env, { command, cwd: dir });
  try {
    for (const path of ['/', '/r/K7P2M', '/icon.svg', '/models/quickdraw/words.json'])
      expect([path, (await fetch(server.url + path)).status]).toEqual([path, 200]);
  } finally {
    await server.end('SIGKILL');
  }
});

describe('the printed addresses', () => {
  const at = (address: string, port = 3000, base = '/') => addressesOf({ address, port }, base);

  test('are those that the server is bound to', async () => {
    const port = await freePort();
    expect(await at('127.0.0.1', port)).toEqual({ here: `http://localhost:${port}`, network: undefined });
    expect(await at('::1', port)).toEqual({ here: `http://[::1]:${port}`, network: undefined });
    expect(await at('192.168.1.5', port)).toEqual({
      here: `http://192.168.1.5:${port}`,
      network: [`http://192.168.1.5:${port}`],
    });
    for (const address of ['0.0.0.0', '::']) {
      const { here, network } = await at(address, port, '/derby/');
      expect(here).toBe(`http://localhost:${port}/derby/`);
      for (const url of network!) expect(url).toMatch(/^http:\/\/(?!127)[\d.]+:\d+\/derby\/$|^http:\/\/\[(?!fe80|::1)/);
    }
  });

  test('lead to the server, although another program listens on [::1]', async () => {
    const other = createHttpServer((_, response) => response.end('another program'));
    const port = await listening(other, '::1');
    const server = spawn(process.execPath, [main], {
      env: { ...process.env, PORT: `${port}`, HOST: '0.0.0.0', RECOGNIZER: 'wasm' },
    });
    let output = '';
    server.stdout.on('data', (text) => (output += text));
    try {
      await expect.poll(() => output, PATIENT).toContain('kept in memory');
      const urls = output.match(/http:\/\/\S+/g)!;
      expect(urls[0]).toBe(`http://127.0.0.1:${port}`);
      expect(urls).toContain(`${urls[0]}/class/check`);
      for (const url of urls) {
        const game = url.replace('/class/check', '');
        expect((await (await fetch(`${game}/healthz`)).json()).ok).toBe(true);
      }
    } finally {
      server.kill('SIGKILL');
      await closed(other);
    }
  });
});

describe('npm run tensorflow', () => {
  /** A checkout without TensorFlow, on a machine that has no Python. */
  function install(env: Record<string, string>) {
    mkdirSync(join(dir, 'server/inference'), { recursive: true });
    cpSync('server/inference/tensorflow.ts', join(dir, 'server/inference/tensorflow.ts'));
    writeFileSync(join(dir, 'package.json'), '{"type":"module"}');
    const args = ['--import', import.meta.resolve('tsx'), join(dir, 'server/inference/tensorflow.ts')];
    const { status, stderr } = spawnSync(process.execPath, args, { env: { PATH: dir, ...env }, encoding: 'utf8' });
    return { status, stderr };
  }

  test('succeeds where TensorFlow cannot be, since the game runs without it', () => {
    const { status, stderr } = install({});
    expect(stderr).toContain('The game runs without it');
    expect(status).toBe(0);
  });

  test('fails in CI', () => {
    const { status, stderr } = install({ CI: 'true' });
    expect(stderr).toMatch(/Native TensorFlow was not installed[\s\S]*CI/);
    expect(status).toBe(1);
  });
});
