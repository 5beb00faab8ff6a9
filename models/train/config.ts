/** All training settings. The trainer reads them from the stream's header, so Python needs no second file. */
import { LAB_WORDS } from '../../shared/lab/words.ts';

export interface Augment {
  /** Share of the training drawings that are cut off, because the game guesses at unfinished ink. */
  prefixes: number;
  /** A cut-off drawing keeps a share of its path between this and 1, uniformly distributed. */
  shortest: number;
  /** Chance that a drawing is mirrored, if its word allows it. Below a half, because people prefer one side. */
  mirror: number;
  /** Chance that a stroke is dropped. The last remaining stroke stays. */
  drop: number;
  /** Chance that two neighbouring strokes swap places; chance that a stroke starts from its other end. */
  swap: number;
  reverse: number;
  /** Standard deviations: rotation in radians, shear, logarithm of the aspect ratio. */
  rotate: number;
  shear: number;
  aspect: number;
  /** Largest bend of the drawing by a slow wave; standard deviation of a stroke's shift. Both as a share of the drawing's side. */
  warp: number;
  shift: number;
  /** Largest tremble of single points, as a share of the drawing's side. */
  jitter: number;
}

export interface Preset {
  name: string;
  /** Null: all words of categories.txt. */
  words: string[] | null;
  /** Most simplified and further drawings of one word: a few words have ten times as many as the others. */
  perWord: number;
  /** A word with this many drawings is shown all of them in an epoch, one with n times as many √n times as many of them. */
  typical: number;
  /** How often an epoch shows each raw drawing. There are few, and they resemble what players draw most. */
  rawRepeats: number;
  seed: number;
  batch: number;
  /** Length of training. The learning rate follows the clock, so training ends on time on a busy machine too. */
  minutes: number;
  learningRate: number;
  weightDecay: number;
  /** Of drawings without a soft label. */
  labelSmoothing: number;
  /** Weight of a drawing's soft label in its loss; and where that gives the true word less than `doubt`. */
  soft: number;
  doubtful: number;
  doubt: number;
  /** Share of the loss that is for the opinion of teachers (`train.py --teacher`); the rest is for the word and the soft label. */
  taught: number;
  /** The same for whole drawings, if public networks are among the teachers (`train.py --public`). */
  taughtWhole: number;
  dropout: number;
  /** Decay of the moving average of the weights, per step. The average is evaluated and exported. */
  average: number;
  /** Up to this share of training, rasters are smaller: 1.6 times faster at 48 pixels. After that they are as in the game. */
  small: { side: number; until: number };
  /** Channels at 32, 16, 8 and 4 pixels; residual blocks at the last three; channels of the last layer. */
  widths: [number, number, number, number];
  blocks: [number, number, number];
  head: number;
  /** Channels of the seven convolutions along the trace. */
  trace: [number, number, number, number, number, number, number];
  augment: Augment;
  /** The share of cut-off drawings grows evenly from `augment.prefixes` to `prefixes` in this many epochs. */
  growth: { prefixes: number; epochs: number };
}

const augment: Augment = {
  prefixes: 0.55,
  shortest: 0.08,
  mirror: 0.35,
  drop: 0.04,
  swap: 0.1,
  reverse: 0.05,
  rotate: 0.1,
  shear: 0.08,
  aspect: 0.12,
  warp: 0.04,
  shift: 0.012,
  jitter: 0.012,
};

const full: Preset = {
  name: 'full',
  words: null,
  perWord: 1200,
  typical: 400,
  rawRepeats: 2,
  seed: 1,
  batch: 256,
  minutes: 280,
  learningRate: 4e-3,
  weightDecay: 0.05,
  labelSmoothing: 0.05,
  soft: 0.5,
  doubtful: 0.15,
  doubt: 0.02,
  taught: 0.5,
  taughtWhole: 0.8,
  dropout: 0.1,
  average: 0.999,
  small: { side: 48, until: 0.6 },
  widths: [32, 48, 96, 192],
  blocks: [1, 1, 2],
  head: 512,
  trace: [32, 64, 96, 96, 128, 128, 192],
  augment,
  growth: { prefixes: 0.75, epochs: 45 },
};

/** Goes on from an exported network, with networks of our own as teachers. They label what is drawn as it is cut off and varied. */
const distilled: Preset = {
  ...full,
  name: 'distilled',
  rawRepeats: 3,
  seed: 2,
  minutes: 100,
  learningRate: 2e-3,
  small: { side: 48, until: 0 },
  augment: { ...augment, prefixes: 0.65, rotate: 0.12, shear: 0.1, aspect: 0.14, warp: 0.05, shift: 0.014 },
  growth: { prefixes: 0.65, epochs: 1 },
};

/** The same with more channels where the picture has 8 and 4 pixels. Its net starts as a narrower one, and learns to use the rest. */
const wide: Preset = { ...distilled, name: 'wide', seed: 3, widths: [32, 48, 112, 208] };

/**
 * Goes on from there with public networks among the teachers. Drawings vary less: of those that vary as in `wide`, these networks are right
 * for fewer than of real ones, which they were trained on. Nothing is dropped out, since the net does not overfit.
 */
const joint: Preset = {
  ...wide,
  name: 'joint',
  seed: 5,
  learningRate: 1.2e-3,
  dropout: 0,
  augment: {
    ...wide.augment,
    prefixes: 0.6,
    drop: 0.01,
    swap: 0.03,
    reverse: 0.02,
    rotate: 0.05,
    shear: 0.04,
    aspect: 0.06,
    warp: 0.02,
    shift: 0.006,
    jitter: 0.008,
  },
  growth: { prefixes: 0.6, epochs: 1 },
};

/** For learners: a small network for the lab's forty words in a few minutes. The drawings that ship are enough for it. */
const quick: Preset = {
  ...full,
  name: 'quick',
  words: [...LAB_WORDS],
  batch: 128,
  minutes: 3,
  average: 0.99,
  widths: [16, 32, 64, 96],
  blocks: [1, 1, 1],
  head: 128,
  trace: [16, 32, 32, 48, 48, 64, 64],
};

/** The settings of augmentation in an epoch. */
export function augmentIn({ augment, growth }: Preset, epoch: number): Augment {
  const grown = Math.min(1, epoch / growth.epochs);
  return { ...augment, prefixes: augment.prefixes + (growth.prefixes - augment.prefixes) * grown };
}

export const presets: Record<string, Preset> = { full, distilled, wide, joint, quick };

/**
 * Words that are never mirrored: their drawings have writing or digits, or a convention with a left and a right. Everything else
 * looks right in a mirror.
 */
export const ONE_WAY = new Set([
  'alarm clock',
  'calculator',
  'calendar',
  'clock',
  'keyboard',
  'map',
  'passport',
  'postcard',
  'stop sign',
  'wristwatch',
]);
