import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BadRecord } from '../../shared/event-code.ts';
import type { History, InkEvent } from '../../shared/history.ts';
import { historyOf, inkAt, smoothed, timedStrokes, withoutErased } from '../../shared/history.ts';
import { BOARD } from '../../shared/ink.ts';
import { add, pack, unpack } from '../../shared/packed-history.ts';
import type { Record } from '../../shared/record.ts';
import { decode, encode, RECORD_VERSION } from '../../shared/record.ts';

const coordinate = fc.integer({ min: 0, max: BOARD });
const points = fc.array(fc.tuple(coordinate, coordinate), { minLength: 1, maxLength: 20 }).map((all) => all.flat());
const word = fc.constantFrom('cat', 'The Eiffel Tower', 't-shirt', 'Straße', '龍');
const share = fc.integer({ min: 0, max: 255 }).map((n) => n / 255);
const shown = fc.record({
  sureness: fc.constantFrom('blank' as const, 'unsure' as const, 'guessing' as const),
  top: fc.array(fc.tuple(word, share), { maxLength: 4 }),
  target: share,
});
const happening = fc.oneof(
  fc.record({ kind: fc.constant('draw' as const), isNew: fc.boolean(), points }),
  fc.record({
    kind: fc.constantFrom('undo' as const, 'clear' as const),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
  }),
  fc.record({ kind: fc.constant('guess' as const), guesses: shown }),
);

/** A history as a drawing makes it: strokes follow one another, and times never decrease. */
const history = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 3000 }), happening), { maxLength: 60 })
  .map((all): History => {
    let at = 0;
    let strokes = 0;
    let rev = 0;
    return all.map(([pause, what]): InkEvent => {
      at += pause;
      if (what.kind === 'guess') return { at, guesses: what.guesses };
      if (what.kind === 'draw') {
        if (what.isNew || strokes === 0) strokes++;
        return { at, stroke: strokes - 1, points: what.points };
      }
      strokes = Math.floor(what.share * strokes);
      return { at, erased: what.kind, strokes, rev: ++rev };
    });
  });

const moment = fc.record({ rev: fc.nat(500), strokes: fc.nat(500), points: fc.nat(20_000) });
const record: fc.Arbitrary<Record> = fc.record({
  model: fc.stringMatching(/^[\da-f]{16}$/),
  engine: fc.constantFrom('native' as const, 'wasm' as const),
  word,
  language: fc.constantFrom('', 'en', 'pt'),
  nick: fc.constantFrom('', 'Ann', 'Łukasz 🎨', 'علي'),
  mark: fc.nat(11),
  day: fc.nat(40_000),
  seconds: fc.integer({ min: 10, max: 120 }),
  verdict: fc.option(
    fc.record({
      at: fc.nat(120_000),
      word,
      probability: fc.integer({ min: 0, max: 1000 }).map((n) => n / 1000),
      ink: fc.option(moment),
    }),
  ),
  history,
});

describe('a record', () => {
  test('is read as it was written', () => {
    fc.assert(
      fc.property(record, (each) => {
        expect(decode(encode(each))).toEqual(each);
      }),
    );
  });

  test('that is cut off anywhere, or is none, is refused', () => {
    fc.assert(
      fc.property(record, fc.double({ min: 0, max: 0.999, noNaN: true }), (each, kept) => {
        const bytes = encode(each);
        expect(() => decode(bytes.subarray(0, Math.floor(bytes.length * kept)))).toThrow(BadRecord);
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          decode(bytes);
        } catch (reason) {
          expect(reason).toBeInstanceOf(BadRecord);
        }
      }),
    );
  });

  test('of a later version is refused with its number', () => {
    const bytes = encode(fc.sample(record, 1)[0]!);
    bytes[0] = RECORD_VERSION + 1;
    expect(() => decode(bytes)).toThrow(`version ${RECORD_VERSION + 1}`);
  });
});

/** Live guesses have three decimals. */
const rounded = (all: History): History => {
  const thousandths = (p: number) => Math.round(p * 1000) / 1000;
  return all.map((event) => {
    if (!('guesses' in event)) return event;
    const { sureness, top, target } = event.guesses;
    const shown = top.map(([each, p]): [string, number] => [each, thousandths(p)]);
    return { at: event.at, guesses: { sureness, top: shown, target: thousandths(target) } };
  });
};

