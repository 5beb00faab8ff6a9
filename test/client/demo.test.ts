/**
 * The home page shows what the shipped network says of drawings made by code, without fetching the network: its answers
 * are a file, and this proves them. With a new network, record them again: `npx vitest run test/client/demo.test.ts -u`
 */
import { afterAll, expect, test } from 'vitest';
import { DRAWINGS } from '../../client/screens/home/demo/drawings.ts';
import { type Look, lasts, type Racer, type Recorded, scene, upTo } from '../../client/screens/home/demo/play.ts';
import { startRecognizer } from '../../server/inference/thread.ts';
import type { Stroke } from '../../shared/ink.ts';
import { inkLength, pointsIn } from '../../shared/ink.ts';
import { judge } from '../../shared/verdict.ts';

/** A look after so many points. */
const EVERY = 3;

const recognizer = await startRecognizer({
  engine: 'wasm',
  ...(process.env.MODEL_DIR && { modelDir: process.env.MODEL_DIR }),
});
afterAll(() => recognizer.close());

const trained = recognizer.words.model !== 'untrained';

test.skipIf(!trained)(
  'the demo’s guesses are the network’s, and its race has a winner',
  async () => {
    const recorded: Recorded[] = [];
    for (const [word, drawings] of Object.entries(DRAWINGS)) {
      const racers: Racer[] = [];
      for (const [drawing, strokes] of drawings.entries()) racers.push(await record(word, strokes, drawing));
      const race = orders(racers)
        .map((racers) => ({ word, racers }))
        .find(showsOnPhones);
      // A race that the network does not decide is not shown.
      if (race) recorded.push(race);
    }
    expect(recorded.length).toBeGreaterThanOrEqual(2);
    for (const race of recorded) expect(lasts(race), race.word).toBeLessThan(14_000);
    const text = recorded.map((each) => `${JSON.stringify(each)}\n`).join('');
    await expect(text).toMatchFileSnapshot('../../client/screens/home/demo/recorded.ndjson');
  },
  60_000,
);

/** A phone shows the first three racers only, so these must have the winner and no gap. Each seat has its own speed. */
function showsOnPhones(race: Recorded): boolean {
  const places = scene(race, Infinity).map(({ place }) => place);
  return [1, 2, 3].every((place) => places.slice(0, 3).includes(place)) && [4, undefined].includes(places[3]);
}

/** All orders of some racers, the given one first. */
const orders = (racers: Racer[]): Racer[][] =>
  racers.length === 0
    ? [[]]
    : racers.flatMap((first) => orders(racers.filter((each) => each !== first)).map((others) => [first, ...others]));

test('a recognized racer stops drawing, and places go by time', () => {
  const look = (points: number, share: number): Look => ({ points, sureness: 'guessing', word: 'fish', share });
  const race: Recorded = {
    word: 'fish',
    racers: [
      { drawing: 0, looks: [look(19, 0.4), look(60, 0.9)], recognized: true },
      { drawing: 1, looks: [look(26, 0.8)], recognized: true },
      { drawing: 2, looks: [look(18, 0.1)], recognized: false },
    ],
  };
  expect(scene(race, 0)).toEqual(Array(3).fill({ points: 0, look: undefined, at: undefined, place: undefined }));
  expect(scene(race, 2000).map(({ place }) => place)).toEqual([undefined, 1, undefined]);
  const [first, second, third] = scene(race, 60_000);
  expect(first).toEqual({ points: 60, look: race.racers[0]!.looks[1], at: 4000, place: 2 });
  expect(second).toMatchObject({ points: 26, at: 2000, place: 1 });
  expect(third).toMatchObject({ points: 18, at: undefined, place: undefined });
});

test('a drawing grows by the same strokes', () => {
  const strokes = DRAWINGS.fish![0]!;
  const total = strokes.reduce((sum, stroke) => sum + pointsIn(stroke), 0);
  expect(upTo(strokes, total)).toEqual(strokes);
  const grown = upTo(strokes, pointsIn(strokes[0]!) + 1);
  expect(grown[0]).toBe(strokes[0]);
  expect(grown).toEqual([strokes[0], strokes[1]!.slice(0, 2)]);
});

async function record(word: string, strokes: Stroke[], drawing: number): Promise<Racer> {
  const total = strokes.reduce((sum, stroke) => sum + pointsIn(stroke), 0);
  const looks: Look[] = [];
  for (let points = EVERY; points < total + EVERY; points += EVERY) {
    const drawn = { rev: 0, strokes: upTo(strokes, points) };
    const [probabilities] = await recognizer.recognize([drawn]);
    const { recognized, sureness, guesses, target } = judge(recognizer.words, word, probabilities!, inkLength(drawn));
    const best = guesses[0] ? recognizer.words.words[guesses[0].word]!.word : '';
    const said = recognized ? { word, share: round(target) } : { word: best, share: round(guesses[0]?.p ?? 0) };
    looks.push({ points: Math.min(points, total), sureness, ...said });
    if (recognized) return { drawing, looks, recognized };
  }
  return { drawing, looks, recognized: false };
}

/** Two digits are enough for a bar, and the same on every processor. */
const round = (share: number): number => Math.round(share * 100) / 100;
