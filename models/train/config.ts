/** Every setting of training, in one place. The trainer gets it from the stream's header, so Python reads no second file. */

export interface Augment {
  /** Share of the training drawings that are cut off, since the game guesses at unfinished ink. */
  prefixes: number;
  /** Cut-off drawings keep a part of their path between this and 1, all parts as likely. */
  shortest: number;
  /** Chance that a drawing is mirrored, where its word allows it. Below a half: people have a side they draw things from. */
  mirror: number;
  /** Chance of each stroke to be left out; the last remaining one never is. */
  drop: number;
  /** Chance that two neighbouring strokes change places; and of each stroke to be drawn from its other end. */
  swap: number;
  reverse: number;
  /** Standard deviations: rotation in radians, shear, logarithm of the aspect ratio. */
  rotate: number;
  shear: number;
  aspect: number;
  /** Largest bend of the whole drawing by a slow wave, standard deviation of a stroke's own shift, both as a part of the drawing's side. */
  warp: number;
  shift: number;
  /** Largest trembling of single points, as a part of the drawing's side. */
  jitter: number;
}

export interface Preset {
  name: string;
  /** Null: all of categories.txt. */
  words: string[] | null;
  /** Most simplified drawings of one word: a few words have ten times as many as the others. */
  perWord: number;
  /** How often an epoch shows each raw drawing: there are few, and they are what players draw. */
  rawRepeats: number;
  seed: number;
  batch: number;
  /** Length of training; the learning rate follows the clock, so the end is certain on a busy machine. */
  minutes: number;
  learningRate: number;
  weightDecay: number;
  labelSmoothing: number;
  dropout: number;
  /** Decay of the moving average of the weights, per step. The average is what is evaluated and exported. */
  average: number;
  /** Up to this part of training the rasters are made smaller, which is 1.6 times faster at 48 pixels; then they are as served. */
  small: { side: number; until: number };
  /** Channels at 32, 16, 8 and 4 pixels; residual blocks at the last three; channels of the last layer. */
  widths: [number, number, number, number];
  blocks: [number, number, number];
  head: number;
  augment: Augment;
}

const augment: Augment = {
  prefixes: 0.55,
  shortest: 0.15,
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
  perWord: 450,
  rawRepeats: 2,
  seed: 1,
  batch: 256,
  minutes: 80,
  learningRate: 4e-3,
  weightDecay: 0.05,
  labelSmoothing: 0.05,
  dropout: 0.1,
  average: 0.999,
  small: { side: 48, until: 0.6 },
  widths: [32, 48, 96, 192],
  blocks: [1, 1, 2],
  head: 512,
  augment,
};

/** For learners: a small network for twenty words in a few minutes. */
const quick: Preset = {
  ...full,
  name: 'quick',
  words: [
    'apple',
    'bicycle',
    'bird',
    'book',
    'car',
    'cat',
    'clock',
    'eye',
    'fish',
    'flower',
    'guitar',
    'house',
    'key',
    'ladder',
    'moon',
    'pizza',
    'snake',
    'star',
    'tree',
    'umbrella',
  ],
  batch: 128,
  minutes: 3,
  average: 0.99,
  widths: [16, 32, 64, 96],
  blocks: [1, 1, 1],
  head: 128,
};

export const presets: Record<string, Preset> = { full, quick };

/**
 * Words that are not mirrored, because their drawings carry writing or digits, or a convention with a left and a right.
 * Everything else looks the same to a player in a mirror.
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
