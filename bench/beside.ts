/** What a race feels of something else that the machine does meanwhile. */
import { spawn } from 'node:child_process';
import { median } from '../models/metrics.ts';
import type { Load } from './load.ts';
import { bench, percentile } from './load.ts';

type Meanwhile = NonNullable<Load['meanwhile']>;

/**
 * A process of the lowest priority that only counts, and never asks the server for anything: what it costs a race, any work beside
 * it costs on this machine.
 */
const counting: Meanwhile = async () => {
  const child = spawn('nice', ['-n', '19', process.execPath, '-e', 'for (;;);'], { stdio: 'ignore' });
  return async () => void child.kill('SIGKILL');
};

/** Races without it, with it, and beside a process that only counts, in turn; a line of medians for each. Resolves with all figures. */
export async function beside(name: string, meanwhile: Meanwhile, load: Omit<Load, 'meanwhile'>, times: number) {
  const kinds: [string, Meanwhile | undefined][] = [
    ['nothing', undefined],
    [name, meanwhile],
    ['a process that only counts', counting],
  ];
  const runs = new Map<string, number[][]>(kinds.map(([kind]) => [kind, []]));
  for (let turn = 0; turn < times; turn++)
    for (let i = 0; i < kinds.length; i++) {
      const [kind, meanwhile] = kinds[(i + turn) % kinds.length]!;
      const { guesses, loopP50, loopP99 } = await bench({ ...load, ...(meanwhile && { meanwhile }) });
      const [p50, p99] = [0.5, 0.99].map((share) => Number(percentile(guesses, share)));
      runs.get(kind)!.push([p50!, p99!, loopP50, loopP99]);
    }
  console.log(
    `\n| race of ${load.rooms} x 8 beside | guess p50 | guess p99 | event-loop p50 | event-loop p99 |\n|---|---|---|---|---|`,
  );
  for (const [kind, rows] of runs) {
    const medians = [0, 1, 2, 3].map((i) => median(rows.map((row) => row[i]!))!);
    console.log(`| ${kind} | ${medians.map((ms) => `${ms.toFixed(1)} ms`).join(' | ')} |`);
  }
  console.log(`\nmedians of ${times} races each`);
  return Object.fromEntries(runs);
}
