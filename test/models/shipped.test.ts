/** The shipped model as a file: its size, and whether its figures are fitted. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SHIPPED } from '../../server/inference/model.ts';
import { CONVINCED, type Words } from '../../shared/verdict.ts';

// As the file has it: `readModel` would supply what is missing.
const { calibration, words }: Words = JSON.parse(readFileSync(join(SHIPPED, 'words.json'), 'utf8'));

test('its weights take at most 3,000,000 bytes', () => {
  expect(statSync(join(SHIPPED, 'weights.bin')).size).toBeLessThanOrEqual(3_000_000);
});

test('it knows 345 words, and the game uses at least 300 of them as prompts', () => {
  expect(new Set(words.map(({ word }) => word)).size).toBe(345);
  expect(words.filter(({ prompt }) => prompt === true).length).toBeGreaterThanOrEqual(300);
});

test('every word can be recognized: its threshold is at least CONVINCED and below 1', () => {
  const wrong = words.filter(({ threshold }) => !(threshold >= CONVINCED && threshold < 1));
  expect(wrong.map(({ word, threshold }) => `${word}: ${threshold}`)).toEqual([]);
});

test('of the prompts, many are easy, many hard and many neither, and harder ones score more', () => {
  const prompts = words.filter(({ prompt }) => prompt);
  const factors = (['easy', 'medium', 'hard'] as const).map((difficulty) => {
    const some = prompts.filter((each) => each.difficulty === difficulty);
    expect(some.length / prompts.length, difficulty).toBeGreaterThan(0.2);
    return new Set(some.map(({ factor }) => factor));
  });
  for (const each of factors) expect(each.size).toBe(1);
  const [easy, medium, hard] = factors.map(([factor]) => factor!) as [number, number, number];
  expect(easy).toBeGreaterThan(0);
  expect(medium).toBeGreaterThan(easy);
  expect(hard).toBeGreaterThan(medium);
});

test('look-alikes are words, and of each other', () => {
  for (const { word, alike = [] } of words)
    for (const name of alike) {
      const other = words.find((each) => each.word === name);
      expect(other?.alike, `${word}: ${name}`).toContain(word);
      expect(name).not.toBe(word);
    }
});

test('it is calibrated: a power at each of some rising sizes', () => {
  const { sizes, powers } = calibration;
  expect(sizes?.length).toBeGreaterThan(1);
  expect(powers).toHaveLength(sizes.length);
  for (const value of powers) expect(Number.isFinite(value) && value > 0, `${value}`).toBe(true);
  for (const [i, size] of sizes.entries()) {
    expect(size).toBeGreaterThan(sizes[i - 1] ?? 0);
    expect(size).toBeLessThanOrEqual(1);
  }
});
