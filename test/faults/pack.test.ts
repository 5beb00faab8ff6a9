/** The archive that `npm run pack` writes is a whole game: it plays where nothing but Node is. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join as under } from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { closeAll, create, phase, stroke, until } from '../support/player.ts';
import { startProcess } from '../support/processes.ts';
import { drawingsOf } from '../support/quickdraw.ts';

/** Neither checkout nor node_modules are above it. */
const dir = mkdtempSync(under(tmpdir(), 'doodle-pack-'));
const game = under(dir, 'doodle-derby');

beforeAll(() => {
  execFileSync('npm', ['run', 'pack'], { stdio: ['ignore', 'ignore', 'inherit'] });
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  for (const [path, bytes] of Object.entries(unzipSync(readFileSync(`artifacts/doodle-derby-${version}.zip`)))) {
    mkdirSync(dirname(under(dir, path)), { recursive: true });
    writeFileSync(under(dir, path), bytes);
  }
}, 120_000);
afterEach(closeAll);
afterAll(() => rmSync(dir, { recursive: true }));

test('has the page, a start for each system, and nothing that is made for one of them', () => {
  expect(readdirSync(game).sort()).toEqual(
    [
      ...['LICENSE', 'PRIVACY.md', 'READ-ME.txt', 'dist', 'models', 'node_modules', 'package.json'],
      'start.cmd',
      'start.command',
    ].sort(),
  );
  expect(readFileSync(under(game, 'start.cmd'), 'utf8')).toMatch(/node dist\\server\\main\.js\r\n/);
  expect(readFileSync(under(game, 'start.command'), 'utf8')).not.toContain('\r');
  const files = readdirSync(game, { recursive: true }) as string[];
  expect(files.filter((file) => file.endsWith('.node'))).toEqual([]);
});

test('plays', async () => {
  // Only what is in the archive, and no way to fetch more.
  const server = await startProcess(
    { NODE_PATH: '', LOG_LEVEL: 'error' },
    { command: [process.execPath, under(game, 'dist/server/main.js')], cwd: game },
  );
  try {
    // It is ready a moment before it says so.
    await vi.waitFor(() => expect(server.output()).toContain('wasm'), 10_000);
    const page = await (await fetch(server.url)).text();
    for (const [file] of page.matchAll(/assets\/[\w.-]+/g))
      expect((await fetch(`${server.url}/${file}`)).status, file).toBe(200);
    // Links have no picture there, but the server lives.
    expect((await fetch(`${server.url}/api/card.png`)).status).not.toBe(200);

    const ann = await create(server.url, 'Ann', { rounds: 1, words: ['cat'], finale: false });
    await ann.ask('start', {});
    await phase(ann, 'drawing');
    for (const each of drawingsOf('cat', 1)[0]!.strokes) stroke(ann, each);
    const best = () => ann.guesses.get(ann.id!)?.top[0]?.[0];
    await until(() => best() === 'cat', 'the network to see a cat', 30_000);
  } finally {
    await server.end('SIGTERM');
  }
}, 60_000);
