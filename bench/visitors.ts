/**
 * People at other computers who ask a server over HTTP while it has races: a process of its own with the lowest priority, so that
 * their own work costs the races nothing.
 */
import { fork } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';

const REPORT_MS = 100;

export interface Visit {
  /** Each asks for them one after the other, from a place of their own in the list. */
  paths: string[];
  people: number;
  /** At least so long from one request of a person to the next. ms */
  pauseMs: number;
}

export interface Asked {
  answered: number;
  refused: number;
}

/** Resolves once so many are answered, with what ends it and tells what was asked from then on. */
export async function visit(
  url: string,
  { until = 1, ...visits }: Visit & { until?: number },
): Promise<() => Promise<Asked>> {
  const child = fork(import.meta.filename, [url, JSON.stringify(visits)], { execArgv: ['--import', 'tsx'] });
  let count: Asked = { answered: 0, refused: 0 };
  child.on('message', (message) => {
    count = message as Asked;
  });
  while (count.answered < until) {
    if (child.exitCode !== null) throw new Error('the visitors’ process ended');
    await wait(REPORT_MS);
  }
  return async () => {
    child.disconnect();
    return count;
  };
}

if (process.send && process.argv[1] === import.meta.filename) {
  setPriority(constants.priority.PRIORITY_LOW);
  const [url, visits] = process.argv.slice(2) as [string, string];
  const { paths, people, pauseMs } = JSON.parse(visits) as Visit;
  const count: Asked = { answered: 0, refused: 0 };
  setInterval(() => process.send!(count), REPORT_MS);
  process.on('disconnect', () => process.exit());
  const ask = async (person: number) => {
    await wait((person / people) * pauseMs);
    for (let i = Math.floor((person / people) * paths.length); ; i = (i + 1) % paths.length) {
      const since = performance.now();
      // An address of their own, so that nobody's limit is another's.
      const response = await fetch(`${url}/${paths[i]}`, {
        headers: { 'x-forwarded-for': `10.9.${person}.${i & 255}` },
      });
      await response.arrayBuffer();
      if (response.ok) count.answered++;
      else count.refused++;
      await wait(Math.max(0, pauseMs - (performance.now() - since)));
    }
  };
  for (let person = 0; person < people; person++)
    // The server ends first.
    ask(person).catch(() => {});
}
