import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LocalDrawing, Message } from '../../client/drawing/local-drawing.ts';
import {
  applySnapshot,
  clear,
  confirmChunk,
  markLost,
  newLocalDrawing,
  nextMessage,
  penDown,
  penIsDown,
  penMove,
  penUp,
  undo,
  visibleStrokes,
} from '../../client/drawing/local-drawing.ts';
import * as remote from '../../client/drawing/remote-drawing.ts';
import type { Chunk, Ink, Stroke } from '../../shared/ink.ts';
import * as inks from '../../shared/ink.ts';
import { CHUNK_LIMIT, STROKE_LIMIT } from '../../shared/protocol.ts';

const line = (drawing: LocalDrawing, ...points: [number, number][]) => {
  points.forEach(([x, y], i) => {
    if (i === 0) penDown(drawing, x, y);
    else penMove(drawing, x, y);
  });
  penUp(drawing);
};
const takeAll = (drawing: LocalDrawing, now = 0): Message[] => {
  const messages: Message[] = [];
  for (let m = nextMessage(drawing, now); m; m = nextMessage(drawing, now)) messages.push(m);
  return messages;
};

describe('the pen', () => {
  test('drops points too close to the previous one, but never the last', () => {
    const drawing = newLocalDrawing(1);
    line(drawing, [100, 100], [102, 100], [200, 100], [201, 100], [203, 100]);
    expect(visibleStrokes(drawing)).toEqual([[100, 100, 200, 100, 203, 100]]);
  });

  test('a tap is a stroke of one point', () => {
    const drawing = newLocalDrawing(1);
    line(drawing, [5.4, 5.6]);
    expect(visibleStrokes(drawing)).toEqual([[5, 6]]);
  });

  test('clamps points to the board', () => {
    const drawing = newLocalDrawing(1);
    line(drawing, [-50, 30], [inks.BOARD + 99, 30]);
    expect(visibleStrokes(drawing)).toEqual([[0, 30, inks.BOARD, 30]]);
  });

  test('moves draw nothing while the pen is up, or after an undo in mid-stroke', () => {
    const drawing = newLocalDrawing(1);
    penMove(drawing, 9, 9);
    penDown(drawing, 0, 0);
    penMove(drawing, 90, 90);
    undo(drawing);
    penMove(drawing, 500, 500);
    expect(visibleStrokes(drawing)).toEqual([]);
    expect(penIsDown(drawing)).toBe(false);
  });

  test('draws no stroke beyond the limit', () => {
    const drawing = newLocalDrawing(1);
    for (let i = 0; i < STROKE_LIMIT + 5; i++) line(drawing, [i, i]);
    expect(visibleStrokes(drawing)).toHaveLength(STROKE_LIMIT);
  });
});

