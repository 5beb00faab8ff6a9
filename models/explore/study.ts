/** What the network makes of the drawings of one word. */
import { averageOf } from '../../server/explore/answers.ts';
import type { Averages } from '../../server/explore/manifest.ts';
import type { Strokes } from '../../server/explore/strokes.ts';
import { inkOf, readStrokes } from '../../server/explore/strokes.ts';
import type { ExploreDrawing, Findings, Kind, Share, Speed } from '../../shared/explore.ts';
import { readAs } from '../../shared/gate.ts';
import { inkLength } from '../../shared/ink.ts';
import { acceptedFor, judge, topGuesses } from '../../shared/verdict.ts';
import { median } from '../metrics.ts';
import { looksOf } from '../play.ts';
import type { Drawing } from '../train/dataset.ts';
import { isHeldOut } from '../train/dataset.ts';
import { seeded, sortKinds } from './kinds.ts';
import type { Network } from './network.ts';

/** A drawing as it is stored. */
export interface Stored {
  key_id: string;
  country: string | null;
  language: string | null;
  /** Whether its drawer lets it be seen. */
  offered: boolean;
  /** Whether somebody else's gate does, too. */
  shown: boolean;
  drawing: string;
  /** Whether networks may learn from it. Undefined: Google's, which ours did learn from. */
  training?: boolean;
  /** The file of donated drawings that it is in. */
  file?: string;
}

/** A line of the index's table of drawings. */
export interface Line {
  word: string;
  n: number;
  key_id: string;
  country: string | null;
  language: string | null;
  kind: number;
  offered: boolean;
  shown: boolean;
  /** Probability of the word. */
  reads: number;
  /** The best guess. */
  guess: string;
  held: boolean;
  drawing: string;
  file?: string | undefined;
}

/** How held-out drawings of a word are recognized, by who drew them. */
export interface Tally {
  all: Share;
  countries: Record<string, Share>;
  languages: Record<string, Share>;
}

export interface Study {
  findings: Findings;
  averages: Averages;
  tally: Tally;
  lines: Line[];
}

/** When a drawing with times was recognized; null: never. */
export type Moment = { ms: number; strokes: number; ink01: number } | null;

const BATCH = 64;
const TYPICAL = 24;
/** Words that it is taken for. */
const MISTAKES = 8;

export async function study(
  network: Network,
  word: string,
  stored: readonly Stored[],
  moments: readonly Moment[],
): Promise<Study> {
  const { words } = network;
  const index = words.words.findIndex((each) => each.word === word);
  const accepted = index < 0 ? [] : acceptedFor(words, index);
  const drawings = stored.flatMap((each) => {
    const strokes = readStrokes(each.drawing);
    return strokes ? [{ ...each, strokes }] : [];
  });
  const features: Float32Array[] = [];
  const judged: { guess: number; reads: number; passes: boolean; recognized: boolean }[] = [];
  for (let from = 0; from < drawings.length; from += BATCH) {
    const inks = drawings.slice(from, from + BATCH).map(({ strokes }) => inkOf(strokes));
    for (const [i, { features: own, probabilities }] of (await network.look(inks)).entries()) {
      const length = inkLength(inks[i]!);
      features.push(own);
      judged.push({
        guess: topGuesses(probabilities, 1)[0]!.word,
        ...readAs(words, word, probabilities, length),
        recognized: judge(words, word, probabilities, length).recognized,
      });
    }
  }
  const { kinds, distances, count } = sortKinds(features, seeded(word));
  const isHeld = ({ key_id, training }: Stored) => training === false || isHeldOut(key_id);
  const held = [...drawings.keys()].filter((i) => isHeld(drawings[i]!));
  const isShown = (i: number) => drawings[i]!.shown && judged[i]!.passes;
  const shareOf = (some: readonly number[]): Share => ({
    hits: some.filter((i) => judged[i]!.recognized).length,
    of: some.length,
  });

  const mistakes = new Map<string, number>();
  for (const i of held) {
    const { guess } = judged[i]!;
    const name = words.words[guess]!.word;
    if (!accepted.includes(guess)) mistakes.set(name, (mistakes.get(name) ?? 0) + 1);
  }
  const kindOf = (kind: number): Kind => {
    const own = [...drawings.keys()].filter((i) => kinds[i] === kind);
    const typical = own.filter(isShown).sort((a, b) => distances[a]! - distances[b]!);
    return {
      drawings: own.length,
      recognized: shareOf(held.filter((i) => kinds[i] === kind)),
      typical: typical.slice(0, TYPICAL).map((i) => shownAs(drawings[i]!)),
    };
  };
  const averageOfShown = (some: readonly number[]) =>
    averageOf(some.filter(isShown).map((i) => inkOf(drawings[i]!.strokes)));
  const by = (name: 'country' | 'language'): Record<string, Share> => {
    const groups = new Map<string, number[]>();
    for (const i of held) {
      const group = drawings[i]![name];
      if (group) groups.set(group, [...(groups.get(group) ?? []), i]);
    }
    return Object.fromEntries([...groups].map(([group, some]) => [group, shareOf(some)]));
  };
  return {
    findings: {
      drawings: drawings.length,
      passing: judged.filter((_, i) => isShown(i)).length,
      recognized: shareOf(held),
      takenFor: [...mistakes]
        .map(([name, times]) => ({ word: name, drawings: times }))
        .sort((a, b) => b.drawings - a.drawings || (a.word < b.word ? -1 : 1))
        .slice(0, MISTAKES),
      kinds: count > 1 ? Array.from({ length: count }, (_, kind) => kindOf(kind)) : [],
      speed: speedOf(moments),
    },
    averages: {
      all: averageOfShown([...drawings.keys()]),
      kinds: Array.from({ length: count }, (_, kind) =>
        averageOfShown([...drawings.keys()].filter((i) => kinds[i] === kind)),
      ),
    },
    tally: { all: shareOf(held), countries: by('country'), languages: by('language') },
    lines: drawings.map(({ key_id, country, language, offered, strokes, file }, n) => ({
      ...{ word, n, key_id, country, language, offered, file },
      kind: kinds[n]!,
      shown: isShown(n),
      reads: Math.round(judged[n]!.reads * 1000) / 1000,
      guess: words.words[judged[n]!.guess]!.word,
      held: isHeld(drawings[n]!),
      drawing: JSON.stringify(strokes),
    })),
  };
}

