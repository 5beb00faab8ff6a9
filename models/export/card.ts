/** The data card of an export: its README.md. */
import type { Counts } from './lines.ts';

export interface About {
  counts: Counts;
  /** The operator's choice. Null: an export for training only, which must not be published. */
  license: string | null;
  /** The first day that may be in it. */
  since: string | null;
  /** Today, UTC. */
  day: string;
  hasParquet: boolean;
}

const percent = (part: number, of: number): string => `${((100 * part) / of).toFixed(1)} %`;

function table(title: string, counts: ReadonlyMap<string, number>, order: 'count' | 'name'): string[] {
  const rows = [...counts].sort(([a, n], [b, m]) => (order === 'count' && m - n) || (a < b ? -1 : 1));
  return [`| ${title} | drawings |`, '|---|---|', ...rows.map(([name, n]) => `| ${name} | ${n} |`), ''];
}

export function dataCard({ counts, license, since, day, hasParquet }: About): string {
  const days = [...counts.byDay.keys()].sort();
  const largest = [...counts.byWord].sort(([, a], [, b]) => b - a).slice(0, 10);
  return [
    '# Drawings from Doodle Derby',
    '',
    `${counts.drawings} drawings of ${counts.byWord.size} words, ${days[0]} to ${days.at(-1)}, exported on ${day}` +
      `${since ? ` (only drawings since ${since})` : ''}. People drew them in races of ${'`seconds`'} s a round, while a neural`,
    'network guessed.',
    '',
    ...(license === null
      ? [
          '**For training only. Do not publish it.** The people who drew these allowed networks to learn from them; some did not',
          'allow more. Delete it after training.',
        ]
      : [
          `**License: ${license}**, chosen by the operator of the server. Everybody who drew these agreed to give them away as open`,
          'data. Whether networks may learn from a drawing was asked separately: see the field `training`.',
        ]),
    '',
    '## Files',
    '',
    "The layout and formats are those of Google's [Quick, Draw! data set](https://github.com/googlecreativelab/quickdraw-dataset).",
    '',
    '| file | what |',
    '|---|---|',
    '| `raw/WORD.ndjson` | as drawn: `[[xs], [ys], [ts]]` for each stroke, on a board of 0..2040, `ts` in ms from the first point |',
    '| `simplified/WORD.ndjson` | aligned to the top left, scaled to 255, resampled at 1 px, simplified by Ramer-Douglas-Peucker with an epsilon of 2.0 |',
    '| `numpy_bitmap/WORD.npy` | 28x28 grayscale pictures of the simplified drawings, in the same order; uint8, 784 a row |',
    ...(hasParquet ? ['| `drawings.parquet` | the simplified drawings in one table, sorted by word |'] : []),
    '| `deleted.txt` | `key_id`s of drawings that people have deleted or the operator has hidden. Remove them from older copies |',
    '| `SHA256SUMS` | checksums: `sha256sum -c SHA256SUMS` |',
    '',
    'Within a word, drawings are in the order of their random `key_id`. `timestamp` is cut to the day.',
    'After the fields of Quick, Draw!, each line has these:',
    '',
    '| field | what |',
    '|---|---|',
    "| `language` | of the drawer's page; empty if unknown |",
    '| `seconds` | the time limit |',
    '| `startedAt` | ms from the start of the round to the first point. All other times count from the first point |',
    '| `recognizedAt` | when the network recognized it; null if it did not |',
    '| `guesses` | raw only: what was shown, `[at, [[word, probability], …]]` for each change. A negative time is before the first point |',
    '| `model`, `engine` | which network guessed |',
    '| `reads` | the probability of the word for the final picture |',
    '| `training` | whether the drawer allows networks to learn from it. **If it is false, do not train on it** |',
    '',
    '## How many',
    '',
    `${percent(counts.recognized, counts.drawings)} were recognized in their round. Networks may learn from ${counts.training}` +
      ` (${percent(counts.training, counts.drawings)}).`,
    '',
    ...table('language', counts.byLanguage, 'count'),
    ...table('country', counts.byCountry, 'count'),
    ...table('day', counts.byDay, 'name'),
    ...table('network', counts.byModel, 'count'),
    ...table('word', counts.byWord, 'name'),
    '## Biases',
    '',
    '- **People choose to give.** Whoever plays here, agrees, and draws much is here more often. It is no sample of anybody else.',
    '- **The gate is a network.** Only drawings whose final picture the network reads as the word are here, and a few that the operator',
    '  approved (their `reads` is low). Other unusual ways to draw a word, and styles that the network knows badly, are missing. So accuracy measured on these drawings is too high.',
    '- **People draw against the clock, and see the guesses.** They stop when they are recognized, and change what is not understood.',
    `- **Words are not equally frequent**: the ten most frequent are ${percent(
      largest.reduce((sum, [, n]) => sum + n, 0),
      counts.drawings,
    )} of all (${largest.map(([word]) => word).join(', ')}).`,
    '- `language` is that of the page, not of the person. `countrycode` is `ZZ` unless the operator set it for all drawings of the server.',
    '- People saw only words, so some drew another meaning of them. Some drawings hold more than the word.',
    '',
    '## Privacy',
    '',
    'There are no names, no addresses, no times of day and nothing that links two drawings. All the same, timed strokes can identify',
    "a person's hand. A person can delete a drawing on the server where it was drawn. Its `key_id` is then in `deleted.txt` of",
    'the next export: remove it from your copy.',
    '',
  ].join('\n');
}
