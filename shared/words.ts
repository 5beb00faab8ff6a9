/** Reads a model's `words.json`, for server and browser. */
import { type Calibration, UNCALIBRATED } from './calibration.ts';
import type { Word, Words } from './verdict.ts';

/** A model fresh from training has only names: it counts with these until `npm run calibrate` has fitted the others. */
const UNFITTED = { threshold: 0, difficulty: 'medium', factor: 1, prompt: true } satisfies Omit<Word, 'word'>;

/** Throws an Error that says what is wrong. */
export function parseWords(value: unknown): Words {
  const { model, hash, calibration = UNCALIBRATED, words } = value as Partial<Words>;
  if (typeof model !== 'string' || typeof hash !== 'string' || !Array.isArray(words))
    throw new Error('model, hash or words are missing');
  words.forEach((word, i) => {
    if (typeof word?.word !== 'string') throw new Error(`word ${i} has no name`);
  });
  if (!isCalibration(calibration)) throw new Error('the calibration needs rising sizes, and a power above 0 for each');
  return { model, hash, calibration, words: words.map((word) => ({ ...UNFITTED, ...word })) };
}

function isCalibration({ sizes, powers }: Partial<Calibration>): boolean {
  const arePositive = (all: unknown): all is number[] =>
    Array.isArray(all) && all.every((each) => Number.isFinite(each) && each > 0);
  return (
    arePositive(sizes) &&
    sizes.length > 0 &&
    sizes.every((size, i) => i === 0 || size > sizes[i - 1]!) &&
    arePositive(powers) &&
    powers.length === sizes.length
  );
}
