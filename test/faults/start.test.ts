/** How the game is built and started: only what is stale is built, and the server runs from any folder, also without a page. */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createApp } from '../../server/app.ts';
import { readConfig } from '../../server/config.ts';
import { openRecognizer } from '../../server/inference/thread.ts';
import { createLog } from '../../server/log.ts';
import { startProcess } from '../support/processes.ts';

let dir: string;
/** Another checkout of the project, with what is built. */
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'doodle-checkout-'));
  const files = ['build.mjs', 'package.json', 'package-lock.json', 'tsconfig.json', 'vite.config.ts'];
  for (const path of [...files, 'client', 'server', 'shared', 'dist', 'models/quickdraw'])
    cpSync(path, join(dir, path), { recursive: true });
  symlinkSync(resolve('node_modules'), join(dir, 'node_modules'));
});
afterEach(() => rmSync(dir, { recursive: true }));

/** What `npm start` does first; gives what it says. From another folder, which must not matter. */
const build = () => execFileSync(process.execPath, [join(dir, 'build.mjs')], { cwd: '/', encoding: 'utf8' }).trim();

test('builds only what changed, and repeats a failed build', () => {
  expect(build()).toBe('');
  appendFileSync(join(dir, 'server/log.ts'), 'export const changed = 1;\n');
  expect(build()).toBe('Building the server ...');
  expect(build()).toBe('');
  appendFileSync(join(dir, 'client/main.ts'), 'console.info("changed");\n');
  expect(build()).toBe('Building the page ...');
  expect(build()).toBe('');
  // A file that is gone is a change, too, and nothing of it stays.
  appendFileSync(join(dir, 'server/new.ts'), 'export const added = ;\n');
  const failed = spawnSync(process.execPath, [join(dir, 'build.mjs')], { encoding: 'utf8' });
  expect([failed.status, failed.stdout]).toEqual([1, expect.stringContaining('new.ts')]);
  rmSync(join(dir, 'server/new.ts'));
  expect(build()).toBe('Building the server ...');
  expect(existsSync(join(dir, 'dist/server/new.js'))).toBe(false);
}, 180_000);

test('without development dependencies, says that the build needs them', () => {
  rmSync(join(dir, 'node_modules'));
  mkdirSync(join(dir, 'node_modules'));
  expect(build()).toBe('');
  rmSync(join(dir, 'dist'), { recursive: true });
  const { status, stderr } = spawnSync(process.execPath, [join(dir, 'build.mjs')], { encoding: 'utf8' });
  expect([status, stderr]).toEqual([1, expect.stringContaining('npm install --include=dev')]);
});

test('runs from any working directory, and says what to do if the page is not built', async () => {
  rmSync(join(dir, 'dist/client'), { recursive: true });
  const command = [process.execPath, join(dir, 'dist/server/main.js')];
  const server = await startProcess({}, { command, cwd: '/' });
  try {
    await expect.poll(server.output).toContain('npm run build');
    const answer = await fetch(`${server.url}/r/K7P2M`);
    expect([answer.status, await answer.text()]).toEqual([503, expect.stringContaining('npm run build')]);
    expect((await fetch(`${server.url}/models/quickdraw/words.json`)).status).toBe(200);

    cpSync('dist/client', join(dir, 'dist/client'), { recursive: true });
    const page = await fetch(`${server.url}/r/K7P2M`);
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('<!doctype html>')]);
  } finally {
    await server.end('SIGKILL');
  }
}, 90_000);

test('answers while the network loads, and is ready only afterwards', async () => {
  const config = readConfig({ PORT: '0', HOST: '127.0.0.1', RECOGNIZER: process.env.RECOGNIZER });
  const recognizer = await openRecognizer({ engine: config.RECOGNIZER });
  const app = createApp({ config, recognizer, log: createLog('silent') });
  const url = `http://127.0.0.1:${await app.listen()}`;
  try {
    // Loading takes far longer than these two answers; in the end `engine` proves that they came before.
    const health = await (await fetch(`${url}/healthz`)).json();
    const ready = await (await fetch(`${url}/readyz`)).json();
    expect([recognizer.engine, health.ok, ready.recognizer]).toEqual([undefined, true, false]);
    await recognizer.loaded;
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    expect((await (await fetch(`${url}/healthz`)).json()).engine).toMatch(/native|wasm/);
  } finally {
    await app.close();
  }
}, 90_000);

test('a network that does not load ends the server with the reason', async () => {
  const model = join(dir, 'models/quickdraw');
  const words = JSON.parse(readFileSync(join(model, 'words.json'), 'utf8'));
  writeFileSync(join(model, 'words.json'), JSON.stringify({ ...words, words: words.words.slice(1) }));
  await expect(startProcess({ MODEL_DIR: model })).rejects.toThrow('words.json: 344 words, but the network');
}, 90_000);
