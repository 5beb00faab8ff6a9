/** Varies drawings, so the network learns the word and not its few hundred drawings. */
import type { Chance } from '../../shared/chance.ts';
import type { Ink, Stroke } from '../../shared/ink.ts';
import { BOARD, measureInk, prefix } from '../../shared/ink.ts';
import type { Augment } from './config.ts';

/** Standard normal (Box-Muller). */
const normal = (chance: Chance): number => Math.sqrt(-2 * Math.log(1 - chance())) * Math.cos(2 * Math.PI * chance());

/** A drawing, and the share of its ink that is left. */
export interface Varied {
  ink: Ink;
  share: number;
}

/**
 * A new drawing like `ink`, fitted to the board again, with integer points as in the game. `mirrored`: whether the word may be
 * mirrored. A cut-off drawing is cut last, by its length after all other changes.
 */
export function augment(ink: Ink, how: Augment, mirrored: boolean, chance: Chance): Varied {
  const strokes = order(ink.strokes, how, chance);
  move(strokes, how, mirrored && chance() < how.mirror, chance);
  frame(strokes);
  const whole = { rev: 0, strokes };
  const share = chance() < how.prefixes ? how.shortest + (1 - how.shortest) * chance() : 1;
  return { ink: share < 1 ? prefix(whole, share) : whole, share };
}

/** Picks strokes, their order, and the end each starts from. */
function order(strokes: readonly Stroke[], how: Augment, chance: Chance): Stroke[] {
  const kept = strokes.filter(() => chance() >= how.drop);
  if (kept.length === 0) kept.push(strokes[0]!);
  if (kept.length > 1 && chance() < how.swap) {
    const at = Math.floor(chance() * (kept.length - 1));
    [kept[at], kept[at + 1]] = [kept[at + 1]!, kept[at]!];
  }
  return kept.map((stroke) => (chance() < how.reverse ? backwards(stroke) : stroke.slice()));
}

function backwards(stroke: Stroke): Stroke {
  const turned: Stroke = [];
  for (let i = stroke.length - 2; i >= 0; i -= 2) turned.push(stroke[i]!, stroke[i + 1]!);
  return turned;
}

/** Moves the points in place: an affine map, a slow wave through the whole drawing, a shift per stroke, a tremble per point. */
function move(strokes: Stroke[], how: Augment, mirror: boolean, chance: Chance): void {
  const turn = how.rotate * normal(chance);
  const shear = how.shear * normal(chance);
  const stretch = Math.exp((how.aspect * normal(chance)) / 2);
  const sx = mirror ? -stretch : stretch;
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  const wave = (): ((x: number, y: number) => number) => {
    const [fx, fy, phase] = [chance() * 6 - 3, chance() * 6 - 3, chance() * 2 * Math.PI];
    const height = how.warp * BOARD * chance();
    return (x, y) => height * Math.sin((fx * x + fy * y) / BOARD + phase);
  };
  const [waveX, waveY] = [wave(), wave()];
  // A finger on glass trembles, a pen does not. So each drawing gets its own amount, from none to all.
  const jitter = how.jitter * BOARD * chance() ** 2;
  for (const s of strokes) {
    const shiftX = how.shift * BOARD * normal(chance);
    const shiftY = how.shift * BOARD * normal(chance);
    // Dense points must not tremble independently, or the line looks hairy. So each tremble follows the previous one.
    let [trembleX, trembleY, lastX, lastY] = [0, 0, -BOARD, -BOARD];
    for (let i = 0; i < s.length; i += 2) {
      const [px, py] = [s[i]!, s[i + 1]!];
      const gap = Math.hypot(px - lastX, py - lastY) / (0.08 * BOARD);
      const fresh = 1 - Math.exp(-gap);
      trembleX += fresh * (jitter * normal(chance) - trembleX);
      trembleY += fresh * (jitter * normal(chance) - trembleY);
      [lastX, lastY] = [px, py];
      const x = (px - BOARD / 2) * sx + (py - BOARD / 2) * shear;
      const y = (py - BOARD / 2) / stretch;
      s[i] = x * cos - y * sin + waveX(px, py) + shiftX + trembleX;
      s[i + 1] = x * sin + y * cos + waveY(px, py) + shiftY + trembleY;
    }
  }
}

/** Fits the strokes to the board in place, so the longer side fills it, and rounds to integers. */
function frame(strokes: Stroke[]): void {
  const { side, box } = measureInk({ strokes });
  // Do not enlarge a drawing that has become small (a dot, one remaining stroke of a face).
  const scale = Math.min(1.5, BOARD / Math.max(side, 1));
  for (const s of strokes)
    for (let i = 0; i < s.length; i += 2) {
      s[i] = Math.round((s[i]! - box[0]) * scale);
      s[i + 1] = Math.round((s[i + 1]! - box[1]) * scale);
    }
}
