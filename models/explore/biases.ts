/** Whose drawings are recognized less often, or more often, than one would expect. Pure; of held-out drawings only. */
import type { Bias, ExploreBiases, Share } from '../../shared/explore.ts';
import type { Tally } from './study.ts';

/** Fewer drawings say nothing. */
const ENOUGH = { words: 10, countries: 20, languages: 20 };
/** Lines of each table. */
const MOST = 12;

export function biasesOf(tallies: ReadonlyMap<string, Tally>): ExploreBiases {
  const all: Share = { hits: 0, of: 0 };
  for (const { all: own } of tallies.values()) add(all, own);
  const mean = all.hits / (all.of || 1);
  const words = [...tallies].map(([word, tally]) => biasOf(word, tally.all, mean));
  return {
    all,
    words: mostOf(words, ENOUGH.words),
    countries: mostOf(groups(tallies, 'countries'), ENOUGH.countries),
    languages: mostOf(groups(tallies, 'languages'), ENOUGH.languages),
  };
}

/** Countries draw different words, some of them harder: what is expected of each drawing is the mean of its word. */
function groups(tallies: ReadonlyMap<string, Tally>, kind: 'countries' | 'languages'): Bias[] {
  const sums = new Map<string, { share: Share; expected: number }>();
  for (const tally of tallies.values())
    for (const [name, share] of Object.entries(tally[kind])) {
      const sum = sums.get(name) ?? { share: { hits: 0, of: 0 }, expected: 0 };
      add(sum.share, share);
      sum.expected += (share.of * tally.all.hits) / (tally.all.of || 1);
      sums.set(name, sum);
    }
  return [...sums].map(([name, { share, expected }]) => biasOf(name, share, expected / (share.of || 1)));
}

function add(sum: Share, share: Share): void {
  sum.hits += share.hits;
  sum.of += share.of;
}

const Z = 1.96;

/** With Wilson's interval, which is right for few drawings, too. */
function biasOf(name: string, recognized: Share, expected: number): Bias {
  const { hits, of } = recognized;
  const p = hits / (of || 1);
  const n = of || 1;
  const middle = (p + Z ** 2 / (2 * n)) / (1 + Z ** 2 / n);
  const half = (Z * Math.sqrt((p * (1 - p)) / n + Z ** 2 / (4 * n ** 2))) / (1 + Z ** 2 / n);
  const round = (value: number) => Number(Math.min(1, Math.max(0, value)).toFixed(3));
  return { name, recognized, expected: round(expected), low: round(middle - half), high: round(middle + half) };
}

/** How unlikely the difference is: in standard deviations of what is expected. */
function oddness({ recognized: { hits, of }, expected }: Bias): number {
  const p = Math.min(0.99, Math.max(0.01, expected));
  return Math.abs(hits / (of || 1) - p) / Math.sqrt((p * (1 - p)) / (of || 1));
}

const mostOf = (all: readonly Bias[], enough: number): Bias[] =>
  all
    .filter(({ recognized: { of } }) => of >= enough)
    .sort((a, b) => oddness(b) - oddness(a) || (a.name < b.name ? -1 : 1))
    .slice(0, MOST);
