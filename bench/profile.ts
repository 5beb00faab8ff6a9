/**
 * The functions that take most of the CPU in the last seconds of a process, by the `.cpuprofile` files of Node's `--cpu-prof`:
 * `tsx bench/profile.ts DIR [lines] [seconds]`
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Profile {
  nodes: { id: number; callFrame: { functionName: string; url: string; lineNumber: number }; children?: number[] }[];
  samples: number[];
  timeDeltas: number[];
}

/** What a thread does when it does nothing. */
const IDLE = ['(idle)', '(program)', '(root)'];

const [, , dir = '.', lines = '10', seconds = '5'] = process.argv;
for (const file of readdirSync(dir)
  .filter((name) => name.endsWith('.cpuprofile'))
  .sort()) {
  const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(join(dir, file), 'utf8')) as Profile;
  const names = new Map(
    nodes.map(({ id, callFrame: { functionName, url, lineNumber } }) => [
      id,
      `${functionName || '(anonymous)'}  ${url.replace(/^.*\/(node_modules|dist|work\/[^/]+)\//, '')}${url ? `:${lineNumber + 1}` : ''}`,
    ]),
  );
  const times = new Map<string, number>();
  for (let i = samples.length - 1, left = Number(seconds) * 1e6; i >= 0 && left > 0; i--) {
    const name = names.get(samples[i]!)!;
    times.set(name, (times.get(name) ?? 0) + timeDeltas[i]!);
    left -= timeDeltas[i]!;
  }
  const busy = [...times].filter(([name]) => !IDLE.includes(name.trim()));
  const total = busy.reduce((sum, [, time]) => sum + time, 0);
  console.log(`\n${file}: ${(total / 1e6).toFixed(2)} s of JavaScript and of what it calls`);
  for (const [name, time] of busy.sort((a, b) => b[1] - a[1]).slice(0, Number(lines)))
    console.log(`${((100 * time) / total).toFixed(1).padStart(5)} %  ${name}`);
}
