/**
 * `npm run bench:gate -- [--data DIR] [--raw DIR] [--engine native|wasm]`: what the gate takes. Of drawings that training never saw:
 * those of the word; those of another word; and those over which somebody drew another word once they were done.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ask } from '../models/ask.ts';
import { readFolder } from '../models/evaluation.ts';
import { progressBar } from '../models/output.ts';
import type { Drawing } from '../models/train/dataset.ts';
import { DATA } from '../models/train/dataset.ts';
import { startRecognizer } from '../server/inference/thread.ts';
import { GATE, readAs } from '../shared/gate.ts';
import { inkLength } from '../shared/ink.ts';
import { acceptedFor, judge, topGuesses } from '../shared/verdict.ts';

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: join(DATA, 'simplified') },
    raw: { type: 'string', default: join(DATA, 'raw') },
    engine: { type: 'string' },
  },
});

const recognizer = await startRecognizer({ engine: values.engine as 'native' | 'wasm' | undefined });
const { words } = recognizer;
const prompts = words.words.filter(({ prompt }) => prompt).map(({ word }) => word);
const known = words.words.map(({ word }) => word);
const indexOf = new Map(known.map((word, i) => [word, i]));

interface Look {
  probabilities: Float32Array;
  length: number;
}
type Rule = (word: string, look: Look) => boolean;
const reads = (word: string, { probabilities, length }: Look) => readAs(words, word, probabilities, length).reads;
const isAmong = (word: string, { probabilities }: Look, n: number) =>
  topGuesses(probabilities, n).some((guess) => acceptedFor(words, indexOf.get(word)!).includes(guess.word));
/** What could be the rule. The first is the gate's own. */
const RULES: [name: string, Rule][] = [
  [
    `the gate: best guess, at least ${GATE}`,
    (word, look) => readAs(words, word, look.probabilities, look.length).passes,
  ],
  ...[0, 0.1, 0.2, 0.4].map((least): [string, Rule] => [
    `best guess, at least ${least}`,
    (word, look) => isAmong(word, look, 1) && reads(word, look) >= least,
  ]),
  ['among the best three', (word, look) => isAmong(word, look, 3)],
  ['as the verdict', (word, look) => judge(words, word, look.probabilities, look.length).recognized],
];

/** Any prompt that is neither the word nor a look-alike, always the same for one drawing. */
function otherOf(word: string, i: number): string {
  const alike = acceptedFor(words, indexOf.get(word)!).map((index) => known[index]!);
  const others = prompts.filter((each) => !alike.includes(each) && !acceptedNames(each).includes(word));
  return others[(i * 7919) % others.length]!;
}
const acceptedNames = (word: string) => acceptedFor(words, indexOf.get(word)!).map((index) => known[index]!);

const progress = progressBar();
async function share(drawings: readonly Drawing[], wordOf: (drawing: Drawing, i: number) => string): Promise<number[]> {
  const passed = RULES.map(() => 0);
  let n = 0;
  for await (const { item, probabilities } of ask(recognizer, drawings)) {
    const word = wordOf(item, n++);
    for (const [i, [, rule]] of RULES.entries())
      if (rule(word, { probabilities, length: inkLength(item.ink) })) passed[i]!++;
    progress(n, drawings.length);
  }
  return passed.map((count) => count / n);
}

const isPrompt = ({ word }: Drawing) => prompts.includes(word);
const simplified = (await readFolder(values.data, known, 'held-out')).filter(isPrompt);
const raw = (await readFolder(values.raw, known, 'held-out')).filter(isPrompt);
/** Far from each other in the folder's order, so of different words. */
const partner = (i: number) => simplified[(i + Math.floor(simplified.length / 3) + 17) % simplified.length]!;
const over = simplified.map((drawing, i) => ({
  ...drawing,
  ink: { rev: 0, strokes: [...drawing.ink.strokes, ...partner(i).ink.strokes] },
}));
const own = ({ word }: Drawing) => word;
const columns: [name: string, drawings: Drawing[], shares: number[]][] = [];
for (const [name, drawings, wordOf] of [
  ['its word', simplified, own],
  ['raw, known to Google', raw.filter(({ recognized }) => recognized), own],
  ['raw, not', raw.filter(({ recognized }) => !recognized), own],
  ['another word', simplified, ({ word }: Drawing, i: number) => otherOf(word, i)],
  ['drawn over', over, own],
] as const)
  columns.push([name, drawings, await share(drawings, wordOf)]);
await recognizer.close();

console.log(`${recognizer.words.model}, ${recognizer.engine}`);
console.log(`| rule | ${columns.map(([name, { length }]) => `${name} (${length})`).join(' | ')} |`);
console.log(`|---|${columns.map(() => '---').join('|')}|`);
for (const [i, [name]] of RULES.entries())
  console.log(`| ${name} | ${columns.map(([, , shares]) => `${(100 * shares[i]!).toFixed(2)} %`).join(' | ')} |`);
