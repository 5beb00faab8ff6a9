/** The lines of an export, and what it counts. */
import type { Donation } from '../../shared/donation.ts';
import type { Lists } from '../../shared/simplify.ts';

/**
 * A line of raw/: Quick, Draw!'s fields in their order, then ours. As in Quick, Draw!, times count from the first point, which was
 * drawn `startedAt` ms after the round began.
 */
export interface RawLine {
  word: string;
  countrycode: string;
  timestamp: string;
  recognized: boolean;
  key_id: string;
  drawing: Lists[];
  language: string;
  seconds: number;
  startedAt: number;
  recognizedAt: number | null;
  guesses: Donation['guesses'];
  model: string;
  engine: string;
  reads: number;
  training: boolean;
}

export function rawLine(donation: Donation): RawLine {
  const { word, countrycode, timestamp, recognized, key_id, drawing, language, seconds, recognizedAt } = donation;
  const { guesses, model, engine, reads, training } = donation;
  const startedAt = drawing[0]![2]![0]!;
  return {
    word,
    countrycode,
    timestamp,
    recognized,
    key_id,
    drawing: drawing.map(([xs, ys, ts]) => [xs!, ys!, ts!.map((t) => t - startedAt)]),
    language,
    seconds,
    startedAt,
    recognizedAt: recognizedAt === null ? null : Math.round(recognizedAt - startedAt),
    guesses: guesses.map(([at, words]) => [at - startedAt, words]),
    model,
    engine,
    reads,
    training,
  };
}

/** A line of simplified/: the same without times and guesses. */
export function simplifiedLine(line: RawLine, drawing: Lists[]): object {
  const { guesses: _, ...rest } = line;
  return { ...rest, drawing };
}

export interface Counts {
  drawings: number;
  recognized: number;
  training: number;
  byWord: Map<string, number>;
  byLanguage: Map<string, number>;
  byCountry: Map<string, number>;
  byDay: Map<string, number>;
  byModel: Map<string, number>;
}

export const noCounts = (): Counts => ({
  drawings: 0,
  recognized: 0,
  training: 0,
  byWord: new Map(),
  byLanguage: new Map(),
  byCountry: new Map(),
  byDay: new Map(),
  byModel: new Map(),
});

export function count(counts: Counts, line: RawLine): void {
  const add = (map: Map<string, number>, name: string) => map.set(name, (map.get(name) ?? 0) + 1);
  counts.drawings++;
  if (line.recognized) counts.recognized++;
  if (line.training) counts.training++;
  add(counts.byWord, line.word);
  add(counts.byLanguage, line.language || 'unknown');
  add(counts.byCountry, line.countrycode);
  add(counts.byDay, line.timestamp.slice(0, 10));
  add(counts.byModel, `${line.model}, ${line.engine}`);
}