describe('sending', () => {
  test('continues where it stopped, in chunks within the limit', () => {
    const drawing = newLocalDrawing(1);
    penDown(drawing, 0, 0);
    for (let i = 1; i < CHUNK_LIMIT + 10; i++) penMove(drawing, (i % 2) * 500, i);
    const [first, second, ...rest] = takeAll(drawing);
    expect(first).toMatchObject({ event: 'chunk', rev: 0, stroke: 0, from: 0 });
    expect((first as Chunk).points).toHaveLength(CHUNK_LIMIT * 2);
    expect(second).toMatchObject({ stroke: 0, from: CHUNK_LIMIT });
    expect((second as Chunk).points).toHaveLength(20);
    expect(rest).toEqual([]);
  });

  test('an undo is painted at once and sent once; strokes wait for its answer', () => {
    const drawing = newLocalDrawing(1);
    line(drawing, [0, 0], [100, 0]);
    line(drawing, [0, 50], [100, 50]);
    takeAll(drawing);
    undo(drawing);
    expect(visibleStrokes(drawing)).toHaveLength(1);
    line(drawing, [0, 90], [100, 90]);
    expect(takeAll(drawing)).toEqual([{ event: 'undo', rev: 0 }]);
    applySnapshot(drawing, { rev: 1, strokes: [[0, 0, 100, 0]] }, 0);
    expect(takeAll(drawing)).toEqual([{ event: 'chunk', rev: 1, stroke: 1, from: 2, points: [0, 90, 100, 90] }]);
  });

  test('undo pressed while one is under way goes in one message, and a clear replaces it', () => {
    const drawing = newLocalDrawing(1);
    for (let y = 0; y < 300; y += 50) line(drawing, [0, y], [100, y]);
    takeAll(drawing);
    undo(drawing);
    expect(takeAll(drawing, 1000)).toEqual([{ event: 'undo', rev: 0 }]);
    for (let i = 0; i < 3; i++) undo(drawing);
    expect(takeAll(drawing, 1010)).toEqual([]);
    const server = {
      rev: 1,
      strokes: visibleStrokes(drawing).concat(
        [
          [0, 100],
          [0, 150],
          [0, 200],
        ].map(([x, y]) => [x!, y!, 100, y!]),
      ),
    };
    applySnapshot(drawing, server, 1020);
    expect(takeAll(drawing, 1020)).toEqual([]);
    expect(takeAll(drawing, 1100)).toEqual([{ event: 'undo', rev: 1, times: 3 }]);
    undo(drawing);
    clear(drawing);
    applySnapshot(drawing, { rev: 4, strokes: server.strokes.slice(0, 2) }, 1110);
    expect(visibleStrokes(drawing)).toEqual([]);
    expect(takeAll(drawing, 1110)).toEqual([{ event: 'clear', rev: 4 }]);
  });

  test('a server that undoes only once of several times is asked for the rest', () => {
    const drawing = newLocalDrawing(1);
    for (let y = 0; y < 150; y += 50) line(drawing, [0, y], [100, y]);
    takeAll(drawing);
    undo(drawing);
    undo(drawing);
    expect(takeAll(drawing, 1000)).toEqual([{ event: 'undo', rev: 0, times: 2 }]);
    applySnapshot(
      drawing,
      {
        rev: 1,
        strokes: [
          [0, 0, 100, 0],
          [0, 50, 100, 50],
        ],
      },
      1010,
    );
    expect(visibleStrokes(drawing)).toEqual([[0, 0, 100, 0]]);
    expect(takeAll(drawing, 1100)).toEqual([{ event: 'undo', rev: 1 }]);
  });

  test('unsent ink is undone without a message', () => {
    const drawing = newLocalDrawing(1);
    line(drawing, [0, 0], [100, 0]);
    undo(drawing);
    expect(takeAll(drawing)).toEqual([]);
  });

  test('drawing continues from a snapshot that is a prefix of it', () => {
    const drawing = newLocalDrawing(1);
    line(drawing, [0, 0], [100, 0], [200, 0]);
    line(drawing, [0, 50], [100, 50]);
    takeAll(drawing);
    markLost(drawing);
    applySnapshot(drawing, { rev: 0, strokes: [[0, 0, 100, 0]] }, 0);
    expect(takeAll(drawing)).toEqual([
      { event: 'chunk', rev: 0, stroke: 0, from: 2, points: [200, 0] },
      { event: 'chunk', rev: 0, stroke: 1, from: 3, points: [0, 50, 100, 50] },
    ]);
  });

  test('after a reload, new strokes go behind the server’s ink', () => {
    const drawing = newLocalDrawing(1);
    markLost(drawing);
    line(drawing, [7, 7], [70, 70]);
    expect(takeAll(drawing)).toEqual([{ event: 'resync' }]);
    applySnapshot(drawing, { rev: 4, strokes: [[0, 0, 100, 0]] }, 0);
    expect(visibleStrokes(drawing)).toEqual([
      [0, 0, 100, 0],
      [7, 7, 70, 70],
    ]);
    expect(takeAll(drawing)).toEqual([{ event: 'chunk', rev: 4, stroke: 1, from: 2, points: [7, 7, 70, 70] }]);
  });

  test('a server that lost an undo gets the whole drawing again', () => {
    const drawing = newLocalDrawing(1);
    line(drawing, [0, 0], [100, 0]);
    takeAll(drawing);
    undo(drawing);
    takeAll(drawing);
    applySnapshot(drawing, { rev: 1, strokes: [] }, 0);
    line(drawing, [5, 5], [100, 5]);
    takeAll(drawing);
    markLost(drawing);
    applySnapshot(drawing, { rev: 0, strokes: [[0, 0, 100, 0]] }, 0);
    expect(takeAll(drawing)).toEqual([{ event: 'clear', rev: 0 }]);
    applySnapshot(drawing, { rev: 1, strokes: [] }, 0);
    expect(takeAll(drawing)).toEqual([{ event: 'chunk', rev: 1, stroke: 0, from: 0, points: [5, 5, 100, 5] }]);
  });

  test('after silence it asks for the server’s ink', () => {
    const drawing = newLocalDrawing(1);
    line(drawing, [0, 0], [100, 0]);
    takeAll(drawing, 1000);
    expect(nextMessage(drawing, 2000)).toBeUndefined();
    expect(nextMessage(drawing, 4000)).toEqual({ event: 'resync' });
    applySnapshot(drawing, { rev: 0, strokes: [] }, 4100);
    expect(nextMessage(drawing, 4100)).toMatchObject({ event: 'chunk', from: 0 });
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
  const drawing = newLocalDrawing(1);
  const remoteDrawing = remote.newRemoteDrawing();
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
      if (message.event === 'undo') for (let i = 0; i < (message.times ?? 1); i++) inks.undo(server);
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
        if (message?.event === 'ink') applySnapshot(drawing, message.ink, now);
        else if (message) confirmChunk(drawing, message.chunk, now);
      } else {
        const message = view.shift();
        const whole =
          message?.event === 'ink'
            ? remote.applySnapshot(remoteDrawing, message.ink)
            : !message || remote.applyChunk(remoteDrawing, message.chunk);
        if (!whole) view.unshift(told());
      }
    }
  };
  const cut = () => {
    up = [];
    down = [told()];
    markLost(drawing);
  };
  const down1 = () => {
    const [x, y] = next();
    penDown(drawing, x, y);
    meant.push([x, y]);
  };
  const move = () => {
    if (!penIsDown(drawing)) return;
    const [x, y] = next();
    penMove(drawing, x, y);
    meant.at(-1)!.push(x, y);
  };
  const tick = () => {
    now += 50;
    for (let m = nextMessage(drawing, now); m; m = nextMessage(drawing, now)) up.push(m);
  };
  const play = (a: Act) => {
    if (a.act === 'line') {
      down1();
      for (let i = 0; i < a.points; i++) move();
      penUp(drawing);
    } else if (a.act === 'down') down1();
    else if (a.act === 'move') for (let i = 0; i < a.times; i++) move();
    else if (a.act === 'up') penUp(drawing);
    else if (a.act === 'undo') {
      undo(drawing);
      meant.pop();
    } else if (a.act === 'clear') {
      clear(drawing);
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
  return { play, rest, drawing, remoteDrawing, meant, server: () => server, under: () => up.length + down.length };
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

describe('property: all copies agree in the end, and show what the player drew', () => {
  for (const crashes of [false, true])
    test(crashes ? 'with a server that forgets what it had' : 'with lost, late and refused messages', () => {
      fc.assert(
        fc.property(fc.array(act, { maxLength: 120 }), (acts) => {
          const w = world(crashes);
          for (const a of acts) {
            w.play(a);
            expect(visibleStrokes(w.drawing)).toEqual(w.meant);
          }
          w.rest();
          expect(w.under()).toBe(0);
          expect(w.server().strokes).toEqual(w.meant);
          expect(w.drawing.ink).toEqual(w.server());
          expect(w.remoteDrawing.ink).toEqual(w.server());
        }),
        { numRuns: 1500 },
      );
    });
});
