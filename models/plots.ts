/** The plots of the model card and of the lab, as hand-written SVG: a few lines and squares need no library. */
import type { Bin } from './metrics.ts';
import type { Play } from './play.ts';

const SIZE = 320;
const MARGIN = 44;
const SIDE = SIZE - 2 * MARGIN;

const x = (share: number) => (MARGIN + share * SIDE).toFixed(1);
const y = (share: number) => (SIZE - MARGIN - share * SIDE).toFixed(1);

interface Tick {
  at: number;
  text: string;
}

const PERCENTS = [0, 0.25, 0.5, 0.75, 1].map((at): Tick => ({ at, text: `${at * 100} %` }));

/** A square from 0 to 1 on both axes, with title and axis names. */
function frame(
  title: string,
  across: string,
  up: string,
  body: string,
  ticksAcross: readonly Tick[] = PERCENTS,
): string {
  const ticks = [
    ...ticksAcross.map(
      ({ at, text }) =>
        `<path d="M${x(at)} ${y(0)}V${y(1)}" stroke="#ddd"/>` +
        `<text x="${x(at)}" y="${SIZE - MARGIN + 14}" text-anchor="middle">${text}</text>`,
    ),
    ...PERCENTS.map(
      ({ at, text }) =>
        `<path d="M${x(0)} ${y(at)}H${x(1)}" stroke="#ddd"/>` +
        `<text x="${MARGIN - 6}" y="${y(at)}" text-anchor="end" dominant-baseline="middle">${text}</text>`,
    ),
  ].join('');
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${SIZE}" height="${SIZE}" viewBox="0 0 ${SIZE} ${SIZE}" font-family="sans-serif" font-size="10">` +
    `<rect width="${SIZE}" height="${SIZE}" fill="#fff"/>${ticks}` +
    `<text x="${SIZE / 2}" y="20" text-anchor="middle" font-size="13" font-weight="bold">${title}</text>` +
    `<text x="${SIZE / 2}" y="${SIZE - 10}" text-anchor="middle">${across}</text>` +
    `<text transform="translate(11 ${SIZE / 2}) rotate(-90)" text-anchor="middle">${up}</text>${body}</svg>\n`
  );
}

const line = (points: [number, number][], colour: string, dashes = '') =>
  `<polyline fill="none" stroke="${colour}" stroke-width="2"${dashes && ` stroke-dasharray="${dashes}"`} points="${points.map(([a, b]) => `${x(a)},${y(b)}`).join(' ')}"/>`;

const label = (at: [number, number], text: string, colour: string) =>
  `<text x="${x(at[0])}" y="${y(at[1])}" dy="-6" text-anchor="end" fill="${colour}">${text}</text>`;

export function accuracyPlot(byInk: readonly { ink: number; top1: number; top3: number }[]): string {
  const top1 = byInk.map((each): [number, number] => [each.ink, each.top1]);
  const top3 = byInk.map((each): [number, number] => [each.ink, each.top3]);
  return frame(
    'Accuracy over ink',
    'share of the ink drawn',
    'right',
    line(top1, '#1b6ca8') +
      line(top3, '#d1495b') +
      label(top1.at(-1)!, 'top-1', '#1b6ca8') +
      label(top3.at(-1)!, 'top-3', '#d1495b'),
  );
}

export function reliabilityPlot(bins: readonly Bin[]): string {
  const width = SIDE / bins.length;
  const bars = bins
    .map((bin, i) =>
      bin.n === 0
        ? ''
        : `<rect x="${x(i / bins.length)}" y="${y(bin.accuracy)}" width="${(width - 1).toFixed(1)}" height="${(bin.accuracy * SIDE).toFixed(1)}" fill="#1b6ca8" opacity="0.75"/>`,
    )
    .join('');
  const diagonal = `<path d="M${x(0)} ${y(0)}L${x(1)} ${y(1)}" stroke="#d1495b" stroke-dasharray="4"/>`;
  return frame('Reliability', 'probability of the best guess', 'right', bars + diagonal);
}

/** False accepts are few: they are drawn so many times as high. */
const ENLARGED = 50;