describe('a packed history', () => {
  test('is unpacked as it was, at every moment', () => {
    fc.assert(
      fc.property(history.map(rounded), (all) => {
        const packed = pack([]);
        for (const [i, event] of all.entries()) {
          add(packed, event);
          expect(packed.length).toBe(i + 1);
          expect(packed.place.at).toBe(event.at);
        }
        expect(unpack(packed)).toEqual(all);
        expect(unpack(pack(all))).toEqual(all);
      }),
    );
  });

  test('goes on after it was unpacked, and what was unpacked stays as it is', () => {
    const packed = pack([{ at: 5, stroke: 0, points: [1, 2] }]);
    const before = unpack(packed);
    add(packed, { at: 9, stroke: 0, points: [3, 4] });
    expect(before).toHaveLength(1);
    expect(inkAt(unpack(packed)).strokes).toEqual([[1, 2, 3, 4]]);
  });

  test('takes a few bytes for each event of a race', () => {
    const all = Array.from({ length: 300 }, (_, i): InkEvent => {
      const at = i * 50;
      const top = ['cat', 'dog', 'fish', 'owl'].map((each, n): [string, number] => [each, (i + n) / 1000]);
      if (i % 3 === 2) return { at, guesses: { sureness: 'guessing', top, target: i / 1000 } };
      return { at, stroke: 0, points: [i, i, i + 9, i + 3, i + 20, i + 8] };
    });
    expect(pack(all).bytes.bytes().length).toBeLessThan(300 * 16);
  });
});

describe('a history', () => {
  test('says the ink at every moment', () => {
    const all: History = [
      { at: 10, stroke: 0, points: [1, 1] },
      { at: 20, stroke: 0, points: [2, 2] },
      { at: 30, stroke: 1, points: [3, 3] },
      { at: 35, guesses: { sureness: 'guessing', top: [['cat', 0.5]], target: 0.5 } },
      { at: 40, erased: 'undo', strokes: 1, rev: 1 },
      { at: 50, erased: 'clear', strokes: 0, rev: 2 },
      { at: 60, stroke: 0, points: [4, 4] },
    ];
    const strokesAt = (time?: number) => inkAt(all, time).strokes;
    expect(strokesAt(9)).toEqual([]);
    expect(strokesAt(20)).toEqual([[1, 1, 2, 2]]);
    expect(strokesAt(35)).toEqual([
      [1, 1, 2, 2],
      [3, 3],
    ]);
    expect(strokesAt(45)).toEqual([[1, 1, 2, 2]]);
    expect(strokesAt(55)).toEqual([]);
    expect(inkAt(all)).toEqual({ rev: 2, strokes: [[4, 4]] });
    // Nothing in it was changed by reading it.
    expect(inkAt(all, 20)).toEqual(inkAt(all, 20));
  });

  test('without what was erased comes to the same ink and keeps all guesses', () => {
    fc.assert(
      fc.property(history, (all) => {
        const less = withoutErased(all);
        expect(inkAt(less)).toEqual(inkAt(all));
        const guesses = (each: History) => each.filter((event) => 'guesses' in event);
        expect(guesses(less)).toEqual(guesses(all));
        expect(less.slice(1).some((event) => 'erased' in event)).toBe(false);
      }),
    );
  });

  test('at the pace of the hand has the same ink, and never draws before the chunk, or the event, that came before', () => {
    expect(
      smoothed([
        { at: 100, stroke: 0, points: [1, 1, 2, 2] },
        { at: 110, guesses: { sureness: 'blank', top: [], target: 0 } },
        { at: 120, stroke: 0, points: [3, 3] },
        { at: 500, stroke: 1, points: [4, 4] },
      ]).map((event) => ('points' in event ? [event.at, event.stroke, ...event.points] : event.at)),
    ).toEqual([[75, 0, 1, 1], [100, 0, 2, 2], 110, [120, 0, 3, 3], [500, 1, 4, 4]]);
    fc.assert(
      fc.property(history, (all) => {
        const even = smoothed(all);
        expect(inkAt(even)).toEqual(inkAt(all));
        const times = even.map(({ at }) => at);
        expect(times).toEqual(times.toSorted((a, b) => a - b));
        const strokes = timedStrokes(all);
        expect(strokes.map(([xs, ys]) => xs.flatMap((x, i) => [x, ys[i]!]))).toEqual(inkAt(all).strokes);
        expect(strokes.every(([xs, , ts]) => ts.length === xs.length)).toBe(true);
        const paced: number[][] = [];
        for (const event of smoothed(all)) {
          if ('erased' in event) paced.length = event.strokes;
          else if ('points' in event) {
            paced[event.stroke] ??= [];
            paced[event.stroke]!.push(event.at);
          }
        }
        expect(strokes.map(([, , ts]) => ts)).toEqual(paced);
      }),
    );
  });

  test('can be made of an ink', () => {
    fc.assert(
      fc.property(history, (all) => {
        expect(inkAt(historyOf(inkAt(all), 5))).toEqual(inkAt(all));
      }),
    );
  });
});
