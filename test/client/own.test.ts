import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Message, Own } from '../../client/own.ts';
import {
  clear,
  confirm,
  lost,
  newOwn,
  penDown,
  penIsDown,
  penMove,
  penUp,
  snapshot,
  take,
  undo,
  wanted,
} from '../../client/own.ts';
import { newViewed, seeChunk, seeSnapshot } from '../../client/viewed.ts';
import type { Chunk, Ink, Stroke } from '../../shared/ink.ts';
import * as inks from '../../shared/ink.ts';
import { CHUNK_LIMIT, STROKE_LIMIT } from '../../shared/protocol.ts';

const line = (own: Own, ...points: [number, number][]) => {
  points.forEach(([x, y], i) => {
    if (i === 0) penDown(own, x, y);
    else penMove(own, x, y);
  });
  penUp(own);
};
const takeAll = (own: Own, now = 0): Message[] => {
  const messages: Message[] = [];
  for (let m = take(own, now); m; m = take(own, now)) messages.push(m);
  return messages;
};

describe('the pen', () => {
  test('points too near to the one before are left out, but never the last', () => {
    const own = newOwn(1);
    line(own, [100, 100], [102, 100], [200, 100], [201, 100], [203, 100]);
    expect(wanted(own)).toEqual([[100, 100, 200, 100, 203, 100]]);
  });

  test('a tap is a stroke of one point', () => {
    const own = newOwn(1);
    line(own, [5.4, 5.6]);
    expect(wanted(own)).toEqual([[5, 6]]);
  });

  test('what leaves the board stays on its edge', () => {
    const own = newOwn(1);
    line(own, [-50, 30], [inks.BOARD + 99, 30]);
    expect(wanted(own)).toEqual([[0, 30, inks.BOARD, 30]]);
  });

  test('moves without the pen down draw nothing, nor after an undo under the pen', () => {
    const own = newOwn(1);
    penMove(own, 9, 9);
    penDown(own, 0, 0);
    penMove(own, 90, 90);
    undo(own);
    penMove(own, 500, 500);
    expect(wanted(own)).toEqual([]);
    expect(penIsDown(own)).toBe(false);
  });

  test('no stroke beyond the limit', () => {
    const own = newOwn(1);
    for (let i = 0; i < STROKE_LIMIT + 5; i++) line(own, [i, i]);
    expect(wanted(own)).toHaveLength(STROKE_LIMIT);
  });
});