const shownAs = ({ key_id, country, language, strokes }: Stored & { strokes: Strokes }): ExploreDrawing => ({
  key: key_id,
  ...(country && { country }),
  ...(language && { language }),
  strokes,
});

/** Seconds that have a bar of their own; a last one counts all later ones. */
const SECONDS = 12;

function speedOf(moments: readonly Moment[]): Speed | null {
  if (moments.length === 0) return null;
  const known = moments.filter((moment) => moment !== null);
  const middle = (value: (moment: NonNullable<Moment>) => number) => median(known.map(value));
  const bySecond = Array.from({ length: SECONDS }, () => 0);
  for (const { ms } of known) bySecond[Math.min(SECONDS - 1, Math.floor(ms / 1000))]!++;
  const round = (value: number | null, digits: number) => (value === null ? null : Number(value.toFixed(digits)));
  return {
    drawings: moments.length,
    recognized: known.length,
    seconds: round(
      middle(({ ms }) => ms / 1000),
      2,
    ),
    strokes: round(
      middle(({ strokes }) => strokes),
      1,
    ),
    ink: round(
      middle(({ ink01 }) => ink01),
      3,
    ),
    bySecond,
  };
}

/** Replays a drawing as a player would have drawn it, until the verdict recognizes it. */
export async function momentOf(network: Network, drawing: Drawing): Promise<Moment> {
  const looks = looksOf(drawing);
  for (let from = 0; from < looks.length; from += BATCH) {
    const some = looks.slice(from, from + BATCH);
    for (const [i, { probabilities }] of (await network.look(some.map(({ ink }) => ink))).entries()) {
      const { ink, ink01, ms } = some[i]!;
      const { recognized } = judge(network.words, drawing.word, probabilities, inkLength(ink));
      if (recognized && ms !== null) return { ms, strokes: ink.strokes.length, ink01 };
    }
  }
  return null;
}

/** A donated drawing says itself when it was recognized. */
export function toldMoment(drawing: string, recognizedAt: number | null): Moment {
  const strokes = JSON.parse(drawing) as [number[], number[], number[]][];
  if (recognizedAt === null || strokes.some(([, , times]) => !times)) return null;
  const begun = strokes.filter(([, , times]) => times[0]! <= recognizedAt);
  const lengthOf = (until: number) => {
    let length = 0;
    for (const [xs, ys, times] of strokes)
      for (let i = 1; i < xs.length; i++)
        if (times[i]! <= until) length += Math.hypot(xs[i]! - xs[i - 1]!, ys[i]! - ys[i - 1]!);
    return length;
  };
  return { ms: recognizedAt, strokes: begun.length, ink01: lengthOf(recognizedAt) / (lengthOf(Infinity) || 1) };
}
