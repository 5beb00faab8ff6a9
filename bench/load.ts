/** One measurement: servers under load, each in a process of its own, and the generator in another. */
import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { GeneratorReport, Order } from './generator.ts';
import type { ProcessReport, Ready } from './reports.ts';

export const SEATS = 8;

/** The game, or a baseline that only relays. */
export type Kind = 'game' | 'socket.io' | 'ws';

export interface Outcome extends Pick<GeneratorReport, 'relay' | 'up' | 'down' | 'missed'> {
  engine: string;
  rooms: number;
  /** That the servers took, a second. */
  chunks: number;
  /** µs */
  mainPerChunk: number;
  allPerChunk: number;
  /** Of the generator. Share of a core; ms */
  generator: { cpu: number; loopP99: number };
  /** ms */
  guesses: number[];
  loopP50: number;
  loopP99: number;
}

/** What to put under load, and for how long. */
export interface Load {
  kind: Kind;
  rooms: number;
  seconds: number;
  engine?: string | undefined;
  /** How many processes share a Redis. */
  processes?: number;
  /** Each room's people are on one process. Otherwise they are spread over all. */
  together?: boolean;
  redis?: string | undefined;
  /** More settings of the server. `REPLAYS=2`: it has replays named `replayId(0)` and `replayId(1)`. */
  env?: Record<string, string>;
  /** A folder for CPU profiles of the first server's threads. */
  profile?: string | undefined;
  /** Begins something else that the server does meanwhile; resolves once it is under way, with what ends it. */
  meanwhile?: (url: string) => Promise<() => Promise<void>>;
}

/** Until the code that runs often is compiled: servers run for days. */
export const WARM_UP_S = 8;

export async function bench({
  kind,
  rooms,
  seconds,
  engine,
  processes = 1,
  together = false,
  redis,
  env,
  profile,
  meanwhile,
}: Load): Promise<Outcome> {
  const script = kind === 'game' ? './server.ts' : './relay.ts';
  const servers = Array.from({ length: processes }, () =>
    start(
      script,
      {
        TRUSTED_HOPS: '1',
        ...(kind === 'ws' && { RELAY: 'ws' }),
        ...(engine && { RECOGNIZER: engine }),
        ...(redis && { REDIS_URL: redis }),
        ...env,
      },
      profile,
    ),
  );
  const ready = await Promise.all(servers.map(async (child) => ((await once(child, 'message')) as [Ready])[0]));
  const hosts = ready.map(({ port }) => `127.0.0.1:${port}`);
  const generator = start('./generator.ts');
  generator.send({ kind, rooms, hosts, together } satisfies Order);
  await once(generator, 'message');
  const endMeanwhile = await meanwhile?.(`http://${hosts[0]}`);
  await wait(WARM_UP_S);
  // These reports reset the counters.
  const reports = () =>
    Promise.all([reportOf<GeneratorReport>(generator), ...servers.map((server) => reportOf(server))] as const);
  await reports();
  await wait(seconds);
  const [load, ...all] = await reports();
  if (load.refused.length > 0) throw new Error(`${load.refused.length} rooms did not open: ${load.refused[0]}`);
  const end = sum(all);
  await endMeanwhile?.();
  for (const child of [generator, ...servers]) child.disconnect();
  await Promise.all(
    [generator, ...servers].filter((child) => child.exitCode === null).map((child) => once(child, 'exit')),
  );
  return {
    engine: ready[0]!.engine,
    rooms,
    chunks: end.chunks / seconds,
    mainPerChunk: (end.mainCpu / end.chunks) * 1e6,
    allPerChunk: (end.cpu / end.chunks) * 1e6,
    ...{ relay: load.relay, up: load.up, down: load.down, missed: load.missed },
    generator: { cpu: load.cpu / seconds, loopP99: load.loopP99 },
    guesses: end.guesses,
    loopP50: end.loopP50,
    loopP99: end.loopP99,
  };
}

const start = (script: string, env: NodeJS.ProcessEnv = {}, profile?: string): ChildProcess =>
  fork(new URL(script, import.meta.url), {
    execArgv: [...(profile ? ['--cpu-prof', `--cpu-prof-dir=${profile}`] : []), '--import', 'tsx'],
    env: { ...process.env, ...env },
  });

export async function reportOf<R = ProcessReport>(child: ChildProcess): Promise<R> {
  child.send('report');
  const [report] = (await once(child, 'message')) as [R];
  return report;
}

/** The total of several processes; for event loops, the slowest. */
const sum = (reports: ProcessReport[]): ProcessReport =>
  reports.reduce((a, b) => ({
    mainCpu: a.mainCpu + b.mainCpu,
    cpu: a.cpu + b.cpu,
    chunks: a.chunks + b.chunks,
    guesses: a.guesses.concat(b.guesses),
    loopP50: Math.max(a.loopP50, b.loopP50),
    loopP99: Math.max(a.loopP99, b.loopP99),
  }));

export const wait = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

export function percentile(list: number[], p: number): string {
  const sorted = [...list].sort((a, b) => a - b);
  return sorted.length ? sorted[Math.floor((sorted.length - 1) * p)]!.toFixed(0) : '–';
}
