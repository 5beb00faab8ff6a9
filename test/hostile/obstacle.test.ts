/** A page that reaches the server by HTTP, but not by WebSocket: it polls, or says what is in the way, and so does the log. */
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { byId, hasBrowser, inLobby, useBrowser } from '../support/browser.ts';
import { type Process, startProcess } from '../support/processes.ts';
import { codeOf, founded, MOUSE } from '../support/visitors.ts';

describe.skipIf(!hasBrowser)('without a WebSocket', () => {
  const browser = useBrowser();
  let server: Process;
  let front: Server;
  let url: string;
  /** What the proxy in front does to live connections, and to the Host header. */
  let blocked: 'nothing' | 'WebSocket' | 'polling, too' = 'nothing';
  let rewritesHost = false;

  beforeAll(async () => {
    server = await startProcess({ RECOGNIZER: 'wasm', LOG_LEVEL: 'warn' });
    const forward = ({ method, url: path, headers }: IncomingMessage) =>
      request({
        port: server.port,
        host: '127.0.0.1',
        method,
        path,
        headers: { ...headers, ...(rewritesHost && { host: 'internal:3000' }) },
      });
    front = createServer((asked, answer) => {
      if (blocked === 'polling, too' && asked.url!.startsWith('/socket.io/')) return void answer.writeHead(403).end();
      const onward = forward(asked);
      answer.on('close', () => onward.destroy());
      onward.on('response', (response) => {
        answer.writeHead(response.statusCode!, response.headers);
        response.pipe(answer);
      });
      onward.on('error', () => answer.destroy());
      asked.pipe(onward);
    });
    front.on('upgrade', (asked: IncomingMessage, socket: Duplex, sent: Buffer) => {
      socket.on('error', () => {});
      if (blocked !== 'nothing') return void socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
      const onward = forward(asked);
      const tell = ({ statusCode, statusMessage, rawHeaders }: IncomingMessage) => {
        const lines = rawHeaders.map((part, i) => (i % 2 ? `${part}\r\n` : `${part}: `));
        socket.write(`HTTP/1.1 ${statusCode} ${statusMessage}\r\n${lines.join('')}\r\n`);
      };
      onward.on('upgrade', (response, back, answered) => {
        tell(response);
        // What came in one packet with the request or the answer: often the first frame, without which nothing opens.
        back.write(sent);
        socket.write(answered);
        socket.pipe(back).pipe(socket);
        back.on('error', () => {});
        socket.once('close', () => back.destroy());
      });
      onward.on('response', (response) => {
        tell(response);
        response.pipe(socket);
      });
      onward.on('error', () => socket.destroy());
      onward.end();
    });
    await new Promise<void>((done) => front.listen(0, '127.0.0.1', done));
    url = `http://localhost:${(front.address() as AddressInfo).port}`;
  }, 60_000);
  afterAll(async () => {
    front?.closeAllConnections();
    front?.close();
    await server?.end('SIGKILL');
  });

  const linkText = (page: Awaited<ReturnType<typeof browser.open>>) => byId(page, 'link').textContent();

  test('a network that blocks it: the page polls, at once after a reload, and another tab tries again', async () => {
    blocked = 'WebSocket';
    const { page, code } = await founded(browser, { url }, MOUSE);
    let attempts = 0;
    page.context().on('page', (other) => other.on('websocket', () => attempts++));
    page.on('websocket', () => attempts++);
    await page.reload();
    await inLobby(page);
    expect(codeOf(page)).toBe(code);
    expect(await byId(page, 'link').count()).toBe(0);
    expect(attempts).toBe(0);
    blocked = 'nothing';
    const other = await page.context().newPage();
    await other.goto(url);
    await other.waitForSelector('[data-link="up"]');
    expect(attempts).toBe(1);
  }, 60_000);

  test('a network that blocks polling, too: the page says so, offers practice, and connects once it may', async () => {
    blocked = 'polling, too';
    const page = await browser.open(url);
    await expect.poll(() => linkText(page), { timeout: 20_000 }).toContain('Your network blocks live connections');
    expect(await byId(page, 'alone').textContent()).not.toContain('Can’t reach the server');
    await byId(page, 'practise').waitFor();
    blocked = 'nothing';
    await page.waitForSelector('[data-link="up"]');
    await byId(page, 'link').waitFor({ state: 'detached' });
    // A server that is away is no obstacle.
    front.closeAllConnections();
    await page.context().setOffline(true);
    await byId(page, 'link').waitFor();
    expect(await linkText(page)).toBe('Connecting…');
  }, 60_000);

  test('a proxy that rewrites Host: page and log say what is wrong, the log once', async () => {
    rewritesHost = true;
    const page = await browser.open(url);
    await expect
      .poll(() => linkText(page), { timeout: 20_000 })
      .toContain('The game isn’t set up for this web address');
    const lines = () =>
      server
        .output()
        .split('\n')
        .filter((line) => line.includes('was refused'));
    expect(lines()).toHaveLength(1);
    expect(JSON.parse(lines()[0]!)).toMatchObject({
      origin: url,
      host: 'internal:3000',
      msg: expect.stringContaining('ORIGINS'),
    });
    rewritesHost = false;
    await page.waitForSelector('[data-link="up"]');
  }, 60_000);
});
