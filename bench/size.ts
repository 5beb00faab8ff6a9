/**
 * `npm run bench:size`: what 10,000 and 125,000 rooms need, by what `npm run bench:scale` measured: with rooms together, and for contrast
 * with rooms spread. It prints the inputs, too.
 * `-- --json TOGETHER.json --contrast SPREAD.json --people 1000 --rooms 10000,125000`. Without `--people`, it uses the largest step that
 * both files have and that did not fill the machine. Each input and each choice of `size-model.ts` can be given instead:
 * `--loop 90 --looks 5`.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { CHOICES, type Choices, type Inputs, inputsOf, type Size, sizeOf } from './size-model.ts';
import { overload, type Step } from './steps.ts';

/** Of each input and choice, with its unit. */
const NAMES: Record<keyof Inputs | keyof Choices, [what: string, unit: string]> = {
  loop: ['event loop a chunk, rooms together', 'µs'],
  loopSpread: ['event loop a chunk, rooms spread', 'µs'],
  look: ['CPU for one look at a drawing, of all threads but the event loop', 'ms'],
  up: ['up, a person', 'B/s'],
  down: ['down, a person', 'B/s'],
  commands: ['Redis, rooms together: commands a chunk, with those in scripts', ''],
  bytesIn: ['bytes in a chunk', 'B'],
  bytesOut: ['bytes out a chunk', 'B'],
  redisCpu: ['CPU a chunk', 'µs'],
  commandsSpread: ['Redis, rooms spread: commands a chunk', ''],
  bytesInSpread: ['bytes in a chunk', 'B'],
  bytesOutSpread: ['bytes out a chunk', 'B'],
  redisCpuSpread: ['CPU a chunk', 'µs'],
  rss: ['RSS of a process without people', 'MB'],
  rssRoom: ['RSS that a room adds', 'kB'],
  redisRoom: ['Redis: a room at the worst moment (`MEMORY USAGE`)', 'kB'],
  probes: ['commands of each process at each node of a Cluster, without people (`npm run bench:shards`)', '/s'],
  connections: ['connections of each process to each node of a Cluster (the same)', ''],
  seats: ['people in a room', ''],
  drawing: ['share of the time in which a person draws', ''],
  chunks: ['chunks of one who draws', '/s'],
  looks: ['looks at a drawing while it is drawn', '/s'],
  rounds: ['words in a match', ''],
  match: ['length of a match of 8 (`npm run simulate`)', 's'],
  full: ['a core or Redis is used up to this share', ''],
  link: ['network of one Redis', 'Gbit/s'],
};
const keys = Object.keys(NAMES) as (keyof typeof NAMES)[];
/** Measured by other commands. */
const OTHERS = { redisRoom: 250, probes: 4.5, connections: 4.2 };

const { values } = parseArgs({
  options: {
    json: { type: 'string' },
    contrast: { type: 'string' },
    people: { type: 'string' },
    rooms: { type: 'string', default: '10000,125000' },
    ...Object.fromEntries(keys.map((key) => [key, { type: 'string' as const }])),
  },
});
const given = values as Record<string, string | undefined>;

/** Those at which the machine was not full, or the one that is asked for. */
function stepsOf(file: string | undefined): Step[] {
  const steps = file ? (JSON.parse(readFileSync(file, 'utf8')) as Step[]) : [];
  return steps.filter((step) => (values.people ? step.people === Number(values.people) : !overload(step)));
}

/** Only figures of as many people are compared. */
const contrasts = new Map(stepsOf(values.contrast).map((step) => [step.people, step]));
const together = stepsOf(values.json).findLast(({ people }) => contrasts.has(people));
const spread = contrasts.get(together?.people ?? 0);
if (values.json && !together) throw new Error('the files have no step in common at which the machine was not full');
const known = { ...CHOICES, ...OTHERS, ...(together && spread && inputsOf(together, spread)) };
const all = Object.fromEntries(
  keys.map((key) => [key, Number(given[key] ?? known[key as keyof typeof known] ?? Number.NaN)]),
) as unknown as Inputs & Choices;
const missing = keys.filter((key) => Number.isNaN(all[key]));
if (missing.length > 0)
  throw new Error(`--json FILE and --contrast FILE are missing, or: ${missing.map((key) => `--${key}`).join(' ')}`);

const short = (n: number): string =>
  n >= 1e9 ? `${round(n / 1e9)} G` : n >= 1e6 ? `${round(n / 1e6)} M` : n >= 1e4 ? `${round(n / 1e3)} k` : round(n);
const round = (n: number): string => (n >= 100 || Number.isInteger(n) ? n.toFixed(0) : n.toPrecision(2));

const from = (step: Step | undefined) =>
  step ? `${step.people} people in ${step.rooms} rooms on ${step.processes} processes, ${step.engine}` : 'given';
console.log(`together: ${from(together)}; spread: ${from(spread)}\n\n| input | |\n|---|---|`);
for (const key of keys) console.log(`| ${NAMES[key][0]} | ${`${round(all[key])} ${NAMES[key][1]}`.trim()} |`);

const ROWS: [string, (size: Size) => string][] = [
  ['chunks in', ({ chunks }) => `${short(chunks)}/s`],
  ['event loops', ({ loops }) => `${short(loops)} cores`],
  ['inference', ({ inference }) => `${short(inference)} cores`],
  ['processes', ({ processes }) => short(processes)],
  ['people on each; its RSS', ({ peopleOfEach, rss }) => `${round(peopleOfEach)}; ${round(rss)} MB`],
  ['Redis: commands', ({ commands }) => `${short(commands)}/s`],
  ['Redis: traffic in, out', ({ bytesIn, bytesOut }) => `${short(bytesIn)}B/s, ${short(bytesOut)}B/s`],
  ['Redis: CPU', ({ redisCores }) => `${round(redisCores)} cores`],
  ['Redis: memory, worst case', ({ memory }) => `${short(memory)}B`],
  ['Redis: shards, by CPU and network', ({ shards }) => short(shards)],
  ['at each shard: connections; probes', ({ connections, probes }) => `${short(connections)}; ${short(probes)}/s`],
  [
    'on one shard each: replays saved; matches counted',
    ({ replays, matches }) => `${short(replays)}/s; ${short(matches)}/s`,
  ],
  ['whether a process is alive: questions', ({ presence }) => `${short(presence)}/s`],
  ['from the players', ({ up }) => `${short(up * 8)}bit/s`],
  ['to the players', ({ down }) => `${short(down * 8)}bit/s`],
];
const sizes = values.rooms.split(',').flatMap((rooms) => [false, true].map((is) => ({ rooms: Number(rooms), is })));
const columns = sizes.map(({ rooms, is }) => sizeOf(rooms, all, all, is));
const heads = sizes.map(({ rooms, is }) => `${rooms.toLocaleString('en')} rooms, ${is ? 'spread' : 'together'}`);
console.log(`\n| | ${heads.join(' | ')} |\n|---|${'---|'.repeat(heads.length)}`);
for (const [name, cell] of ROWS) console.log(`| ${[name, ...columns.map(cell)].join(' | ')} |`);
