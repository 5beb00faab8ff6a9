/** Every setting: its environment variable, its default and when to change it. Read and checked once, at the start. */
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import * as v from 'valibot';
import { OperatorError } from './failure.ts';
import { MODEL_DIR } from './paths.ts';

const wholeNumber = (min: number, max: number) =>
  v.pipe(
    v.string(),
    v.check(
      (text) => /^\d+$/.test(text) && Number(text) >= min && Number(text) <= max,
      `must be a whole number from ${min} to ${max}`,
    ),
    v.transform(Number),
  );
const number = (min: number, max: number, fallback: number) => v.optional(wholeNumber(min, max), `${fallback}`);

const oneOf = <const T extends string[]>(...choices: T) =>
  v.picklist(choices, `must be ${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}`);

const flag = v.pipe(
  v.optional(oneOf('0', '1'), '0'),
  v.transform((text) => text === '1'),
);

/** `https://a.example:8443`, as browsers write it; undefined if it is anything else, or more than that. */
function originOf(text: string): string | undefined {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol) || url.host.includes('*')) return undefined;
  return url.href === `${url.origin}/` ? url.origin : undefined;
}

const origins = v.pipe(
  v.optional(v.string(), ''),
  v.transform((text) => text.split(',').filter((each) => each.trim())),
  v.check(
    (all) => all.every(originOf),
    'must be origins without a path, separated by commas: https://a.example,https://b.example:8443',
  ),
  v.transform((all) => all.map((each) => originOf(each)!)),
);

/** An IPv6 address may stand in brackets, as in a URL. */
const host = v.pipe(
  v.string(),
  v.transform((text) => text.replace(/^\[(.*)\]$/, '$1')),
  v.check(
    (text) => isIP(text) > 0 || /^[a-z\d]([\w.-]*[a-z\d])?$/i.test(text),
    'must be an address or a name of this machine: 0.0.0.0, 127.0.0.1, ::',
  ),
);

const basePath = v.pipe(
  v.string(),
  v.transform((text) => text.replace(/^\/+|\/+$/g, '')),
  v.check(
    (path) => path === '' || path.split('/').every((part) => /^[\w.~-]+$/.test(part) && !/^\.+$/.test(part)),
    'must be a path of letters, digits, - . _ and ~: /derby',
  ),
  v.transform((path) => (path === '' ? '/' : `/${path}/`)),
);

/** The same URL with its password percent-encoded, so that both Redis clients read it alike; or what is wrong with it. */
function redisUrlOf(text: string): { url: string } | { fault: string } {
  if (!/^rediss?:\/\//i.test(text)) return { fault: 'must begin with redis:// or rediss://' };
  const url = URL.parse(text);
  const isWhole = url && !/\s/.test(text) && url.hostname !== '' && !url.hostname.includes(',');
  // A / ? or # in the password ends the host there, and the @ comes too late.
  const isSplit = !isWhole || url.hash !== '' || `${url.pathname}${url.search}`.includes('@');
  if (isSplit || !isDecodable(url.username) || !isDecodable(url.password))
    return {
      fault:
        'must be redis://user:password@host:6379. Percent-encode every / ? # % @ and blank in the password (# is %23)',
    };
  if (!/^\/?\d*$/.test(url.pathname)) return { fault: 'may have nothing but the number of a database after the host' };
  return { url: url.href.replaceAll(',', '%2C') };
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

const redisUrl = v.pipe(
  v.string(),
  // Only the beginning of a node's URL shows that a comma is none of a password.
  v.transform((text) => text.split(/,\s*(?=rediss?:\/\/)/i).map(redisUrlOf)),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const urls: string[] = [];
    for (const node of dataset.value) {
      if ('url' in node) urls.push(node.url);
      else {
        addIssue({ message: node.fault });
        return NEVER;
      }
    }
    return urls.join(',');
  }),
);

