/** Verdicts on drawings that go on meanwhile: which count, from when, and how long a round waits for them. */
import { afterEach, expect, test } from 'vitest';
import { Unavailable } from '../../server/storage/store.ts';
import { chunk, endDrawing, endRaces, guesses, race, recognitions, wait } from '../support/rooms.ts';
import { QUICK } from '../support/server.ts';

afterEach(endRaces);

test('a passing verdict recognizes, with the time of its chunk', async () => {
  const { rooms, players, looks, view, until, frames, prompt } = await race(2);
  const [ann] = players;
  expect(rooms.draw(ann!, chunk(0))).toBe(null);
  await until(() => looks.length === 1);
  looks[0]!(prompt(), 0.3);
  // The verdict leaves with its guesses.
  await until(() => guesses(frames()).length === 1);
  expect(recognitions(view())).toEqual([]);
  const { started } = view().phase as { started: number };
  await wait(500);
  const before = Date.now() - started;
  expect(rooms.draw(ann!, chunk(2))).toBe(null);
  const after = Date.now() - started;
  await until(() => looks.length === 2);
  looks[1]!(prompt(), 0.8);
  await until(() => recognitions(view()).length === 1);
  const [recognition] = recognitions(view()) as { at: number; word: string; probability: number; player: string }[];
  expect(recognition).toMatchObject({ player: ann!.player, word: prompt(), probability: 0.8 });
  // The ink that was looked at: one stroke of two chunks.
  expect(recognition).toMatchObject({ ink: { rev: 0, strokes: 1, points: 4 } });
  expect(recognition!.at).toBeGreaterThanOrEqual(before);
  expect(recognition!.at).toBeLessThanOrEqual(after);
});

test('a verdict on an undone or cleared drawing is dropped', async () => {
  const { rooms, players, looks, view, until, frames, prompt } = await race(2);
  const [ann] = players;
  rooms.draw(ann!, chunk(0));
  await until(() => looks.length === 1);
  expect(rooms.erase(ann!, 'undo', { round: 1, rev: 0 })).toBe(null);
  looks[0]!(prompt(), 0.99);
  rooms.draw(ann!, chunk(0, { rev: 1 }));
  await until(() => looks.length === 2);
  looks[1]!(prompt(), 0.1);
  await until(() => guesses(frames()).length > 0);
  expect(recognitions(view())).toEqual([]);
  expect(guesses(frames())).toMatchObject([{ target: 0.1 }]);
  // What is drawn instead does, also where it was begun while the recognizer looked at what is gone.
  rooms.draw(ann!, chunk(2, { rev: 1 }));
  await until(() => looks.length === 3);
  expect(rooms.erase(ann!, 'clear', { round: 1, rev: 1 })).toBe(null);
  rooms.draw(ann!, chunk(0, { rev: 2 }));
  looks[2]!(prompt(), 0.1);
  await until(() => looks.length === 4);
  looks[3]!(prompt(), 0.9);
  await until(() => recognitions(view()).length === 1);
});

test('a verdict that arrives in the next round is dropped', async () => {
  const { rooms, players, looks, view, until, frames, prompt } = await race(1, { ...QUICK, finish: 0, settle: 0 });
  const [ann] = players;
  rooms.draw(ann!, chunk(0));
  await until(() => looks.length === 1);
  // Drawn on at the very end of the round: the look at this is still away when the next round begins.
  rooms.draw(ann!, chunk(2));
  looks[0]!(prompt(), 0.9);
  await until(() => looks.length === 2);
  await until(() => (view().phase as { number?: number }).number === 2 && view().phase.name === 'drawing');
  looks[1]!(prompt(), 0.9);
  expect(rooms.draw(ann!, chunk(4))).toBe('wrong-phase');
  expect(rooms.draw(ann!, chunk(0, { round: 2 }))).toBe(null);
  await until(() => looks.length === 3);
  looks[2]!(prompt(), 0.1);
  await until(() => guesses(frames()).some(({ target }) => target === 0.1));
  expect(recognitions(view())).toEqual([]);
});

test('what is drawn during a look is looked at when the next guesses are due', async () => {
  const { rooms, players, looks, until, frames, prompt } = await race(2);
  const [ann] = players;
  const started = Date.now();
  rooms.draw(ann!, chunk(0));
  await until(() => looks.length === 1);
  for (let from = 2; Date.now() - started < 60; from += 2) {
    rooms.draw(ann!, chunk(from));
    await wait(10);
  }
  const again = until(() => looks.length === 2).then(() => Date.now() - started);
  looks[0]!(prompt(), 0.05);
  // The guesses leave although more was drawn meanwhile: they were due when the recognizer looked.
  await until(() => guesses(frames()).length === 1);
  // All of that came in less than the tenth of a second after which guesses are due again.
  expect(await again).toBeGreaterThanOrEqual(90);
});

