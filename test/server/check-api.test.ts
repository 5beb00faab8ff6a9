/** What a teacher asks before a lesson: whether other devices get through, and the addresses for the board. */
import { request } from 'node:http';
import { networkInterfaces } from 'node:os';
import { describe, expect, test } from 'vitest';
import { createAskers } from '../../server/edge/check.ts';
import { useServer } from '../support/server.ts';

const behindProxy = useServer({ env: { TRUSTED_HOPS: '1' } });
const inNetwork = useServer({ env: { HOST: '0.0.0.0' } });

const portOf = ({ url }: { url: string }) => Number(new URL(url).port);
/** Of this machine, if it is in a network. */
const network = Object.values(networkInterfaces())
  .flatMap((each) => each ?? [])
  .filter(({ internal, family }) => !internal && family === 'IPv4')
  .map(({ address }) => address);

describe('who came to the check', () => {
  const from = async (forwarded: string) => {
    const answer = await fetch(`${behindProxy.url}/api/check`, { headers: { 'x-forwarded-for': forwarded } });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    return answer.json();
  };

  test('is counted by address, and not named', async () => {
    expect(await from('198.51.100.1')).toEqual({ others: 0 });
    expect(await from('198.51.100.1')).toEqual({ others: 0 });
    expect(await from('198.51.100.2')).toEqual({ others: 1 });
    expect(await from('198.51.100.1')).toEqual({ others: 1 });
    // What a device claims stands before what the proxy says.
    expect(await from('203.0.113.9, 198.51.100.2')).toEqual({ others: 1 });
    expect(await from('198.51.100.3')).toEqual({ others: 2 });
  });

  test('does not count the server’s own machine as another', async () => {
    for (const host of ['127.0.0.1', ...network]) {
      const answer = await fetch(`http://${host}:${portOf(inNetwork)}/api/check`);
      expect([host, await answer.json()]).toEqual([host, { others: 0 }]);
    }
  });

  test('is forgotten after ten minutes, and of many the oldest at once', () => {
    let now = 0;
    const { others } = createAskers(() => now);
    others('first');
    now += 9 * 60_000;
    expect(others('second')).toBe(1);
    now += 60_001;
    expect(others('second')).toBe(0);
    for (let i = 0; i < 5000; i++) others(`${i}`);
    expect(others('last')).toBe(299);
    // It asks again, so it is none of the oldest.
    for (let i = 0; i < 200; i++) others(`new ${i}`);
    others('last');
    for (let i = 0; i < 299; i++) others(`newer ${i}`);
    now += 10 * 60_000;
    expect(others('last')).toBe(299);
  });
});

const NONE = { addresses: [] };

describe('the addresses for the board', () => {
  /** `fetch` sets the host itself. */
  const ask = (host: string, headers: Record<string, string> = {}, server = inNetwork) =>
    new Promise<{ status: number; text: string }>((done, fail) => {
      const asked = request(
        {
          host,
          port: portOf(server),
          path: '/api/addresses',
          headers: { host: `localhost:${portOf(server)}`, ...headers },
        },
        (answer) => {
          let text = '';
          answer.on('data', (part) => (text += part));
          answer.on('end', () => done({ status: answer.statusCode!, text }));
        },
      );
      asked.on('error', fail).end();
    });

  test('are those of this machine in its network', async () => {
    const { status, text } = await ask('127.0.0.1');
    expect(status).toBe(200);
    expect(JSON.parse(text)).toEqual({ addresses: network.map((each) => `http://${each}:${portOf(inNetwork)}`) });
    for (const host of ['127.0.0.1', '[::1]', 'localhost'])
      expect((await ask('127.0.0.1', { host: `${host}:3000` })).status).toBe(200);
  });

  test.each([
    ['came through a proxy', { 'x-forwarded-for': '127.0.0.1' }],
    ['came through another kind of proxy', { via: '1.1 somewhere' }],
    ['asks for another name, which leads here', { host: 'game.example' }],
    ['asks for another name that looks like this machine', { host: '127.0.0.1.example:3000' }],
  ])('are not for somebody who %s', async (_, headers) => {
    const { status, text } = await ask('127.0.0.1', headers as Record<string, string>);
    expect([status, JSON.parse(text)]).toEqual([200, NONE]);
  });

  test('are not for another device', async () => {
    for (const host of network) expect(JSON.parse((await ask(host)).text)).toEqual(NONE);
    expect(JSON.parse((await ask('127.0.0.1', {}, behindProxy)).text)).toEqual(NONE);
  });
});
