/** Donated drawings while processes are killed, and while Redis is away. */
import { spawn } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { openDonations } from '../../server/storage/donations.ts';
import { deletedIn, donationsIn, newFolder, removeFolder, segmentsIn, someDonation } from '../support/donated.ts';
import { closeAll, create, phase, stroke } from '../support/player.ts';
import type { Process } from '../support/processes.ts';
import { startProcess } from '../support/processes.ts';
import type { RedisServer } from '../support/redis.ts';
import { hasRedis, startRedis } from '../support/redis.ts';

const KILLS = 6;

describe('processes that write donated drawings', () => {
  const dir = newFolder();
  afterAll(() => removeFolder(dir));

  /** Two at once, killed at a moment that nobody chose. */
  async function killTwo(): Promise<string[]> {
    const confirmed: string[] = [];
    const children = [1, 2].map(() => {
      const script = join(import.meta.dirname, '../support/donating-process.ts');
      const child = spawn(process.execPath, ['--import', 'tsx', script, dir], { stdio: ['ignore', 'pipe', 'inherit'] });
      let output = '';
      child.stdout.on('data', (text) => (output += text));
      const ended = new Promise<void>((done) => child.once('close', () => done()));
      return { child, ended, output: () => output };
    });
    for (const { output } of children) await vi.waitFor(() => expect(output()).toContain('\n'), 20_000);
    await pause(Math.random() * 150);
    for (const { child, ended, output } of children) {
      child.kill('SIGKILL');
      await ended;
      const lines = output().split('\n');
      lines.pop();
      confirmed.push(...lines);
    }
    return confirmed;
  }

  test('are killed again and again: all that was confirmed is there, and at most the last line of a file is torn', async () => {
    const confirmed: string[] = [];
    for (let i = 0; i < KILLS; i++) confirmed.push(...(await killTwo()));
    expect(confirmed.length).toBeGreaterThan(KILLS);
    // Throws if anything but a last line cannot be read.
    const keys = new Set(donationsIn(dir).map(({ key_id }) => key_id));
    expect(confirmed.filter((key) => !keys.has(key))).toEqual([]);
    expect(segmentsIn(dir)).toHaveLength(2 * KILLS);

    const torn = segmentsIn(dir).filter((name) => !readFileSync(join(dir, 'donated', name), 'utf8').endsWith('\n'));
    const warn = vi.fn();
    const log = { debug: vi.fn(), info: vi.fn(), warn, error: vi.fn() };
    const donations = openDonations({ dir, bytes: 1e9, keptMs: 1e12, log });
    await donations.append(someDonation({ key_id: '7' }));
    await donations.close();
    expect(warn.mock.calls.map(([about]) => about.segments.sort())).toEqual(torn.length > 0 ? [torn] : []);
    expect(donationsIn(dir).map(({ key_id }) => key_id)).toContain('7');
  }, 120_000);
});

const NOBODY = 65_534;

