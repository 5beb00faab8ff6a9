import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { startEngine } from '../../models/lab/engine.ts';
import type { Stroke } from '../../shared/ink.ts';
import {
  among,
  type Answer,
  callOf,
  count,
  record,
  median,
  mixed,
  NO_CALLS,
  raceWords,
  ranked,
  type Standing,
  SURE,
  sureOf,
  winnerOf,
} from '../../shared/lab/race.ts';
import { FIRST_RECIPE, RACE_DATA, type Recipe } from '../../shared/lab/recipe.ts';
import { OWN_WORD, SOMETHING_ELSE } from '../../shared/lab/words.ts';
import { discard, lookOf, tallyOf, trained } from '../support/lab.ts';

const answer = (probabilities: Record<string, number>): Answer => new Map(Object.entries(probabilities));
const surely = (word: string) => answer({ [word]: SURE, [SOMETHING_ELSE]: 1 - SURE });
const unsure = answer({ cat: SURE - 0.01, dog: 0.11 });

describe('the rule', () => {
  const recorded = (...answers: Answer[]): Standing => answers.reduce(record, {});

  test('calls the first word that a network is sure of in two looks in a row, and stays with it', () => {
    expect(recorded(surely('cat')).call).toBeUndefined();
    expect(recorded(surely('cat'), surely('cat')).call).toBe('cat');
    expect(recorded(surely('cat'), surely('dog'), surely('cat')).call).toBeUndefined();
    expect(recorded(surely('cat'), unsure, surely('cat')).call).toBeUndefined();
    expect(recorded(surely('dog'), surely('cat'), surely('cat'), surely('dog'), surely('dog')).call).toBe('cat');
  });

  test('never calls something else, and nothing below the limit', () => {
    const nothing = surely(SOMETHING_ELSE);
    expect(sureOf(nothing)).toBeUndefined();
    expect(sureOf(unsure)).toBeUndefined();
    expect(sureOf(new Map())).toBeUndefined();
    expect(recorded(nothing, nothing, nothing).call).toBeUndefined();
  });

  test('looks at the same words for both: what is left is something else', () => {
    const game = answer({ cat: 0.5, dog: 0.2, lion: 0.3 });
    const seen = among(['cat', 'dog', OWN_WORD], game);
    expect([...seen.keys()]).toEqual(['cat', 'dog', OWN_WORD, SOMETHING_ELSE]);
    expect(seen.get('cat')).toBe(0.5);
    expect(seen.get(OWN_WORD)).toBe(0);
    expect(seen.get(SOMETHING_ELSE)).toBeCloseTo(0.3);
    expect(ranked(seen)[0]).toEqual(['cat', 0.5]);
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 2, maxLength: 6 }), (given) => {
        const sum = given.reduce((a, b) => a + b, 0) || 1;
        const seen = among(['0', '1'], new Map(given.map((p, i) => [`${i}`, p / sum])));
        expect([...seen.values()].every((p) => p >= 0)).toBe(true);
        if (given.some((p) => p > 0)) expect([...seen.values()].reduce((a, b) => a + b)).toBeCloseTo(1);
      }),
    );
  });

  test('the first right call wins; a wrong one is out', () => {
    const cat = (at: number) => ({ word: 'cat', at });
    const dog = (at: number) => ({ word: 'dog', at });
    expect(winnerOf('cat')).toBeUndefined();
    expect(winnerOf('cat', cat(900))).toBe('mine');
    expect(winnerOf('cat', cat(900), cat(800))).toBe('theirs');
    expect(winnerOf('cat', dog(100))).toBeUndefined();
    expect(winnerOf('cat', dog(100), cat(800))).toBe('theirs');
    expect(winnerOf('cat', dog(100), dog(50))).toBe('nobody');
  });

  test('against a guest, the words that both know count; two own words are not the same', () => {
    const mine: Recipe = { ...FIRST_RECIPE, words: ['cat', 'dog', 'sun'], own: true };
    const guest: Recipe = { ...FIRST_RECIPE, words: ['sun', 'moon', 'cat'], own: true };
    expect(raceWords(mine)).toEqual(['cat', 'dog', 'sun', OWN_WORD]);
    expect(raceWords(mine, guest)).toEqual(['cat', 'sun']);
  });
});

describe('a finished drawing', () => {
  const line: Stroke[] = [[0, 0, 2000, 0]];

  test('is looked at after even shares of its ink, and once more at its end', async () => {
    const ends: number[] = [];
    const call = await callOf(line, ['cat'], async ([stroke]) => {
      ends.push(stroke!.at(-2)!);
      return surely(SOMETHING_ELSE);
    });
    expect(call).toBeUndefined();
    expect(ends).toHaveLength(25);
    expect(ends[0]).toBeCloseTo(2000 / 24);
    expect(ends.slice(-2)).toEqual([2000, 2000]);
  });

  test('is called at the share of the second sure look; nobody looks any further', async () => {
    let looks = 0;
    const call = await callOf(line, ['cat'], async () => (++looks < 12 ? unsure : surely('cat')));
    expect(call).toEqual({ word: 'cat', share: 13 / 24 });
    expect(looks).toBe(13);
    looks = 0;
    // Sure at its very end alone.
    expect(await callOf(line, ['cat'], async () => (++looks < 24 ? unsure : surely('cat')))).toEqual({
      word: 'cat',
      share: 1,
    });
  });

  test('counts as right, wrong, or silent', () => {
    let tally = count(NO_CALLS, 'cat', { word: 'cat', share: 0.5 });
    tally = count(tally, 'cat', { word: 'dog', share: 0.1 });
    tally = count(tally, 'cat', undefined);
    expect(tally).toEqual({ right: 1, wrong: 1, silent: 1, shares: [0.5] });
    expect(NO_CALLS.shares).toEqual([]);
    expect([median([]), median([3, 1, 2]), median([4, 1])]).toEqual([undefined, 2, 2.5]);
  });

  test('comes from each word in turn', () => {
    const drawings: Record<string, number[]> = { a: [1, 2, 3], b: [4], c: [5, 6] };
    expect(mixed(['a', 'b', 'c'], (word) => drawings[word]!, 5)).toEqual([
      ['a', 1],
      ['b', 4],
      ['c', 5],
      ['a', 2],
      ['c', 6],
    ]);
  });
});

describe('networks', () => {
  beforeAll(startEngine);

  test('which saw beginnings and other things are seldom wrong; those that did not call the first lines', async () => {
    const wrong = async (part: Partial<Recipe>) => {
      const recipe: Recipe = { ...FIRST_RECIPE, words: ['cat', 'house', 'bicycle'], drawings: 50, ...part };
      const { network } = await trained(recipe, 6);
      const tally = await tallyOf(recipe.words, lookOf(network, recipe));
      discard(network);
      return tally.wrong / (tally.right + tally.wrong + tally.silent);
    };
    expect(await wrong(RACE_DATA)).toBeLessThan(0.15);
    expect(await wrong({})).toBeGreaterThan(0.4);
  }, 60_000);
});
