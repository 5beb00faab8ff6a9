/** Every setting: its environment variable, its default and when to change it. Read and checked once, at the start. */
import * as v from 'valibot';
import { MODEL_DIR } from './paths.ts';

const number = (min: number, max: number, fallback: number) =>
  v.optional(v.pipe(v.string(), v.digits(), v.transform(Number), v.minValue(min), v.maxValue(max)), `${fallback}`);
const list = v.pipe(
  v.optional(v.string(), ''),
  v.transform((text) => text.split(',').filter(Boolean)),
);

const flag = v.pipe(
  v.optional(v.picklist(['0', '1']), '0'),
  v.transform((text) => text === '1'),
);

const SETTINGS = v.object({
  /** The port of the game. 0 lets the system choose one, for tests. */
  PORT: number(0, 65535, 3000),
  /** The address to listen on. The default admits phones on the same network; behind a proxy use 127.0.0.1. */
  HOST: v.optional(v.string(), '0.0.0.0'),
  /** Proxies in front of the game, each of which appends to `X-Forwarded-For`. Limits of an address need the right number. */
  TRUSTED_HOPS: number(0, 10, 0),
  /** A second port, for `/metrics` and nothing else. Keep it inside the network. Without it there are no metrics. */
  METRICS_PORT: v.optional(v.pipe(v.string(), v.digits(), v.transform(Number), v.minValue(0), v.maxValue(65535))),
  LOG_LEVEL: v.optional(v.picklist(['debug', 'info', 'warn', 'error', 'silent']), 'warn'),
  /** The recognizer's engine: `native` or `wasm`. By default native if TensorFlow runs here, else wasm. */
  RECOGNIZER: v.optional(v.picklist(['native', 'wasm'])),
  /** The folder of the model: model.json, weights.bin, words.json. By default the shipped one. */
  MODEL_DIR: v.optional(v.string(), MODEL_DIR),
  /** Origins whose pages may connect as well as the game's own, separated by commas: https://a.example,https://b.example */
  ORIGINS: list,
  /** The most rooms on one process; further ones are refused with `server-full`. */
  MAX_ROOMS: number(1, 1_000_000, 2000),
  /** redis://user:password@host:6379, or rediss:// for TLS. Any number of processes share all rooms in it; without it they are in memory. */
  REDIS_URL: v.optional(v.pipe(v.string(), v.regex(/^rediss?:\/\//, 'must begin with redis:// or rediss://'))),
  /** 1 if REDIS_URL is a Redis Cluster; the URL then names any of its nodes, separated by commas. */
  REDIS_CLUSTER: flag,
  /** Signs the sessions of the leaderboards. By default a random one, shared through Redis if there is one. */
  SESSION_SECRET: v.optional(v.pipe(v.string(), v.minLength(16))),
  /** Seconds between SIGTERM and the end, for a load balancer that must see `/readyz` fail first. */
  DRAIN: number(0, 300, 0),
  /** Length of the pauses between rounds, in percent; tests shorten them. */
  PAUSES: number(1, 1000, 100),
});

export type Config = v.InferOutput<typeof SETTINGS>;

/** Throws an error that names each invalid setting. */
export function readConfig(env: Record<string, string | undefined>): Config {
  const parsed = v.safeParse(SETTINGS, env);
  if (parsed.success) return parsed.output;
  const invalid = parsed.issues.map((issue) => `${v.getDotPath(issue)}: ${issue.message}`);
  throw new Error(`Invalid settings:\n  ${invalid.join('\n  ')}`);
}