/** What people get for each threshold that all words could have. */
export function thresholdPlot(playAt: readonly { threshold: number; play: Play }[]): string {
  const curve = (value: (play: Play) => number) =>
    playAt.map(({ threshold, play }): [number, number] => [threshold, value(play)]);
  const recognized = curve((play) => play.recognized);
  const ink = curve((play) => play.meanInk);
  const mistaken = curve((play) => ENLARGED * play.falseAccepts);
  return frame(
    'Verdicts by threshold',
    'probability from which the best guess counts',
    'share',
    line(recognized, '#1b6ca8') +
      line(ink, '#d1495b') +
      line(mistaken, '#66a182') +
      label(recognized.at(-1)!, 'recognized', '#1b6ca8') +
      label(ink.at(-1)!, 'mean ink', '#d1495b') +
      label(mistaken.at(-1)!, `accepted for another word, ${ENLARGED} times`, '#66a182'),
  );
}

/** How often a network was right after each epoch, on the drawings that it learned from and on others. */
export function learningPlot(epochs: readonly { accuracy: number; validation: number }[]): string {
  const last = epochs.length;
  const step = Math.ceil(last / 6);
  const ticks = Array.from({ length: Math.floor(last / step) + 1 }, (_, i) => i * step);
  const known = epochs.map(({ accuracy }, i): [number, number] => [(i + 1) / last, accuracy]);
  const others = epochs.map(({ validation }, i): [number, number] => [(i + 1) / last, validation]);
  return frame(
    'Accuracy over epochs',
    'epoch',
    'right',
    line(known, '#1b6ca8', '5 3') +
      line(others, '#d1495b') +
      keyOf(0, 'dashed: drawings that it learns from', '#1b6ca8') +
      keyOf(1, 'drawings that it never sees in training', '#d1495b'),
    ticks.map((epoch) => ({ at: epoch / last, text: String(epoch) })),
  );
}

/** Names a line at the bottom right, where curves of learning seldom are. */
const keyOf = (row: number, text: string, colour: string) =>
  `<text x="${x(0.97)}" y="${SIZE - MARGIN - 24 + row * 14}" text-anchor="end" fill="${colour}">${text}</text>`;

const CELL = 17;
const NAMES = 118;

/** Drawn (down) against guessed (across), for some of the words: a plot of all 345 would be unreadable. */
export function confusionPlot(counts: Uint32Array, words: readonly string[], shown: readonly string[]): string {
  const index = shown.map((name) => words.indexOf(name));
  const countOf = (i: number, j: number) => counts[index[i]! * words.length + index[j]!]!;
  const pairs = index.flatMap((_, i) => index.slice(0, i).map((_, j) => countOf(i, j) + countOf(j, i)));
  const most = Math.max(1, ...pairs);
  const size = NAMES + shown.length * CELL + 8;
  let body = '';
  shown.forEach((name, i) => {
    const middle = NAMES + (i + 0.5) * CELL;
    body +=
      `<text x="${NAMES - 6}" y="${middle}" text-anchor="end" dominant-baseline="middle">${name}</text>` +
      `<text transform="translate(${middle} ${NAMES - 6}) rotate(-90)" dominant-baseline="middle">${name}</text>`;
    shown.forEach((_, j) => {
      const count = countOf(i, j);
      const at = `x="${NAMES + j * CELL}" y="${NAMES + i * CELL}"`;
      const shade = i === j ? '#bbb' : '#1b6ca8';
      const opacity = i === j ? 0.4 : Math.min(1, 0.04 + count / most);
      body += `<rect ${at} width="${CELL - 1}" height="${CELL - 1}" fill="${shade}" opacity="${opacity.toFixed(2)}"/>`;
      if (count > 0)
        body += `<text x="${NAMES + (j + 0.5) * CELL}" y="${middle}" text-anchor="middle" dominant-baseline="middle" font-size="9">${count}</text>`;
    });
  });
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}" viewBox="0 0 ${size} ${size}" font-family="sans-serif" font-size="11">` +
    `<rect width="${size}" height="${size}" fill="#fff"/><text x="8" y="20" font-weight="bold">drawn (down)</text>` +
    `<text x="8" y="36" font-weight="bold">taken for (across)</text>${body}</svg>\n`
  );
}
