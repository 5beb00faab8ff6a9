/**
 * `npm run simulate -- --data DIR`: whole matches by the rules, with the times of the raw held-out drawings in DIR, replayed by the
 * shipped network. Prints how long matches take, what players do meanwhile, and whether winning rounds wins matches.
 *
 *   --matches N     for each number of players (default 2000)
 *   --drawings N    drawings to replay, evenly over the words (default all)
 *   --seed N        (default 1)
 */
import { parseArgs } from 'node:util';
import { readFolder } from '../models/evaluation.ts';
import { median } from '../models/metrics.ts';
import { progressBar } from '../models/output.ts';
import { acceptedAt, played, replay, spread } from '../models/play.ts';
import { PACE, type Prompt } from '../server/game/game.ts';
import { startRecognizer } from '../server/inference/thread.ts';
import { thresholdOf } from '../shared/verdict.ts';
import { chance } from '../test/support/chance.ts';
import { type Deck, type Spent, type Simulated, simulate, type Take } from './simulation.ts';

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    matches: { type: 'string', default: '2000' },
    drawings: { type: 'string', default: 'Infinity' },
    seed: { type: 'string', default: '1' },
  },
});
if (!values.data) throw new Error('Name a folder of raw drawings: npm run simulate -- --data DIR');

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** The times of real drawings. */
async function readDeck(data: string): Promise<Deck> {
  const recognizer = await startRecognizer({});
  try {
    const { words } = recognizer.words;
    const labels = new Map(words.map(({ word }, label) => [word, label]));
    const all = await readFolder(
      data,
      words.map(({ word }) => word),
      'held-out',
    );
    const drawings = spread(
      all.filter(({ times }) => times),
      Number(values.drawings),
    );
    const takes = new Map<string, Take[]>();
    const progress = progressBar();
    let done = 0;
    for await (const { drawing, answers } of replay(recognizer, drawings)) {
      const label = labels.get(drawing.word)!;
      const peak = acceptedAt(played(recognizer.words, answers, label), label, thresholdOf(words[label]!));
      const take = { recognized: peak?.ms ?? null, ends: drawing.times!.at(-1)!.at(-1)! };
      takes.set(words[label]!.word, [...(takes.get(words[label]!.word) ?? []), take]);
      progress(++done, drawings.length);
    }
    const prompts = words
      .filter(({ word, prompt }) => prompt && takes.has(word))
      .map(({ word, difficulty, factor }): Prompt => ({ word, difficulty, factor }));
    return { prompts, takes };
  } finally {
    await recognizer.close();
  }
}

function report(players: number, matches: readonly Simulated[]): void {
  const times = matches.map(({ ms }) => ms).sort((a, b) => a - b);
  const total = (name: keyof Spent) => matches.reduce((sum, { spent }) => sum + spent[name], 0);
  const all = players * matches.reduce((sum, { ms }) => sum + ms, 0);
  const bests = matches.flatMap(({ best }) => best ?? []);
  const won = bests.filter(({ isWinner }) => isWinner).length / bests.length;
  const byChance = bests.reduce((sum, { share }) => sum + share, 0) / bests.length;
  const p99 = times[Math.floor(0.99 * times.length)]!;
  const rounds = 6 * players * matches.length;
  console.log(`\n${players} players: a match takes ${seconds(median(times)!)} (99th of a hundred ${seconds(p99)})`);
  for (const name of ['drawing', 'finishing', 'free', 'stuck', 'reveal', 'countdown', 'settling'] as const)
    console.log(
      `  ${name.padEnd(10)} ${percent(total(name) / all).padStart(7)}  ${seconds(total(name) / rounds)} a round`,
    );
  console.log(
    `  neither drawing, watching a reveal nor able to act: ${percent((total('countdown') + total('settling')) / all)}`,
  );
  if (players > 1)
    console.log(`  who wins most rounds wins the match: ${percent(won)} (by chance ${percent(byChance)})`);
}

const deck = await readDeck(values.data);
const count = [...deck.takes.values()].flat().length;
console.log(
  `${count} drawings of ${deck.prompts.length} prompts; ${values.matches} matches of six rounds of 20 s; seed ${values.seed}`,
);
for (const players of [1, 2, 4, 8, 12]) {
  const { next } = chance(Number(values.seed));
  report(
    players,
    Array.from({ length: Number(values.matches) }, () => simulate(deck, players, PACE, next)),
  );
}