test('between two guesses the recognizer looks if it is idle and the next stroke may decide', async () => {
  for (const [p, looked] of [
    [0.05, 1],
    [0.3, 2],
  ] as const) {
    const { rooms, players, looks, until, frames, prompt } = await race(1, QUICK, new Set(), 2);
    rooms.draw(players[0]!, chunk(0));
    await until(() => looks.length === 1);
    looks[0]!(prompt(), p);
    await until(() => guesses(frames()).length === 1);
    // Under this load guesses are due every half second.
    rooms.draw(players[0]!, chunk(2));
    await wait(100);
    expect(looks).toHaveLength(looked);
  }
});

test('what was drawn last is looked at as soon as the time is up, and its guesses leave with the last frame', async () => {
  const { rooms, store, code, players, looks, view, until, frames, prompt } = await race(1, QUICK, new Set(), 2);
  rooms.draw(players[0]!, chunk(0));
  await until(() => looks.length === 1);
  looks[0]!(prompt(), 0.05);
  await until(() => guesses(frames()).length === 1);
  rooms.draw(players[0]!, chunk(2));
  const ends = await endDrawing(store, code);
  await until(() => looks.length === 2);
  expect(Date.now() - ends).toBeLessThan(250);
  looks[1]!(prompt(), 0.07);
  await until(() => view().phase.name === 'reveal');
  expect(guesses(frames()).at(-1)).toMatchObject({ target: 0.07 });
});

test('an ink that came at once counts from when a hand could have drawn it', async () => {
  const { rooms, players, looks, view, until, prompt } = await race(2);
  const points = Array.from({ length: 480 }, (_, i) => i * 4);
  rooms.draw(players[0]!, chunk(0, { points }));
  await until(() => looks.length === 1);
  looks[0]!(prompt(), 0.9);
  await until(() => recognitions(view()).length === 1);
  const [{ at }] = recognitions(view()) as [{ at: number }];
  // 240 points: 120 may come early, the others take a 240 Hz pen half a second.
  expect(at).toBeGreaterThanOrEqual(500);
  expect(at).toBeLessThan(700);
});

/** A drawing that went on during a look that the recognizer has not answered yet. */
async function drawnDuringLook() {
  const there = await race(2);
  const { rooms, players, looks, view, until, prompt } = there;
  const [ann] = players;
  rooms.draw(ann!, chunk(0));
  await until(() => looks.length === 1);
  await wait(600);
  rooms.draw(ann!, chunk(2));
  return {
    ...there,
    /** The newer look recognizes it. */
    async answer(): Promise<void> {
      looks[0]!(prompt(), 0.1);
      await until(() => looks.length === 2);
      looks[1]!(prompt(), 0.9);
    },
    /** Waits until the round is over, and the drawing counts. */
    async counts(): Promise<void> {
      await until(() => view().phase.name === 'reveal');
      expect(view().phase).toMatchObject({ result: { recognized: [{ player: ann!.player }] } });
    },
  };
}

test('a round ends when what was drawn in time is judged, however long that takes', async () => {
  const { store, code, view, answer, counts } = await drawnDuringLook();
  const ends = await endDrawing(store, code);
  await wait(700);
  expect(view().phase.name).toBe('drawing');
  await answer();
  await counts();
  expect(Date.now() - ends).toBeLessThan(1500);
});

test('a round ends in time for one whose connection was lost and is back', async () => {
  const { rooms, players, store, code, view, until } = await race(1);
  const { token } = (await store.read(code))!.seats[0]!;
  const ends = Date.now() + 300;
  await store.update(code, (game) => {
    const phase = game.phase as Extract<typeof game.phase, { name: 'drawing' }>;
    return { ...game, version: game.version + 1, phase: { ...phase, ends, close: ends + 2000 } };
  });
  await rooms.exit(players[0]!, 'lost');
  expect(await rooms.comeBack('s9', code, token)).toMatchObject({ ok: true });
  await until(() => view().phase.name === 'reveal');
  expect(Date.now() - ends).toBeLessThan(1000);
});

test('a round waits for a recognition that the store could not take at once', async () => {
  const { store, code, answer, counts } = await drawnDuringLook();
  const { update } = store;
  let isAway = true;
  store.update = (code, act) => (isAway ? Promise.reject(new Unavailable('away')) : update(code, act));
  await answer();
  await wait(20);
  isAway = false;
  const ends = await endDrawing(store, code);
  await counts();
  expect(Date.now() - ends).toBeLessThan(1500);
});
