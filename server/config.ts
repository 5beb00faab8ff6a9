/** Every setting: its environment variable, its default and why one would change it. Read and checked once, at the start. */
import * as v from 'valibot';
import { MODEL_DIR } from './paths.ts';

const number = (least: number, most: number, otherwise: number) =>
  v.optional(v.pipe(v.string(), v.digits(), v.transform(Number), v.minValue(least), v.maxValue(most)), `${otherwise}`);
const list = v.pipe(
  v.optional(v.string(), ''),
  v.transform((text) => text.split(',').filter(Boolean)),
);

const flag = v.pipe(
  v.optional(v.picklist(['0', '1']), '0'),
  v.transform((text) => text === '1'),
);

const SETTINGS = v.object({
  /** Where people reach the game. 0 lets the system choose, for tests. */
  PORT: number(0, 65535, 3000),
  /** The address to listen on. The default lets phones on the same network in; behind a proxy use 127.0.0.1. */
  HOST: v.optional(v.string(), '0.0.0.0'),
  LOG_LEVEL: v.optional(v.picklist(['debug', 'info', 'warn', 'error', 'silent']), 'warn'),
  /** Which engine recognizes: `native` or `wasm`; by default native where TensorFlow runs, else wasm. */
  RECOGNIZER: v.optional(v.picklist(['native', 'wasm'])),
  /** The folder of the model: model.json, weights.bin, words.json. By default the shipped one. */
  MODEL_DIR: v.optional(v.string(), MODEL_DIR),
  /** Origins whose pages may connect beside the game's own, separated by commas: https://a.example,https://b.example */
  ORIGINS: list,
  /** Rooms on one process at most; then `server-full`. */
  MAX_ROOMS: number(1, 1_000_000, 2000),
  /** redis://user:password@host:6379, or rediss:// for TLS. With it any number of processes share all games; else memory. */
  REDIS_URL: v.optional(v.pipe(v.string(), v.regex(/^rediss?:\/\//, 'must begin with redis:// or rediss://'))),
  /** 1 where REDIS_URL is a Redis Cluster; the URL then names any of its nodes, separated by commas. */
  REDIS_CLUSTER: flag,
  /** Signs the sessions of the leaderboards. By default one is made, and kept in Redis where there is one. */
  SESSION_SECRET: v.optional(v.pipe(v.string(), v.minLength(16))),
  /** Seconds between SIGTERM and the end, for a load balancer that must first see `/readyz` fail. */
  DRAIN: number(0, 300, 0),
  /** Length of the pauses between rounds, in percent of the usual: tests are in a hurry. */
  PAUSES: number(1, 1000, 100),
});

export type Config = v.InferOutput<typeof SETTINGS>;

/** Throws an error that names each wrong setting. */
export function readConfig(env: Record<string, string | undefined>): Config {
  const parsed = v.safeParse(SETTINGS, env);
  if (parsed.success) return parsed.output;
  const wrong = parsed.issues.map((issue) => `${v.getDotPath(issue)}: ${issue.message}`);
  throw new Error(`Settings that do not make sense:\n  ${wrong.join('\n  ')}`);
}
