/** Fits the calibration: probabilities that match how often guesses are right, at every size of the drawing. */
import type { Calibration } from '../shared/calibration.ts';
import type { Classified } from './fit.ts';

/** What the model, not calibrated, answers about some ink. */
export interface Sized extends Classified {
  /** Of the ink (`sizeOf`). */
  size: number;
}

/** The same with the logarithms of the probabilities, of which every power is a product. */
interface Logs extends Omit<Sized, 'probabilities'> {
  logs: Float32Array;
}

/** Sizes in tenths of the board get a power each. */
const TENTHS = 10;
/** Fewer rows than this prove nothing. */
const MIN_ROWS = 40;

const logsOf = ({ probabilities, label, size }: Sized): Logs => ({
  label,
  size,
  logs: probabilities.map((p) => Math.log(Math.max(p, 1e-30))),
});

/** How much more probable the best guesses are on average than they are right, at this power. */
function excess(rows: readonly Logs[], power: number): number {
  let all = 0;
  for (const { logs, label } of rows) {
    let sum = 0;
    let best = 0;
    let guess = 0;
    for (let word = 0; word < logs.length; word++) {
      const p = Math.exp(logs[word]! * power);
      sum += p;
      if (p <= best) continue;
      best = p;
      guess = word;
    }
    all += best / sum - (guess === label ? 1 : 0);
  }
  return all / rows.length;
}

/** The power at which the best guesses are as probable as they are right, between 0.2 and 5; by halving. */
function fitPower(rows: readonly Logs[]): number {
  let [from, to] = [0.2, 5];
  while (to / from > 1.01) {
    const middle = Math.sqrt(from * to);
    if (excess(rows, middle) < 0) from = middle;
    else to = middle;
  }
  return Math.sqrt(from * to);
}

/** One power for each tenth of the board; sizes with few rows are left out. */
export function fitCalibration(rows: readonly Sized[]): Calibration {
  const logs = rows.map(logsOf);
  const rounded = (power: number) => Math.round(power * 1000) / 1000;
  const fitted: Calibration = { sizes: [], powers: [] };
  for (let tenth = 1; tenth <= TENTHS; tenth++) {
    const group = logs.filter(({ size }) => Math.max(1, Math.round(size * TENTHS)) === tenth);
    if (group.length < MIN_ROWS) continue;
    fitted.sizes.push(tenth / TENTHS);
    fitted.powers.push(rounded(fitPower(group)));
  }
  return fitted.sizes.length > 0 ? fitted : { sizes: [1], powers: [rounded(fitPower(logs))] };
}
