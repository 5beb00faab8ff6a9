/** The settings: what each may be, what is written instead of it when it is not, and that no secret is in that. */
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readConfig, secretsOf } from '../../server/config.ts';
import { createOrigins } from '../../server/edge/origins.ts';
import { cannotListen, checkNode, reasonOf } from '../../server/failure.ts';
import { createLog } from '../../server/log.ts';
import { MODEL_DIR } from '../../server/paths.ts';

const defaults = readConfig({});
const messageOf = (env: Record<string, string>): string => {
  try {
    readConfig(env);
  } catch (error) {
    return reasonOf(error);
  }
  throw new Error(`${JSON.stringify(env)} was taken`);
};

test('an empty setting is none, and blanks around a value do not count', () => {
  const empty = Object.fromEntries(Object.keys(defaults).map((name) => [name, '']));
  const blank = Object.fromEntries(
    [...Object.keys(defaults), 'REDIS_URL', 'SESSION_SECRET'].map((name) => [name, ' \n']),
  );
  expect(readConfig(empty)).toEqual(defaults);
  expect(readConfig(blank)).toEqual(defaults);
  expect(readConfig({ PORT: ' 8080\n', RECOGNIZER: ' wasm ', REDIS_CLUSTER: '0 ' })).toMatchObject({
    PORT: 8080,
    RECOGNIZER: 'wasm',
  });
});

test.each([
  ['PORT', 'abc', 'must be a whole number from 0 to 65535, not "abc"'],
  ['PORT', '70000', 'must be a whole number from 0 to 65535, not "70000"'],
  ['PORT', '0x50', 'must be a whole number'],
  ['PORT', '3000.5', 'must be a whole number'],
  ['PORT', '-1', 'must be a whole number'],
  ['MAX_ROOMS', '0', 'must be a whole number from 1 to 1000000'],
  ['MAX_ROOMS', '1e3', 'must be a whole number from 1 to 1000000'],
  ['RECOGNIZER', 'Native', 'must be native or wasm, not "Native"'],
  ['LOG_LEVEL', 'verbose', 'must be debug, info, warn, error or silent'],
  ['REDIS_CLUSTER', 'yes', 'must be 0 or 1'],
  ['REDIS_CLUSTER', '1', 'needs REDIS_URL'],
  ['HOST', 'http://localhost', 'must be an address or a name of this machine'],
  ['HOST', 'localhost:3000', 'must be an address or a name of this machine'],
  ['HOST', '*', 'must be an address or a name of this machine'],
  ['ORIGINS', 'a.example', 'must be origins'],
  ['ORIGINS', 'https://a.example/game', 'must be origins'],
  ['ORIGINS', 'https://*.example', 'must be origins'],
  ['ORIGINS', 'https://a.example https://b.example', 'must be origins'],
  ['ORIGINS', '*', 'must be origins'],
  ['BASE_PATH', 'https://a.example/derby', 'must be a path'],
  ['BASE_PATH', '/a b', 'must be a path'],
  ['BASE_PATH', '/derby?x', 'must be a path'],
  ['BASE_PATH', '/../derby', 'must be a path'],
  ['BASE_PATH', '/a//b', 'must be a path'],
  ['BASE_PATH', '/:code', 'must be a path'],
  ['EXPLORE', 'yes', 'must be on, off or auto'],
  ['SESSION_SECRET', 'short-secret', 'must have at least 16 characters'],
  ['DONATIONS', '1', 'must be on or off'],
  ['DONATIONS', 'on', 'needs DATA_DIR'],
  ['COUNTRY_CODE', 'Germany', 'must be two capital letters'],
  ['COUNTRY_CODE', 'de', 'must be two capital letters'],
  ['DONATED_DAYS', '0', 'must be a whole number from 1'],
  ['DONATIONS_MB', '1GB', 'must be a whole number'],
  ['OPERATOR_TOKEN', 'short-token', 'must have at least 16 characters'],
  ['GALLERY_DAYS', '0', 'must be a whole number from 1 to 3650'],
  ['REPORTS_TO_HIDE', '0', 'must be a whole number from 1 to 1000'],
])('%s=%s is refused in one line', (name, value, message) => {
  const line = messageOf({ [name]: value });
  expect(line).toContain(`${name} ${message}`);
  expect(line).not.toContain('\n');
});