// Root may write whatever the mode of a folder says, so the process is not root's.
describe.skipIf(process.getuid?.() !== 0)('in folders that the process may not write', () => {
  const dir = newFolder();
  const donated = join(dir, 'donated');
  let server: Process;
  beforeAll(async () => {
    mkdirSync(donated);
    for (const path of [dir, donated]) chownSync(path, NOBODY, NOBODY);
    server = await startProcess({ DONATIONS: 'on', DATA_DIR: dir }, { uid: NOBODY });
  }, 60_000);
  afterEach(closeAll);
  afterAll(async () => {
    await server?.end('SIGKILL');
    removeFolder(dir);
  });

  test('nothing is given or deleted, the game goes on, and donations too once they can be written', async () => {
    const Cookie = (await fetch(server.url)).headers.get('set-cookie')!.split(';')[0]!;
    const ann = await create(server.url, 'Ann', { rounds: 1, seconds: 10 }, { Cookie });
    const play = async () => {
      await ann.ask('start', {});
      await phase(ann, 'drawing');
      stroke(ann, [100, 100, 900, 900, 100, 900]);
      ann.send();
      await phase(ann, 'podium', 30_000);
    };
    await play();
    const answer = await ann.ask('replays', {});
    const id = answer.ok ? answer.replays[0]!.id : '';
    const headers = { 'Content-Type': 'application/json', Cookie };
    const body = JSON.stringify({ gallery: false, data: true, training: false });
    const give = () => fetch(`${server.url}/api/replays/${id}/give`, { method: 'POST', headers, body });
    await vi.waitFor(async () => expect((await fetch(`${server.url}/api/replays/${id}`)).status).toBe(200), 10_000);

    chmodSync(donated, 0o555);
    expect((await give()).status).toBe(503);
    // A line may reach us after the answer.
    await expect.poll(() => server.output()).toMatch(/EACCES.*no drawings can be donated now/);
    expect(await server.metrics()).toContain('doodle_donations_stopped 1');
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
    await play();
    chmodSync(donated, 0o755);
    await vi.waitFor(async () => expect((await give()).status).toBe(200), { timeout: 40_000, interval: 1_000 });
    expect(await server.metrics()).toContain('doodle_donations_stopped 0');

    const { key, secret } = await (await give()).json();
    const remove = () =>
      fetch(`${server.url}/api/donations/${key}`, { method: 'DELETE', headers, body: JSON.stringify({ secret }) });
    chmodSync(dir, 0o555);
    expect((await remove()).status).toBe(503);
    await expect.poll(() => server.output()).toMatch(/EACCES.*a deletion could not be written/);
    chmodSync(dir, 0o755);
    expect((await remove()).status).toBe(200);
    expect(deletedIn(dir)).toEqual([key]);
  }, 120_000);
});

describe.skipIf(!hasRedis)('while Redis is away', () => {
  const dir = newFolder();
  let redis: RedisServer;
  let server: Process;
  beforeAll(async () => {
    redis = await startRedis(['--appendonly', 'yes']);
    server = await startProcess({ REDIS_URL: redis.url, DONATIONS: 'on', DATA_DIR: dir });
  }, 60_000);
  afterEach(closeAll);
  afterAll(async () => {
    await server?.end('SIGKILL');
    await redis?.close();
    removeFolder(dir);
  });

  const headers = { 'Content-Type': 'application/json' };

  test('nothing can be given, what was given can be deleted, and a restart changes nothing', async () => {
    const Cookie = (await fetch(server.url)).headers.get('set-cookie')!.split(';')[0]!;
    const ann = await create(server.url, 'Ann', { rounds: 1, seconds: 10 }, { Cookie });
    await ann.ask('start', {});
    await phase(ann, 'drawing');
    stroke(ann, [100, 100, 900, 900, 100, 900]);
    ann.send();
    await phase(ann, 'podium', 30_000);
    const answer = await ann.ask('replays', {});
    const id = answer.ok ? answer.replays[0]!.id : '';
    const give = (choices: object) =>
      fetch(`${server.url}/api/replays/${id}/give`, {
        method: 'POST',
        headers: { ...headers, Cookie },
        body: JSON.stringify({ gallery: false, data: false, training: false, ...choices }),
      });
    await vi.waitFor(async () => expect((await give({ data: true })).status).toBe(200), {
      timeout: 10_000,
      interval: 300,
    });
    const first = await (await give({ data: true })).json();
    expect(donationsIn(dir)).toMatchObject([{ key_id: first.key, data: true, recognized: false, passes: false }]);

    await redis.stop();
    await vi.waitFor(async () => expect((await fetch(`${server.url}/readyz`)).status).toBe(503), 10_000);
    expect((await give({ training: true })).status).toBe(503);
    const remove = (body: object) =>
      fetch(`${server.url}/api/donations/${first.key}`, { method: 'DELETE', headers, body: JSON.stringify(body) });
    expect((await remove({ secret: first.secret })).status).toBe(200);
    expect(deletedIn(dir)).toEqual([first.key]);
    await redis.start();
    await vi.waitFor(async () => expect((await fetch(`${server.url}/readyz`)).status).toBe(200), 20_000);
    const second = await (await give({ training: true })).json();
    expect(donationsIn(dir)).toHaveLength(2);
    expect(second.key).not.toBe(first.key);

    await server.end('SIGKILL');
    await server.restart();
    expect(await (await give({ training: true })).json()).toEqual(second);
    expect(donationsIn(dir)).toHaveLength(2);
    expect((await remove({ secret: first.secret })).status).toBe(200);
    expect(await server.metrics()).toContain('doodle_donations_stopped 0');
  }, 120_000);
});
