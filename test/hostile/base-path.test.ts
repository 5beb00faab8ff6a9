/** Two games on one host, each under a path of its own, behind the nginx that docs/operations.md shows. */
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { byId, drawWithMouse, hasBrowser, inLobby, inPhase, PHONE, useBrowser } from '../support/browser.ts';
import { known } from '../support/model.ts';
import { startNginx } from '../support/nginx.ts';
import { endAll, type Process, startProcess } from '../support/processes.ts';
import { drawingsOf } from '../support/quickdraw.ts';
import { freePort, hasNginx } from '../support/redis.ts';

/** The location of the documentation, for another game. */
const location = (path: string, { port }: Process): string =>
  /```nginx\n([\s\S]*?)```/
    .exec(readFileSync('docs/operations.md', 'utf8'))![1]!
    .replace('/derby/', path)
    .replace(/(?<=proxy_pass http:\/\/127\.0\.0\.1:)\d+/, `${port}`);

describe.skipIf(!hasBrowser || !hasNginx)('under a path', () => {
  const browser = useBrowser();
  let processes: Process[];
  let nginx: { close(): Promise<void> };
  let url: string;

  beforeAll(async () => {
    const [derby, party] = await Promise.all(
      ['/derby', 'party/'].map((path) => startProcess({ ...known, BASE_PATH: path })),
    );
    processes = [derby!, party!];
    const port = await freePort();
    const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (kind) => `${kind}_temp_path /tmp/nginx-${kind};`,
    );
    const server = `server { listen 127.0.0.1:${port}; ${location('/derby/', derby!)} ${location('/party/', party!)} }`;
    const config = `pid /tmp/nginx.pid; error_log stderr; events {} http { access_log off; ${temp.join(' ')} ${server} }`;
    nginx = await startNginx(config, port);
    url = `http://localhost:${port}`;
  }, 120_000);
  afterAll(async () => {
    await nginx?.close();
    await endAll(processes ?? []);
  });

  const controlled = (page: Page) =>
    page.waitForFunction(() => navigator.serviceWorker.controller?.state === 'activated');
  const kept = (page: Page, name: string) =>
    page.evaluate(
      async (name) => (await (await caches.open(name)).keys()).map(({ url }) => new URL(url).pathname),
      name,
    );

  test('a round is played, and everything the pages load is under it', async () => {
    const outside: string[] = [];
    const watchRequests = (page: Page) => {
      page.on('request', (request) => !request.url().startsWith(`${url}/derby/`) && outside.push(request.url()));
      page.on('websocket', (socket) => !/:\d+\/derby\/socket\.io\//.test(socket.url()) && outside.push(socket.url()));
    };
    const ann = await browser.open('about:blank');
    ann.context().on('page', watchRequests);
    watchRequests(ann);
    await ann.goto(`${url}/derby/`);
    await byId(ann, 'nick').fill('Ann');
    await byId(ann, 'create-room').click();
    await inLobby(ann);
    expect(ann.url()).toMatch(/\/derby\/r\/[A-Z2-9]{5}$/);

    const bob = await browser.open('about:blank', { viewport: PHONE });
    watchRequests(bob);
    await bob.goto(ann.url());
    await byId(bob, 'nick').fill('Bob');
    await byId(bob, 'enter').click();
    await inLobby(bob);
    const [tv] = await Promise.all([ann.context().waitForEvent('page'), byId(ann, 'tv').click()]);
    await byId(tv!, 'room-code').waitFor();
    expect(tv!.url()).toBe(`${ann.url()}/tv`);

    await byId(ann, 'start').click();
    await Promise.all([ann, bob, tv!].map((page) => inPhase(page, 'drawing')));
    const prompt = (await byId(ann, 'prompt').textContent())!.trim();
    const [first, second] = drawingsOf(prompt, 2);
    await Promise.all([drawWithMouse(ann, first!.strokes), drawWithMouse(bob, second!.strokes)]);
    await Promise.all([ann, bob, tv!].map((page) => inPhase(page, 'reveal')));
    // In the middle of it, from a deep address.
    await bob.reload();
    await inPhase(bob, 'reveal', 'countdown', 'drawing');
    expect(outside).toEqual([]);
    expect(browser.errors).toEqual([]);
  }, 120_000);

  test('two games share no cookie, memory or cache, and both open offline', async () => {
    const page = await browser.open(`${url}/derby/`);
    await byId(page, 'nick').fill('Ann');
    await byId(page, 'create-room').click();
    await inLobby(page);
    await controlled(page);
    const other = await page.context().newPage();
    await other.goto(`${url}/party/`);
    await controlled(other);
    expect(await byId(other, 'nick').inputValue()).not.toBe('Ann');
    expect((await page.context().cookies(`${url}/derby/`)).map(({ path }) => path)).toEqual(['/derby/']);
    expect((await page.context().cookies(`${url}/party/`)).map(({ path }) => path)).toEqual(['/party/']);
    const keys = await other.evaluate(() => Object.keys(localStorage));
    expect(keys).toContain('/derby/derby.nick');
    expect(keys.filter((key) => !key.startsWith('/derby/') && !key.startsWith('/party/'))).toEqual([]);

    await expect.poll(() => kept(page, '/derby/machine'), { timeout: 30_000 }).toHaveLength(5);
    await expect.poll(() => kept(other, '/party/machine'), { timeout: 30_000 }).toHaveLength(5);
    expect((await kept(page, '/derby/machine')).filter((path) => !path.startsWith('/derby/'))).toEqual([]);
    const shells = (await other.evaluate(() => caches.keys())).map((name) => name.replace(/-\w+$/, ''));
    expect(shells.sort()).toEqual(['/derby/machine', '/derby/shell', '/party/machine', '/party/shell']);

    await page.context().setOffline(true);
    await page.goto(`${url}/derby/r/K7P2M`);
    await byId(page, 'alone').waitFor();
    await other.goto(`${url}/party/`);
    await byId(other, 'practise').click();
    await other.locator('[data-state="ready"]').waitFor();
  }, 120_000);

  test('the address without its last slash leads there, and the server’s own root says where the game is', async () => {
    const answer = await fetch(`${processes[0]!.url}/derby?x=1`, { redirect: 'manual' });
    expect([answer.status, answer.headers.get('location')]).toEqual([301, '/derby/?x=1']);
    const root = await fetch(processes[0]!.url);
    expect([root.status, await root.text()]).toEqual([404, expect.stringContaining('/derby/')]);
    expect((await fetch(`${processes[0]!.url}/healthz`)).status).toBe(200);
    for (const path of ['healthz', 'readyz', 'metrics', 'api/nothing'])
      expect([path, (await fetch(`${url}/derby/${path}`)).status]).toEqual([path, 404]);
    await expect.poll(processes[1]!.output).toMatch(/http:\/\/localhost:\d+\/party\//);
  });
});