describe('sending', () => {
  test('goes on where it stopped, in chunks of at most the limit', () => {
    const own = newOwn(1);
    penDown(own, 0, 0);
    for (let i = 1; i < CHUNK_LIMIT + 10; i++) penMove(own, (i % 2) * 500, i);
    const [first, second, ...rest] = takeAll(own);
    expect(first).toMatchObject({ event: 'chunk', rev: 0, stroke: 0, from: 0 });
    expect((first as Chunk).points).toHaveLength(CHUNK_LIMIT * 2);
    expect(second).toMatchObject({ stroke: 0, from: CHUNK_LIMIT });
    expect((second as Chunk).points).toHaveLength(20);
    expect(rest).toEqual([]);
  });

  test('an undo is painted at once, asked for once, and strokes wait for its answer', () => {
    const own = newOwn(1);
    line(own, [0, 0], [100, 0]);
    line(own, [0, 50], [100, 50]);
    takeAll(own);
    undo(own);
    expect(wanted(own)).toHaveLength(1);
    line(own, [0, 90], [100, 90]);
    expect(takeAll(own)).toEqual([{ event: 'undo', rev: 0 }]);
    snapshot(own, { rev: 1, strokes: [[0, 0, 100, 0]] }, 0);
    expect(takeAll(own)).toEqual([{ event: 'chunk', rev: 1, stroke: 1, from: 2, points: [0, 90, 100, 90] }]);
  });

  test('what was never sent is undone without asking', () => {
    const own = newOwn(1);
    line(own, [0, 0], [100, 0]);
    undo(own);
    expect(takeAll(own)).toEqual([]);
  });

  test('a snapshot that is a beginning of the drawing is gone on from', () => {
    const own = newOwn(1);
    line(own, [0, 0], [100, 0], [200, 0]);
    line(own, [0, 50], [100, 50]);
    takeAll(own);
    lost(own);
    snapshot(own, { rev: 0, strokes: [[0, 0, 100, 0]] }, 0);
    expect(takeAll(own)).toEqual([
      { event: 'chunk', rev: 0, stroke: 0, from: 2, points: [200, 0] },
      { event: 'chunk', rev: 0, stroke: 1, from: 3, points: [0, 50, 100, 50] },
    ]);
  });

  test('after a reload the server’s ink is taken over, and what was drawn before it came goes behind', () => {
    const own = newOwn(1);
    lost(own);
    line(own, [7, 7], [70, 70]);
    expect(takeAll(own)).toEqual([{ event: 'resync' }]);
    snapshot(own, { rev: 4, strokes: [[0, 0, 100, 0]] }, 0);
    expect(wanted(own)).toEqual([
      [0, 0, 100, 0],
      [7, 7, 70, 70],
    ]);
    expect(takeAll(own)).toEqual([{ event: 'chunk', rev: 4, stroke: 1, from: 2, points: [7, 7, 70, 70] }]);
  });

  test('a server that lost an undo gets the drawing anew', () => {
    const own = newOwn(1);
    line(own, [0, 0], [100, 0]);
    takeAll(own);
    undo(own);
    takeAll(own);
    snapshot(own, { rev: 1, strokes: [] }, 0);
    line(own, [5, 5], [100, 5]);
    takeAll(own);
    lost(own);
    snapshot(own, { rev: 0, strokes: [[0, 0, 100, 0]] }, 0);
    expect(takeAll(own)).toEqual([{ event: 'clear', rev: 0 }]);
    snapshot(own, { rev: 1, strokes: [] }, 0);
    expect(takeAll(own)).toEqual([{ event: 'chunk', rev: 1, stroke: 0, from: 0, points: [5, 5, 100, 5] }]);
  });

  test('without news it asks what the server has', () => {
    const own = newOwn(1);
    line(own, [0, 0], [100, 0]);
    takeAll(own, 1000);
    expect(take(own, 2000)).toBeUndefined();
    expect(take(own, 4000)).toEqual({ event: 'resync' });
    snapshot(own, { rev: 0, strokes: [] }, 4100);
    expect(take(own, 4100)).toMatchObject({ event: 'chunk', from: 0 });
  });
});

// ---------------------------------------------------------------- every accident of a network

type Act =
  | { act: 'line'; points: number }
  | { act: 'down' | 'up' | 'undo' | 'clear' | 'tick' | 'cut' | 'crash' | 'save' | 'refuse' | 'join' | 'skip' | 'stale' }
  | { act: 'move' | 'deliverUp' | 'deliverDown' | 'deliverViewer'; times: number };

type Down = { event: 'strokes'; chunk: Chunk } | { event: 'ink'; ink: Ink };

