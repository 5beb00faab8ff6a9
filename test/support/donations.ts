/**
 * Writes drawings as a server does that accepts donations: DATA_DIR/donated/DAY.PROCESS.ndjson (docs/records.md). The drawings are raw
 * ones of Quick, Draw!, guessed at by the real recognizer as in a race. They keep Google's keys, so that they stay on their side of
 * the validation split.
 */
import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Donation } from '../../shared/donation.ts';
import type { Drawing } from '../../models/train/dataset.ts';
import type { Recognizer } from '../../server/inference/recognizer.ts';
import type { Reading } from '../../shared/gate.ts';
import { readAs } from '../../shared/gate.ts';
import type { TimedStroke } from '../../shared/history.ts';
import { GUESSES_KEPT } from '../../shared/history.ts';
import { inkLength } from '../../shared/ink.ts';
import { GUESSES_EVERY } from '../../shared/protocol.ts';
import { judge } from '../../shared/verdict.ts';
import { looksOf } from '../../models/play.ts';

/** The round ends here, as in a race with the default settings. */
const SECONDS = 20;

const rounded = (p: number): number => Math.round(p * 1000) / 1000;

/** A donation of a raw drawing, as its drawer's choices are. */
export async function donationOf(
  recognizer: Recognizer,
  drawing: Drawing,
  choices: Pick<Donation, 'gallery' | 'data' | 'training'>,
  day: string,
  language = 'en',
): Promise<Donation> {
  const { words } = recognizer;
  const guesses: Donation['guesses'] = [];
  let recognizedAt: number | null = null;
  let dueAt = 0;
  const startedAt = 1000;
  const looks = looksOf(drawing).filter(({ ms }) => startedAt + ms! <= SECONDS * 1000);
  let reading: Reading | undefined;
  for (const [i, { ink, ms }] of looks.entries()) {
    if (ms! < dueAt && i < looks.length - 1) continue;
    dueAt = ms! + GUESSES_EVERY;
    const [probabilities] = await recognizer.recognize([ink]);
    const last = judge(words, drawing.word, probabilities!, inkLength(ink));
    reading = readAs(words, drawing.word, probabilities!, inkLength(ink));
    const at = startedAt + Math.round(ms!);
    const top = last.guesses.slice(0, GUESSES_KEPT);
    guesses.push([at, top.map(({ word, p }): [string, number] => [words.words[word]!.word, rounded(p)])]);
    if (last.recognized) recognizedAt ??= at;
  }
  const strokes = drawing.ink.strokes.map((stroke, s): TimedStroke => {
    const kept = drawing.times![s]!.filter((t) => startedAt + t <= SECONDS * 1000).length;
    const xs = stroke.filter((_, i) => i % 2 === 0).slice(0, kept);
    const ys = stroke.filter((_, i) => i % 2 === 1).slice(0, kept);
    return [xs, ys, drawing.times![s]!.slice(0, kept).map((t) => startedAt + Math.round(t))];
  });
  return {
    word: drawing.word,
    countrycode: 'ZZ',
    timestamp: `${day} 00:00:00.00000 UTC`,
    recognized: recognizedAt !== null,
    key_id: drawing.key,
    drawing: strokes.filter(([xs]) => xs.length > 0),
    guesses,
    recognizedAt,
    seconds: SECONDS,
    model: words.hash.slice(0, 16),
    engine: recognizer.engine!,
    language,
    reads: rounded(reading?.reads ?? 0),
    passes: reading?.passes ?? false,
    ...choices,
  };
}

/** Appends to the segment of a process. */
export function writeDonations(dataDir: string, donations: readonly Donation[], process = 'a'): void {
  mkdirSync(join(dataDir, 'donated'), { recursive: true });
  for (const donation of donations) {
    const day = donation.timestamp.slice(0, 10);
    appendFileSync(join(dataDir, 'donated', `${day}.${process}.ndjson`), `${JSON.stringify(donation)}\n`);
  }
}
