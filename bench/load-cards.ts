/**
 * `npm run bench:cards:load -- [--races 5] [--seconds 6] [--rooms 1] [--pause 0]`: what a race feels while 20 people at once ask for
 * cards of links, each for one after the other, `--pause` seconds apart. No card comes from the cache.
 */
import { parseArgs } from 'node:util';
import { CARDS_AT_ONCE } from '../server/cards/artist.ts';
import { beside } from './beside.ts';
import { replayId } from './reports.ts';
import { visit } from './visitors.ts';

const { values } = parseArgs({
  options: {
    races: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '6' },
    rooms: { type: 'string', default: '1' },
    pause: { type: 'string', default: '0' },
  },
});
const AT_ONCE = 20;
const REPLAYS = 100;
const LANGUAGES = ['en', 'de', 'fr', 'es', 'pt', 'ja', 'zh', 'ar'];

/** No card is asked for twice in a run. */
const paths = LANGUAGES.flatMap((language) =>
  Array.from({ length: REPLAYS }, (_, n) => `api/replays/${replayId(n)}/card.png?lang=${language}`),
);

const rates: number[] = [];
let refused = 0;
async function askForCards(url: string): Promise<() => Promise<void>> {
  // Until the threads run, which from source takes a while.
  const until = CARDS_AT_ONCE * 2;
  const ended = await visit(url, { paths, people: AT_ONCE, pauseMs: Number(values.pause) * 1000, until });
  const began = performance.now();
  return async () => {
    const count = await ended();
    rates.push(((count.answered - until) * 1000) / (performance.now() - began));
    refused += count.refused;
  };
}

const load = {
  kind: 'game',
  rooms: Number(values.rooms),
  seconds: Number(values.seconds),
  env: { REPLAYS: `${REPLAYS}` },
} as const;
await beside(`${AT_ONCE} who ask for cards`, askForCards, load, Number(values.races));
console.log(`cards a second: ${rates.map((each) => each.toFixed(0)).join(', ')}; refused: ${refused}`);
process.exit(0);