test('each wrong setting has a line, and a long value is cut', () => {
  const lines = messageOf({ PORT: 'x'.repeat(5000), HOST: 'a\nb', DRAIN: '301' }).split('\n');
  expect(lines.map((line) => line.split(' ')[0])).toEqual(['PORT', 'HOST', 'DRAIN']);
  expect(lines[0]!.length).toBeLessThan(200);
});

test('ORIGINS become what browsers send', () => {
  const { ORIGINS } = readConfig({
    ORIGINS: ' https://A.example/ ,http://b.example:8080,, https://münchen.example:443',
  });
  expect(ORIGINS).toEqual(['https://a.example', 'http://b.example:8080', 'https://xn--mnchen-3ya.example']);
});

test.each([
  ['derby', '/derby/'],
  ['/derby', '/derby/'],
  ['//derby//', '/derby/'],
  ['/games/derby-2/', '/games/derby-2/'],
  ['/', '/'],
])('BASE_PATH=%s means %s', (given, meant) => {
  expect(readConfig({ BASE_PATH: given }).BASE_PATH).toBe(meant);
});

test('HOST may be an IPv6 address, in brackets too', () => {
  for (const HOST of ['::', '[::]', '::1', '[::1]']) expect(readConfig({ HOST }).HOST).toBe(HOST.replace(/[[\]]/g, ''));
});

test('a relative MODEL_DIR counts from the working directory', () => {
  expect(readConfig({ MODEL_DIR: 'models/mine' }).MODEL_DIR).toBe(resolve('models/mine'));
  expect(defaults.MODEL_DIR).toBe(MODEL_DIR);
});

describe('REDIS_URL', () => {
  test.each([
    'redis://user:pa#ss-word@redis:6379',
    'redis://user:12#34-word@redis:6379',
    'redis://user:pa/ss-word@redis:6379',
    'redis://user:12/34-word@redis:6379',
    'redis://user:pa?ss-word@redis:6379',
    'redis://user:12?34-word@redis:6379',
    'redis://user:100%-word@redis:6379',
    'redis://user:pa ss-word@redis:6379',
    'redis://:#ss-word@redis:6379',
    'http://user:pass-word@redis:6379',
    'user:pass-word@redis:6379',
    'redis://user:pass-word@redis:99999',
    'redis://user:pass-word@',
    'redis://redis:6379/pass-word',
    'redis://a:pass-word@one:1,redis://b:p#ss-word@two:2',
    'redis://a:pass-word@one:1,two:2',
  ])('%s is refused, without its password', (url) => {
    for (const REDIS_CLUSTER of ['0', '1']) {
      const line = messageOf({ REDIS_URL: url, REDIS_CLUSTER });
      expect(line).toMatch(/^REDIS_URL /);
      expect(line).not.toMatch(/-word|\n/);
    }
  });

  test('says how to write such a password', () => {
    expect(messageOf({ REDIS_URL: 'redis://user:pa#ss@redis:6379' })).toContain('(# is %23)');
    expect(messageOf({ REDIS_URL: 'redis://one,redis://two' })).toContain('REDIS_CLUSTER=1');
  });

  test.each([
    ['redis://redis:6379', ''],
    ['rediss://redis/3', ''],
    ['REDIS://redis', ''],
    ['redis://[::1]:6379', ''],
    ['redis://user:p%23%2F%3F%25@redis', 'p#/?%'],
    ['redis://user:p@ss:w,rd@redis', 'p@ss:w,rd'],
  ])('%s is taken', (url, password) => {
    const { REDIS_URL } = readConfig({ REDIS_URL: url });
    expect(decodeURIComponent(new URL(REDIS_URL!).password)).toBe(password);
    expect(REDIS_URL).not.toContain(',');
  });

  test('may list the nodes of a cluster', () => {
    const { REDIS_URL } = readConfig({ REDIS_URL: 'redis://u:a,b@one:1, redis://u:a,b@two:2', REDIS_CLUSTER: '1' });
    expect(REDIS_URL!.split(',')).toEqual(['redis://u:a%2Cb@one:1', 'redis://u:a%2Cb@two:2']);
  });
});

