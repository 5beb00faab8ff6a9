/** Measures a model: at ten shares of the ink, and in replayed drawings judged by the verdict. */
import type { EngineName } from '../server/inference/engine.ts';
import type { Recognizer } from '../server/inference/recognizer.ts';
import { prefix } from '../shared/ink.ts';
import { topGuesses } from '../shared/verdict.ts';
import { ask } from './ask.ts';
import { type Accuracy, type Bin, calibrationError, reliability, tally } from './metrics.ts';
import { type Play, playTally, replay, spread } from './play.ts';
import { type Drawing, drawingFiles, isHeldOut, readDrawings } from './train/dataset.ts';

const SHARES = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];
/** Roughly how many classifications a drawing takes. Only the progress bar uses it. */
const LOOKS_EACH = 50;

export interface Evaluation {
  engine: EngineName;
  model: string;
  n: number;
  top1: number;
  top3: number;
  top5: number;
  map3: number;
  /** At full ink, over 15 bins. */
  ece: number;
  byInk: { ink: number; top1: number; top3: number }[];
  play: Play | null;
  /** The same, at full ink, for the drawings that Google's own recognizer recognized. */
  recognized: Accuracy;
}

/** What the report shows as well as the figures. */
export interface Details {
  bins: Bin[];
  words: string[];
  /** `counts[label * words + guess]`, at full ink. */
  confusion: Uint32Array;
  byWord: { word: string; accuracy: Accuracy }[];
  /** Countries with the most drawings first; those with few are merged as `others`. */
  byCountry: { country: string; accuracy: Accuracy }[];
}

export async function evaluate(
  recognizer: Recognizer,
  drawings: readonly Drawing[],
  playDrawings: number,
  progress: (done: number, of: number) => void = () => {},
): Promise<{ evaluation: Evaluation; details: Details }> {
  if (drawings.length === 0) throw new Error('no drawings to evaluate');
  const names = recognizer.words.words.map((word) => word.word);
  const labels = new Map(names.map((name, i) => [name, i]));
  const label = (drawing: Drawing) => labels.get(drawing.word)!;

  const byShare = SHARES.map(() => tally());
  const recognized = tally();
  const byWord = names.map(() => tally());
  const byCountry = countryTallies(drawings);
  const guesses: { p: number; right: boolean }[] = [];
  const confusion = new Uint32Array(names.length ** 2);
  function* prefixes() {
    for (const drawing of drawings)
      for (const [i, share] of SHARES.entries()) yield { drawing, i, ink: prefix(drawing.ink, share) };
  }
  const replayed = spread(drawings, playDrawings);
  const steps = drawings.length * SHARES.length + replayed.length * LOOKS_EACH;
  let done = 0;
  for await (const { item, probabilities } of ask(recognizer, prefixes())) {
    progress(++done, steps);
    const right = label(item.drawing);
    byShare[item.i]!.add(probabilities, right);
    if (SHARES[item.i] !== 1) continue;
    byWord[right]!.add(probabilities, right);
    if (item.drawing.country) (byCountry.get(item.drawing.country) ?? byCountry.get(OTHERS))!.add(probabilities, right);
    if (item.drawing.recognized) recognized.add(probabilities, right);
    const best = topGuesses(probabilities, 1)[0]!;
    guesses.push({ p: best.p, right: best.word === right });
    if (best.word !== right) confusion[right * names.length + best.word]!++;
  }

  const play = playTally(recognizer.words);
  for await (const { said, drawing } of replay(recognizer, replayed)) {
    play.add(said, label(drawing));
    done += LOOKS_EACH;
    progress(done, steps);
  }

  const full = byShare.at(-1)!.result();
  const bins = reliability(guesses);
  return {
    evaluation: {
      engine: recognizer.engine!,
      model: recognizer.words.model,
      ...full,
      ece: calibrationError(bins),
      byInk: byShare.map((each, i) => {
        const { top1, top3 } = each.result();
        return { ink: SHARES[i]!, top1, top3 };
      }),
      play: replayed.length > 0 ? play.result() : null,
      recognized: recognized.result(),
    },
    details: {
      bins,
      words: names,
      confusion,
      byWord: names.map((word, i) => ({ word, accuracy: byWord[i]!.result() })).filter((row) => row.accuracy.n > 0),
      byCountry: [...byCountry].map(([country, each]) => ({ country, accuracy: each.result() })),
    },
  };
}

/** A country with fewer drawings is merged into `others`. */
const ENOUGH = 50;
const OTHERS = 'others';

function countryTallies(drawings: readonly Drawing[]): Map<string, ReturnType<typeof tally>> {
  const counts = new Map<string, number>();
  for (const { country } of drawings) if (country) counts.set(country, (counts.get(country) ?? 0) + 1);
  const large = [...counts].filter(([, n]) => n >= ENOUGH).sort((a, b) => b[1] - a[1]);
  return new Map([...large.map(([country]) => country), OTHERS].map((country) => [country, tally()]));
}

/** All drawings of a folder. Throws with file and line if one is broken, or if the model does not know its word. */
export async function readFolder(dir: string, words: readonly string[], heldOut: boolean): Promise<Drawing[]> {
  const known = new Set(words);
  const drawings: Drawing[] = [];
  for (const file of await drawingFiles(dir))
    for await (const drawing of readDrawings(file, known))
      if (!heldOut || isHeldOut(drawing.key)) drawings.push(drawing);
  return drawings;
}

export const percent = (share: number): string => (share * 100).toFixed(1);

export function summary({
  engine,
  model,
  n,
  top1,
  top3,
  top5,
  map3,
  ece,
  byInk,
  play,
  recognized,
}: Evaluation): string {
  const lines = [
    `${n} drawings, model ${model}, engine ${engine}`,
    `full ink: top-1 ${percent(top1)} %, top-3 ${percent(top3)} %, top-5 ${percent(top5)} %, MAP@3 ${percent(map3)} %, ECE ${percent(ece)} %`,
    `of which recognized by Google (${recognized.n}): top-1 ${percent(recognized.top1)} %, top-3 ${percent(recognized.top3)} %, top-5 ${percent(recognized.top5)} %`,
    `by ink:   ${byInk.map((each) => `${Math.round(each.ink * 100)} % `.padStart(7)).join('')}`,
    `  top-1   ${byInk.map((each) => `${percent(each.top1)} `.padStart(7)).join('')}  mean ${percent(byInk.reduce((sum, each) => sum + each.top1, 0) / byInk.length)}`,
    `  top-3   ${byInk.map((each) => `${percent(each.top3)} `.padStart(7)).join('')}`,
  ];
  if (play)
    lines.push(
      `play (${play.drawings} replayed): ${percent(play.recognized)} % recognized, median at ${percent(play.ink ?? 0)} % of the ink` +
        `${play.seconds === null ? '' : ` and ${play.seconds.toFixed(1)} s`}; accepted for a random other word: ${(play.falseAccepts * 100).toFixed(2)} %`,
    );
  return lines.join('\n');
}
