/**
 * The home page shows what the shipped network says of drawings made by code, without fetching the network: its answers
 * are a file, and this proves them. With a new network, record them anew: `npx vitest run test/client/demo.test.ts -u`
 */
import { afterAll, expect, test } from 'vitest';
import { DRAWINGS } from '../../client/demo/drawings.ts';
import { type Look, type Recorded, scene, upTo } from '../../client/demo/play.ts';
import { startRecognizer } from '../../server/recognizer.ts';
import { pointsIn } from '../../shared/ink.ts';
import { judge } from '../../shared/verdict.ts';

/** A look after so many points. */
const EVERY = 4;

const recognizer = await startRecognizer({
  engine: 'wasm',
  ...(process.env.MODEL_DIR && { modelDir: process.env.MODEL_DIR }),
});
afterAll(() => recognizer.close());

const trained = recognizer.words.model !== 'untrained';

test.skipIf(!trained)('the show is what the network sees', async () => {
  const recorded = await Promise.all(Object.entries(DRAWINGS).map(([word, strokes]) => record(word, strokes)));
  for (const { word, looks } of recorded) expect(looks.at(-1)!.top[0]![0]).toBe(word);
  const text = recorded.map((each) => `${JSON.stringify(each)}\n`).join('');
  await expect(text).toMatchFileSnapshot('../../client/demo/recorded.ndjson');
});

test('a drawing grows to its end, rests and is over', () => {
  const strokes = DRAWINGS.fish!;
  const looks: Look[] = [4, 8].map((points) => ({
    points,
    sureness: 'guessing',
    top: [['fish', points / 10]],
    target: 0,
  }));
  expect(scene(strokes, looks, 0)).toMatchObject({ points: 0, look: undefined, over: false });
  const total = strokes.reduce((sum, stroke) => sum + pointsIn(stroke), 0);
  const late = scene(strokes, looks, 60_000);
  expect(late).toMatchObject({ points: total, look: looks[1], over: true });
  expect(upTo(strokes, total)).toEqual(strokes);
  expect(upTo(strokes, pointsIn(strokes[0]!) + 1)).toEqual([strokes[0], strokes[1]!.slice(0, 2)]);
});

async function record(word: string, strokes: number[][]): Promise<Recorded> {
  const total = strokes.reduce((sum, stroke) => sum + pointsIn(stroke), 0);
  const looks: Look[] = [];
  for (let points = EVERY; points < total + EVERY; points += EVERY) {
    const drawn = { rev: 0, strokes: upTo(strokes, points) };
    const [probabilities] = await recognizer.recognize([drawn]);
    const verdict = judge(recognizer.words, word, probabilities!, drawn);
    const top = verdict.guesses
      .slice(0, 3)
      .map(({ word: index, p }): [string, number] => [recognizer.words.words[index]!.word, round(p)]);
    looks.push({ points: Math.min(points, total), sureness: verdict.sureness, top, target: round(verdict.target) });
    if (verdict.recognized && top[0]?.[0] === word) break;
  }
  return { word, looks };
}

/** Two digits are enough for a bar, and the same on every processor. */
const round = (share: number): number => Math.round(share * 100) / 100;