const SETTINGS = v.object({
  /** The port of the game. 0 lets the system choose one, for tests. */
  PORT: number(0, 65535, 3000),
  /**
   * The address to listen on. The default admits phones on the same network over IPv4; `::` is for IPv6 and IPv4. Behind a proxy
   * on the same machine use 127.0.0.1.
   */
  HOST: v.optional(host, '0.0.0.0'),
  /** Proxies in front of the game, each of which appends to `X-Forwarded-For`. Limits of an address need the right number. */
  TRUSTED_HOPS: number(0, 10, 0),
  /** A second port, for `/metrics` and nothing else. Keep it inside the network. Without it there are no metrics. */
  METRICS_PORT: v.optional(wholeNumber(0, 65535)),
  /** The path of the game, if a proxy has other things on the same host: /derby. The proxy passes it on unchanged. */
  BASE_PATH: v.optional(basePath, '/'),
  LOG_LEVEL: v.optional(oneOf('debug', 'info', 'warn', 'error', 'silent'), 'warn'),
  /** The recognizer's engine: `native` or `wasm`. By default native if TensorFlow runs here, else wasm. */
  RECOGNIZER: v.optional(oneOf('native', 'wasm')),
  /**
   * The folder of the model: model.json, weights.bin, words.json. By default the shipped one. A relative path counts from the
   * folder in which the server is started.
   */
  MODEL_DIR: v.optional(
    v.pipe(
      v.string(),
      v.transform((path) => resolve(path)),
    ),
    MODEL_DIR,
  ),
  /** Origins whose pages may connect as well as the game's own, separated by commas: https://a.example,https://b.example */
  ORIGINS: origins,
  /** The most rooms on one process; further ones are refused with `server-full`. */
  MAX_ROOMS: number(1, 1_000_000, 2000),
  /** redis://user:password@host:6379, or rediss:// for TLS. Any number of processes share all rooms in it; without it they are in memory. */
  REDIS_URL: v.optional(redisUrl),
  /** 1 if REDIS_URL is a Redis Cluster; the URL then names any of its nodes, separated by commas. */
  REDIS_CLUSTER: flag,
  /** Signs the sessions of the leaderboards, and chooses the words of each day. By default a random one, shared through Redis if there is one. */
  SESSION_SECRET: v.optional(v.pipe(v.string(), v.minLength(16, 'must have at least 16 characters'))),
  /** Replays may take so much, in memory or in Redis. Over it, those that would expire first go; 0 keeps none. MB */
  REPLAYS_MB: number(0, 1_000_000, 64),
  /** Replays that somebody keeps or shares stay this long. Others go when their room has been closed for a day. Days */
  KEEP_DAYS: number(1, 365, 30),
  /** Drawings in the gallery stay this long. Days */
  GALLERY_DAYS: number(1, 3650, 365),
  /** So many visitors who report a drawing hide it, until the operator decides. */
  REPORTS_TO_HIDE: number(1, 1000, 3),
  /** on: players are asked whether they give their drawings away. It needs DATA_DIR. */
  DONATIONS: v.pipe(
    v.optional(oneOf('on', 'off'), 'off'),
    v.transform((text) => text === 'on'),
  ),
  /** The folder of what is kept for long: donated drawings, and which of them were deleted. All processes on a machine share it. */
  DATA_DIR: v.optional(
    v.pipe(
      v.string(),
      v.transform((path) => resolve(path)),
    ),
  ),
  /** Whether /explore is there. `auto`: if there are drawings to explore. */
  EXPLORE: v.optional(oneOf('on', 'off', 'auto'), 'auto'),
  /** A folder of Quick, Draw! drawings for /explore: with simplified/<word>.ndjson or raw/<word>.ndjson. */
  EXPLORE_DATA: v.optional(
    v.pipe(
      v.string(),
      v.transform((path) => resolve(path)),
    ),
  ),
  /** Lets the operator review, hide and delete drawings with `npm run moderate`. Without it nobody can. */
  OPERATOR_TOKEN: v.optional(v.pipe(v.string(), v.minLength(16, 'must have at least 16 characters'))),
  /** The most that donated drawings take in DATA_DIR; further ones are refused. MB */
  DONATIONS_MB: number(1, 1_000_000, 1024),
  /** Donated drawings are removed after so long. Days */
  DONATED_DAYS: number(1, 36_500, 5 * 365),
  /** Where the drawers are, if the operator knows: two letters, as in DE. It is written with each donated drawing. */
  COUNTRY_CODE: v.optional(
    v.pipe(
      v.string(),
      v.check((text) => /^[A-Z]{2}$/.test(text), 'must be two capital letters: DE'),
    ),
    'ZZ',
  ),
  /** Seconds between SIGTERM and the end, for a load balancer that must see `/readyz` fail first. */
  DRAIN: number(0, 300, 0),
  /** Length of the pauses between rounds, in percent; tests shorten them. */
  PAUSES: number(1, 1000, 100),
});

const SOUND_SETTINGS = v.pipe(
  SETTINGS,
  v.forward(
    v.check(
      ({ REDIS_URL, REDIS_CLUSTER }) => REDIS_CLUSTER || !REDIS_URL?.includes(','),
      'names several nodes. That needs REDIS_CLUSTER=1',
    ),
    ['REDIS_URL'],
  ),
  v.forward(
    v.check(({ REDIS_URL, REDIS_CLUSTER }) => !REDIS_CLUSTER || REDIS_URL !== undefined, 'needs REDIS_URL'),
    ['REDIS_CLUSTER'],
  ),
  v.forward(
    v.check(({ DONATIONS, DATA_DIR }) => !DONATIONS || DATA_DIR !== undefined, 'needs DATA_DIR'),
    ['DONATIONS'],
  ),
);

export type Config = v.InferOutput<typeof SETTINGS>;

/** Settings whose values must not be printed. */
const SECRETS = ['REDIS_URL', 'SESSION_SECRET', 'OPERATOR_TOKEN'];
/** Longer values are cut in an error message. */
const SHOWN_LENGTH = 60;

/** An empty setting is none, and blanks around a value do not count. Throws an error with a line for each invalid setting. */
export function readConfig(env: Record<string, string | undefined>): Config {
  const given = Object.fromEntries(Object.keys(SETTINGS.entries).map((name) => [name, env[name]?.trim() || undefined]));
  const parsed = v.safeParse(SOUND_SETTINGS, given);
  if (parsed.success) return parsed.output;
  const lines = parsed.issues.map((issue) => {
    const name = v.getDotPath(issue)!;
    const shown = SECRETS.includes(name) ? '' : `, not ${JSON.stringify(given[name]?.slice(0, SHOWN_LENGTH))}`;
    return `${name} ${issue.message}${shown}.`;
  });
  throw new OperatorError(lines.join('\n'));
}

/** A shorter one is part of many a word. */
const MIN_SECRET_LENGTH = 4;

/** Each form in which somebody may repeat a secret of these settings. */
export function secretsOf({ REDIS_URL, SESSION_SECRET, OPERATOR_TOKEN }: Config): string[] {
  const passwords = (REDIS_URL?.split(',') ?? []).map((node) => new URL(node).password);
  const all = [SESSION_SECRET ?? '', OPERATOR_TOKEN ?? '', ...passwords, ...passwords.map(decodeURIComponent)];
  return [...new Set(all)].filter(({ length }) => length >= MIN_SECRET_LENGTH);
}
