import { describe, expect, test } from 'vitest';
import { applySnapshot, newDrawings } from '../../client/drawing/drawings.ts';
import { newRoundRecord, type RoundRecord, type Thought } from '../../client/net/match-history.ts';
import { highlightsOf } from '../../client/screens/podium/highlights.ts';
import { best, cardPictures, picturesOf, wrongGuesses } from '../../client/ui/pictures.ts';
import type { RoundResult, Standing } from '../../shared/protocol.ts';

type Line = [player: string, at: number, points: number, probability: number];

const result = (round: number, prompt: string, lines: Line[]): RoundResult => ({
  round,
  prompt,
  difficulty: 'easy',
  recognized: lines.map(([player, at, points, probability]) => ({ player, at, points, probability, word: prompt })),
});

/** A round in which these players drew, with what the network thought of each. */
function record(round: number, accepted: string[], thoughts: Record<string, Thought[]>): RoundRecord {
  const drawings = newDrawings(round, undefined);
  for (const player of Object.keys(thoughts))
    applySnapshot(drawings, { round, player, rev: 0, strokes: [[0, 0, 9, 9]] }, 0);
  return { ...newRoundRecord(drawings, true), accepted, thoughts: new Map(Object.entries(thoughts)) };
}

function standing(results: RoundResult[], players: string[]): Standing[] {
  const score = (player: string) =>
    results
      .flatMap(({ recognized }) => recognized)
      .reduce((sum, each) => sum + (each.player === player ? each.points : 0), 0);
  const lines = players.map((player) => ({
    player,
    nick: player,
    mark: 0,
    score: score(player),
    recognized: 0,
    time: 0,
  }));
  lines.sort((a, b) => b.score - a.score);
  return lines.map((line) => ({ ...line, place: lines.findIndex((each) => each.score === line.score) + 1 }));
}

const results = [
  result(4, 'pillow', [
    ['ann', 2000, 900, 0.8],
    ['bob', 3000, 800, 0.95],
  ]),
  result(5, 'cat', [
    ['cem', 1500, 1900, 0.7],
    ['bob', 2500, 50, 0.6],
  ]),
];
const history = [
  record(4, ['pillow', 'bed'], {
    ann: [{ word: 'boat', probability: 0.4 }],
    bob: [{ word: 'bed', probability: 0.9 }],
    cem: [
      { word: 'trumpet', probability: 0.7 },
      { word: 'pillow', probability: 0.8 },
    ],
  }),
  record(5, ['cat'], { ann: [], bob: [{ word: 'dog', probability: 0.65 }], cem: [] }),
];
const players = ['ann', 'bob', 'cem'];
const line = standing(results, players);
const pictures = picturesOf(results, line, history);

test('the pictures of a round: the recognized in their order, then the others', () => {
  expect(pictures.map(({ prompt, player }) => `${prompt} ${player}`)).toEqual([
    'pillow ann',
    'pillow bob',
    'pillow cem',
    'cat cem',
    'cat bob',
    'cat ann',
  ]);
});

test('what counts for the prompt is no wrong guess, and each is named once', () => {
  const twice = [
    { word: 'dog', probability: 0.3 },
    { word: 'cow', probability: 0.4 },
    { word: 'dog', probability: 0.5 },
  ];
  const seen = {
    ...pictures[0]!,
    record: record(4, ['pillow', 'bed'], { ann: [...twice, { word: 'bed', probability: 0.9 }] }),
  };
  expect(wrongGuesses(seen)).toEqual([
    { word: 'dog', probability: 0.5 },
    { word: 'cow', probability: 0.4 },
  ]);
});

describe('highlights', () => {
  test('the surest mistake, the fastest, the clearest, and who climbed most', () => {
    expect(
      highlightsOf(pictures, results, line).map(({ picture, ...rest }) => ({
        of: `${picture.prompt} ${picture.player}`,
        ...rest,
      })),
    ).toEqual([
      { kind: 'mistake', of: 'pillow cem', word: 'trumpet' },
      { kind: 'fastest', of: 'cat cem', at: 1500 },
      { kind: 'clearest', of: 'pillow bob', share: 0.95 },
      { kind: 'comeback', of: 'cat cem', from: 3, to: 1 },
    ]);
  });

  test('none that this client has not seen, and no comeback if nobody climbed', () => {
    const seen = highlightsOf(picturesOf(results, line, history.slice(0, 1)), results, line);
    expect(seen.map(({ kind, picture }) => `${kind} ${picture.player}`)).toEqual([
      'mistake cem',
      'fastest ann',
      'clearest bob',
    ]);
    expect(highlightsOf([], results, line)).toEqual([]);
    const first = results.slice(0, 1);
    const only = standing(first, players);
    expect(highlightsOf(picturesOf(first, only, history), first, only).map(({ kind }) => kind)).not.toContain(
      'comeback',
    );
  });
});

test('the card has one drawing of a round, and of many rounds the funniest', () => {
  expect(cardPictures(pictures).map(({ prompt, player }) => `${prompt} ${player}`)).toEqual(['pillow bob', 'cat cem']);
  const many = Array.from({ length: 8 }, (_, round) => result(round, `word ${round}`, [['ann', 1000, 100, 0.9]]));
  const shares = [0.1, 0.8, 0.3, 0.7, 0.2, 0.9, 0.4, 0.6];
  const rounds = many.map(({ round, prompt }) =>
    record(round, [prompt], { ann: [{ word: 'cow', probability: shares[round]! }] }),
  );
  const chosen = cardPictures(picturesOf(many, standing(many, ['ann']), rounds));
  expect(chosen.map(({ record: { round } }) => round)).toEqual([1, 2, 3, 5, 6, 7]);
  expect(cardPictures([])).toEqual([]);
});

test('the card takes turns among the players who were recognized', () => {
  const both: Line[] = [
    ['ann', 1000, 100, 0.9],
    ['bob', 1200, 90, 0.8],
  ];
  const rounds = ['cat', 'dog', 'cow'].map((prompt, round) => result(round, prompt, both));
  const seen = rounds.map(({ round, prompt }) => record(round, [prompt], { ann: [], bob: [] }));
  const chosen = cardPictures(picturesOf(rounds, standing(rounds, ['ann', 'bob']), seen));
  expect(chosen.map(({ player }) => player)).toEqual(['ann', 'bob', 'ann']);
});

test('who was never recognized is shown with the surest mistake', () => {
  const never = pictures.filter(({ recognition }) => !recognition);
  expect(best(never)).toMatchObject({ prompt: 'pillow', player: 'cem' });
  expect(best(pictures)).toMatchObject({ prompt: 'pillow', player: 'bob' });
  expect(best([])).toBeUndefined();
});