test('secrets are those of the settings, in each form', () => {
  const config = readConfig({ REDIS_URL: 'redis://user:p@ss%23word@redis', SESSION_SECRET: 'a-long-session-secret' });
  expect(secretsOf(config)).toEqual(['a-long-session-secret', 'p%40ss%23word', 'p@ss#word']);
  expect(secretsOf(defaults)).toEqual([]);
});

test('a failure to listen names the setting; a bug keeps its stack, and nothing else of the error', () => {
  const failure = (code: string, more = {}) => Object.assign(new Error(`listen ${code}`), { code, ...more });
  expect(cannotListen(failure('EADDRINUSE'), '0.0.0.0', 65_535).message).toContain('PORT=65534');
  expect(cannotListen(failure('EACCES'), '0.0.0.0', 80).message).toContain('port 80');
  expect(cannotListen(failure('EADDRNOTAVAIL'), '203.0.113.1', 1).message).toContain('HOST=203.0.113.1 is not');
  expect(cannotListen(failure('EAFNOSUPPORT'), '::', 1).message).toContain('HOST=::');
  expect(cannotListen(failure('ENOTFOUND', { hostname: 'x' }), 'x', 1).message).toContain('HOST=x cannot be resolved');
  expect(cannotListen(failure('EINVAL'), 'fe80::1', 1).message).toContain('HOST=fe80::1');

  const bug = Object.assign(new TypeError('Invalid URL'), { input: 'redis://:pass-word@redis' });
  expect(reasonOf(bug)).toMatch(/^TypeError: Invalid URL\n +at /);
  expect(reasonOf(bug)).not.toContain('pass-word');
});

test('the versions of Node are those of package.json', () => {
  for (const version of ['20.19.0', '20.20.2', '22.14.0']) checkNode('package.json', version);
  for (const version of ['18.20.8', '20.9.0', '23.0.0', '24.1.0'])
    expect(() => checkNode('package.json', version)).toThrow(`this is Node ${version}`);
});

describe('origins', () => {
  const lines: string[] = [];
  const log = { ...createLog('silent'), warn: (fields: object) => void lines.push(JSON.stringify(fields)) };
  const origins = createOrigins(['https://other.example'], log as never);

  test.each([
    ['https://game.example', 'game.example', true],
    ['https://game.example', 'game.example:443', true],
    ['http://game.example', 'GAME.example:80', true],
    ['http://localhost:3000', 'localhost:3000', true],
    ['http://[::1]:3000', '[::1]:3000', true],
    ['https://other.example', 'game.example', true],
    [undefined, 'game.example', true],
    ['https://game.example', 'game.example:80', false],
    ['https://evil.example', 'game.example', false],
    ['https://game.example', 'app:3000', false],
    ['https://game.example', undefined, false],
    ['null', 'game.example', false],
    ['', 'game.example', false],
    ['undefined', undefined, false],
  ])('%s at host %s: %s', (origin, host, allowed) => {
    expect(origins.isAllowed(origin, host)).toBe(allowed);
  });

  test.each([
    [undefined, true],
    ['same-origin', true],
    ['same-site', false],
    ['cross-site', false],
    ['none', false],
  ])('a GET without an origin, of which the browser says %s: %s', (site, allowed) => {
    expect(origins.admit({ host: 'game.example', 'sec-fetch-site': site })).toBe(allowed);
  });

  test('logs a refused origin once, and not without end', () => {
    for (let i = 0; i < 3; i++) origins.admit({ origin: 'https://evil.example', host: 'game.example' });
    expect(lines).toEqual(['{"origin":"https://evil.example","host":"game.example"}']);
    for (let i = 0; i < 500; i++)
      origins.admit({ origin: `https://${i}.example/${'x'.repeat(10_000)}`, host: 'game.example' });
    expect(lines.length).toBe(100);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(500);
  });
});
