/** Cards that move: their pace, the frames of a GIF as pixels, and the SVG as text. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { animatedSvg } from '../../client/archive/cards/animation.ts';
import { CLEAR, FRAME_MS, frameCount, framesOf, HOLD_MS } from '../../client/archive/cards/frames.ts';
import { gifOf } from '../../client/archive/cards/gif.ts';
import type { Label, Labels, Mask } from '../../client/archive/cards/labels.ts';
import { labelsOf, mapped } from '../../client/archive/cards/labels.ts';
import { FOOT, HEIGHT, MARGIN, METER, ROW, SHEET, WIDTH } from '../../client/archive/cards/layout.ts';
import type { History, ShownGuesses } from '../../shared/history.ts';
import { historyOf, inkAt } from '../../shared/history.ts';
import { BOARD } from '../../shared/ink.ts';
import { LONGEST_MS, PAUSE_MS, paced } from '../../shared/pace.ts';
import type { Record } from '../../shared/record.ts';
import { textsOf } from '../support/labels.ts';

const EMPTY: Record = {
  ...{ model: '00', engine: 'wasm', word: 'cat', language: 'en', nick: '', mark: 0, day: 1, seconds: 20 },
  verdict: null,
  history: [],
};

const coordinate = fc.integer({ min: 0, max: BOARD });
/** What a hand can do: strokes in pieces, undo, clear, and guesses in between. */
const history = fc
  .array(
    fc.record({
      wait: fc.integer({ min: 0, max: 4_000 }),
      what: fc.constantFrom('stroke', 'stroke', 'more', 'undo', 'clear', 'guesses'),
      points: fc.array(coordinate, { minLength: 2, maxLength: 24 }).map((xy) => xy.slice(0, 2 * (xy.length >> 1))),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
    { maxLength: 12 },
  )
  .map((acts): History => {
    let at = 0;
    let [strokes, rev] = [0, 0];
    return acts.map(({ wait, what, points, share }) => {
      at += wait;
      if (what === 'guesses')
        return {
          at,
          guesses: {
            sureness: 'guessing',
            top: [
              ['dog', share],
              ['cat', 0.1],
            ],
            target: share / 2,
          },
        };
      if (what === 'undo' || what === 'clear') {
        strokes = what === 'undo' ? Math.max(0, strokes - 1) : 0;
        return { at, erased: what, strokes, rev: ++rev };
      }
      if (what === 'stroke' || strokes === 0) strokes++;
      return { at, stroke: strokes - 1, points };
    });
  });

/** Letters that only have a place. */
const blocks = (record: Record): Labels<Mask> =>
  mapped(labelsOf(record, textsOf(record)), ({ text }: Label) => {
    const [width, height] = [Math.min(160, 4 + text.length * 6), 14];
    return { width, height, data: new Uint8Array(width * height).fill(255) };
  });
const framesFor = (record: Record, isRightToLeft = false) => [...framesOf(record, blocks(record), isRightToLeft)];

/** As a viewer shows them, one after the other. */
function shownAfter(frames: ReturnType<typeof framesFor>): Uint8Array {
  const pixels = new Uint8Array(WIDTH * HEIGHT);
  for (const { x, y, width, height, pixels: part } of frames)
    for (let row = 0; row < height; row++)
      for (let column = 0; column < width; column++) {
        const colour = part[row * width + column]!;
        if (colour !== CLEAR) pixels[(y + row) * WIDTH + x + column] = colour;
      }
  return pixels;
}
const sheetOf = (pixels: Uint8Array) =>
  Buffer.concat(
    Array.from({ length: SHEET.height }, (_, row) =>
      pixels.subarray((SHEET.y + row) * WIDTH).subarray(SHEET.x, SHEET.x + SHEET.width),
    ),
  );

describe('the pace', () => {
  test('keeps the order, shortens pauses, and ends in time', () => {
    fc.assert(
      fc.property(history, (history) => {
        const { ink, guesses, length } = paced({ history, verdict: null });
        expect(length).toBeLessThanOrEqual(LONGEST_MS);
        let before = 0;
        for (const { at } of ink) {
          expect(at - before).toBeGreaterThanOrEqual(0);
          expect(at - before).toBeLessThanOrEqual(PAUSE_MS + 1);
          before = at;
        }
        for (const { at } of guesses) expect(at).toBeLessThanOrEqual(length);
        expect(before).toBeLessThanOrEqual(length);
      }),
    );
  });
});

describe('the frames of a GIF', () => {
  test('end with the finished drawing, whatever was erased on the way', () => {
    fc.assert(
      fc.property(history, (history) => {
        const record = { ...EMPTY, history };
        const frames = framesFor(record);
        // The same ink, drawn at once where all that was ever drawn decides how large it is.
        const finished = inkAt(history);
        const all: History = history.filter((event) => 'points' in event);
        const once = framesFor({
          ...EMPTY,
          history: [...all.map((event) => ({ ...event, at: 0 })), ...historyOf(finished, 0)],
        });
        expect(sheetOf(shownAfter(frames)).equals(sheetOf(shownAfter(once)))).toBe(true);
        expect(frames.length).toBeLessThanOrEqual(frameCount(record));
        expect(frames.at(-1)!.delay).toBe(HOLD_MS);
        for (const { delay } of frames.slice(0, -1)) expect(delay % FRAME_MS).toBe(0);
        const [first] = frames;
        expect([first!.x, first!.y, first!.width, first!.height]).toEqual([0, 0, WIDTH, HEIGHT]);
        expect(first!.pixels.includes(CLEAR)).toBe(false);
      }),
      { numRuns: 20 },
    );
  });

  test('are as long as the card, and paint only what changes', () => {
    const line: History = Array.from({ length: 40 }, (_, i) => ({ at: 100 * i, stroke: 0, points: [40 * i, 900] }));
    const frames = framesFor({ ...EMPTY, history: line });
    const total = frames.reduce((sum, { delay }) => sum + delay, 0);
    expect(total - HOLD_MS).toBeGreaterThanOrEqual(3_800);
    expect(total - HOLD_MS).toBeLessThanOrEqual(4_000);
    const largest = Math.max(...frames.slice(1, -1).map(({ width, height }) => width * height));
    expect(largest).toBeLessThan((WIDTH * HEIGHT) / 50);
  });

  test('mirror the rows where a language reads from the right', () => {
    const guesses: ShownGuesses = { sureness: 'guessing', top: [['dog', 0.9]], target: 0.5 };
    const look = { at: 400, guesses };
    const record: Record = { ...EMPTY, history: [{ at: 100, stroke: 0, points: [9, 9, 1000, 1000] }, look] };
    /** The line of pixels through the prompt's bar, which is half full. */
    const meter = (isRightToLeft: boolean) => {
      const row = FOOT + ROW / 2;
      return [...shownAfter(framesFor(record, isRightToLeft)).slice(row * WIDTH, (row + 1) * WIDTH)];
    };
    const [ltr, rtl] = [meter(false), meter(true).reverse()];
    const from = MARGIN + METER.from;
    expect(rtl.slice(from, from + METER.width)).toEqual(ltr.slice(from, from + METER.width));
    expect(new Set(ltr.slice(from, from + METER.width)).size).toBe(2);
  });

  test('become a GIF with its header, its size and an end', () => {
    const making = gifOf(framesFor({ ...EMPTY, history: [{ at: 100, stroke: 0, points: [9, 9, 1000, 1000] }] }));
    let step = making.next();
    while (!step.done) step = making.next();
    const gif = Buffer.from(step.value);
    expect(gif.toString('latin1', 0, 6)).toBe('GIF89a');
    expect([gif.readUInt16LE(6), gif.readUInt16LE(8)]).toEqual([WIDTH, HEIGHT]);
    expect(gif.toString('latin1')).toContain('NETSCAPE2.0');
    expect(gif.at(-1)).toBe(0x3b);
  });
});

describe('the SVG', () => {
  const svgOf = (record: Record, face = '') => {
    const labels = mapped(labelsOf(record, textsOf(record)), (label) => ({ ...label, lines: [label.text] }));
    return animatedSvg(record, textsOf(record), labels, face);
  };
  const drawn: History = [
    { at: 100, stroke: 0, points: [100, 100, 900, 900] },
    { at: 400, stroke: 1, points: [5, 5, 500, 5] },
    {
      at: 600,
      guesses: {
        sureness: 'guessing',
        top: [
          ['dog', 0.6],
          ['cat', 0.2],
        ],
        target: 0.2,
      },
    },
    { at: 900, erased: 'undo', strokes: 1, rev: 1 },
    { at: 1200, stroke: 1, points: [300, 300] },
  ];

  test('escapes names and words, and has no script', () => {
    const nick = '"><script>alert(1)</script>&\u0000\ud800';
    const svg = svgOf({ ...EMPTY, nick, word: '<b>&amp;', history: drawn });
    expect(svg).toContain('&#34;&#62;&#60;script&#62;alert(1)&#60;/script&#62;&#38;<');
    expect(svg).toContain('&#60;b&#62;&#38;amp;');
    expect(svg).not.toMatch(/<script|<b>|\son\w+=|javascript:/i);
  });

  test('ends as the finished drawing: what was erased shows only meanwhile', () => {
    const strokes = [...svgOf({ ...EMPTY, history: drawn }).matchAll(/<path[^>]* style="([^"]*)"/g)].map(
      ([, style]) => style!,
    );
    expect(strokes.map((style) => style.startsWith('opacity:0'))).toEqual([false, true, false]);
    expect(svgOf({ ...EMPTY, history: drawn })).toContain('prefers-reduced-motion:reduce');
    expect(svgOf({ ...EMPTY, history: [] })).toContain('</svg>');
  });
});
