/**
 * `npm run bench:cards:load -- [--pairs 5] [--seconds 6] [--rooms 1] [--pause 0]`: what a race feels while 20 people at once ask for cards of
 * links, each for one after the other, `--pause` seconds apart. A pair is a run without and one with them, in changing order. No card comes from the cache.
 */
import { parseArgs } from 'node:util';
import { CARDS_AT_ONCE } from '../server/cards/artist.ts';
import { bench, percentile, SEATS, wait } from './load.ts';
import { replayId } from './reports.ts';

const { values } = parseArgs({
  options: {
    pairs: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '6' },
    rooms: { type: 'string', default: '1' },
    pause: { type: 'string', default: '0' },
  },
});
const AT_ONCE = 20;
const REPLAYS = 100;
const LANGUAGES = ['en', 'de', 'fr', 'es', 'pt', 'ja', 'zh', 'ar'];

let asked = 0;
let drawn = 0;
let busy = 0;
let began = 0;
let perSecond = 0;
async function askForCards(url: string): Promise<() => void> {
  let isOver = false;
  asked = drawn = busy = 0;
  let fault: unknown;
  for (let i = 0; i < AT_ONCE; i++)
    void (async () => {
      while (!isOver) {
        const n = asked++;
        const path = `api/replays/${replayId(n % REPLAYS)}/card.png?lang=${LANGUAGES[Math.floor(n / REPLAYS) % LANGUAGES.length]}`;
        const answer = await fetch(`${url}/${path}`, { headers: { 'x-forwarded-for': `10.9.${n >> 8}.${n & 255}` } });
        await answer.arrayBuffer();
        if (answer.status === 200) drawn++;
        else busy++;
        await wait(Number(values.pause));
      }
    })().catch((error) => {
      if (!isOver) fault = error;
    });
  // Until the threads run, which from source takes a while.
  while (drawn < CARDS_AT_ONCE * 2) {
    if (fault) throw fault;
    await wait(0.1);
  }
  began = performance.now();
  drawn = busy = 0;
  return () => {
    isOver = true;
    perSecond = (drawn * 1000) / (performance.now() - began);
  };
}

const median = (list: number[]) => list.sort((a, b) => a - b)[Math.floor(list.length / 2)]!;
const load = {
  script: 'server',
  rooms: Number(values.rooms),
  seconds: Number(values.seconds),
  env: { REPLAYS: `${REPLAYS}` },
} as const;
const rises: { guess: number; loop: number }[] = [];
console.log(`rooms of ${SEATS}: ${load.rooms}; ${load.seconds} s each; ${AT_ONCE} ask for cards at once\n`);
console.log('| pair | guess p99 without, with | event-loop p99 without, with | cards a second | refused |');
console.log('|---|---|---|---|---|');
const all = { without: [] as number[][], with: [] as number[][] };
for (let pair = 1; pair <= Number(values.pairs); pair++) {
  const runs: { [kind: string]: { guess: number; loop: number } } = {};
  for (const kind of pair % 2 ? ['without', 'with'] : ['with', 'without']) {
    const outcome = await bench({ ...load, ...(kind === 'with' && { meanwhile: askForCards }) });
    runs[kind] = { guess: Number(percentile(outcome.guesses, 0.99)), loop: outcome.loopP99 };
    all[kind as 'with'].push([runs[kind].guess, runs[kind].loop]);
  }
  const [before, after] = [runs.without!, runs.with!];
  rises.push({ guess: after.guess / before.guess - 1, loop: after.loop - before.loop });
  console.log(
    `| ${pair} | ${before.guess}, ${after.guess} ms | ${before.loop.toFixed(1)}, ${after.loop.toFixed(1)} ms | ${perSecond.toFixed(0)} | ${busy} |`,
  );
}
const of = (kind: 'with' | 'without', i: number) => median(all[kind].map((run) => run[i]!)).toFixed(1);
console.log(
  `\nmedians: guess p99 ${of('without', 0)} ms without, ${of('with', 0)} ms with (median of the pairs' rises ${(median(rises.map(({ guess }) => guess)) * 100).toFixed(0)} %); ` +
    `event-loop p99 ${of('without', 1)} ms, ${of('with', 1)} ms (${median(rises.map(({ loop }) => loop)).toFixed(1)} ms)`,
);
process.exit(0);