/** One drawer, one server, one viewer, and links that deliver in order, late, or break. */
function world(crashes: boolean) {
  const own = newOwn(1);
  const viewed = newViewed();
  let server = inks.emptyInk();
  let saved = inks.emptyInk();
  let now = 0;
  let refuse = 0;
  let at = 0;
  let up: Message[] = [];
  let down: Down[] = [];
  let view: Down[] = [];
  /** What the person meant. */
  const meant: Stroke[] = [];

  // Every point is new and far from the one before, so that none is left out.
  const next = (): [number, number] => {
    at++;
    return [(at * 97) % 2000, (at * 641) % 2000];
  };
  const told = (): Down => ({ event: 'ink', ink: inks.copyInk(server) });
  const receive = (message: Message) => {
    if (message.event === 'resync') down.push(told());
    else if (message.event === 'chunk') {
      const { event: _, ...chunk } = message;
      if (refuse > 0) refuse--;
      else if (inks.append(server, chunk)) {
        down.push({ event: 'strokes', chunk });
        view.push({ event: 'strokes', chunk });
      } else down.push(told());
    } else if (message.rev !== server.rev) down.push(told());
    else {
      if (message.event === 'undo') inks.undo(server);
      else inks.clear(server);
      down.push(told());
      view.push(told());
    }
  };
  const deliver = (times: number, which: 'up' | 'down' | 'view') => {
    for (let i = 0; i < times; i++) {
      if (which === 'up') {
        const message = up.shift();
        if (message) receive(message);
      } else if (which === 'down') {
        const message = down.shift();
        if (message?.event === 'ink') snapshot(own, message.ink, now);
        else if (message) confirm(own, message.chunk, now);
      } else {
        const message = view.shift();
        const whole =
          message?.event === 'ink' ? seeSnapshot(viewed, message.ink) : !message || seeChunk(viewed, message.chunk);
        if (!whole) view.unshift(told());
      }
    }
  };
  const cut = () => {
    up = [];
    down = [told()];
    lost(own);
  };
  const down1 = () => {
    const [x, y] = next();
    penDown(own, x, y);
    meant.push([x, y]);
  };
  const move = () => {
    if (!penIsDown(own)) return;
    const [x, y] = next();
    penMove(own, x, y);
    meant.at(-1)!.push(x, y);
  };
  const tick = () => {
    now += 50;
    for (let m = take(own, now); m; m = take(own, now)) up.push(m);
  };
  const play = (a: Act) => {
    if (a.act === 'line') {
      down1();
      for (let i = 0; i < a.points; i++) move();
      penUp(own);
    } else if (a.act === 'down') down1();
    else if (a.act === 'move') for (let i = 0; i < a.times; i++) move();
    else if (a.act === 'up') penUp(own);
    else if (a.act === 'undo') {
      undo(own);
      meant.pop();
    } else if (a.act === 'clear') {
      clear(own);
      meant.length = 0;
    } else if (a.act === 'tick') tick();
    else if (a.act === 'deliverUp') deliver(a.times, 'up');
    else if (a.act === 'deliverDown') deliver(a.times, 'down');
    else if (a.act === 'deliverViewer') deliver(a.times, 'view');
    else if (a.act === 'cut') cut();
    else if (a.act === 'refuse') refuse++;
    else if (a.act === 'stale') down.push(told());
    else if (a.act === 'skip') view.shift();
    else if (a.act === 'join') view = [told()];
    else if (a.act === 'save') saved = inks.copyInk(server);
    else if (a.act === 'crash' && crashes) {
      server = inks.copyInk(saved);
      cut();
      view = [told()];
    }
  };
  const rest = () => {
    play({ act: 'line', points: 1 });
    for (let i = 0; i < 200; i++) {
      tick();
      deliver(100, 'up');
      deliver(100, 'down');
      deliver(100, 'view');
    }
  };
  return { play, rest, own, viewed, meant, server: () => server, under: () => up.length + down.length };
}

const times = fc.integer({ min: 1, max: 6 });
const plain = (...names: string[]) => fc.constantFrom(...names).map((act) => ({ act }) as Act);
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ act: fc.constant('line' as const), points: times }) },
  { weight: 6, arbitrary: plain('tick') },
  {
    weight: 10,
    arbitrary: fc.record({
      act: fc.constantFrom('move', 'deliverUp', 'deliverDown', 'deliverViewer'),
      times,
    }) as fc.Arbitrary<Act>,
  },
  { weight: 4, arbitrary: plain('down', 'up', 'undo', 'undo', 'clear') },
  { weight: 2, arbitrary: plain('cut', 'refuse', 'join', 'skip', 'save', 'crash', 'stale') },
);

describe('property: every copy agrees in the end, and is what the person meant', () => {
  for (const crashes of [false, true])
    test(crashes ? 'with a server that forgets what it had' : 'with lost, late and refused messages', () => {
      fc.assert(
        fc.property(fc.array(act, { maxLength: 120 }), (acts) => {
          const w = world(crashes);
          for (const a of acts) {
            w.play(a);
            expect(wanted(w.own)).toEqual(w.meant);
          }
          w.rest();
          expect(w.under()).toBe(0);
          expect(w.server().strokes).toEqual(w.meant);
          expect(w.own.ink).toEqual(w.server());
          expect(w.viewed.ink).toEqual(w.server());
        }),
        { numRuns: 1500 },
      );
    });
});
