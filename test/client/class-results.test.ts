/** What a teacher takes home of a class: the rounds that the desk collects, the table, and the archive. */
import { strFromU8, unzipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { archiveOf, drawingsOf, lineOf, safeName } from '../../client/class/results/archive.ts';
import { collectResults } from '../../client/class/results/results.ts';
import { type LessonRound, merged, numbered, roundsOf, starKey } from '../../client/class/results/rounds.ts';
import { memoryStorage } from '../../client/class/results/storage.ts';
import { cell, COLUMNS, table } from '../../client/class/results/table.ts';
import { plainCell } from '../../client/net/cell.ts';
import type { Stroke } from '../../shared/ink.ts';
import type { TeacherView } from '../../shared/lesson.ts';
import type { RoomView, RoundResult } from '../../shared/protocol.ts';

const LINE: Stroke[] = [[100, 100, 900, 100, 900, 900]];

const round = (changes: Partial<LessonRound> = {}): LessonRound => ({
  ...{ room: 'ABCDE', number: 1, round: 1, place: 1, word: 'cat', from: 1000, to: 21_000 },
  pupils: [
    {
      ...{ id: 'p1', name: 'Swift Otter', strokes: LINE },
      recognized: { at: 4321, points: 870 },
      guess: { word: 'cat', probability: 0.91234 },
    },
    { id: 'p2', name: 'Bold Fox', strokes: [], guess: { word: 'dog', probability: 0.4 } },
  ],
  ...changes,
});

const NAMES = {
  column: (column: string) => column,
  word: (english: string) => ({ cat: 'Katze', dog: 'Hund' })[english] ?? english,
  ...{ yes: 'ja', no: 'nein' },
};

/** As a spreadsheet reads it. */
function read(csv: string): string[][] {
  expect(csv.startsWith('\uFEFF')).toBe(true);
  expect(csv.endsWith('\r\n')).toBe(true);
  return csv
    .slice(1, -2)
    .split('\r\n')
    .map((line) => [...line.matchAll(/"((?:[^"]|"")*)"(?:,|$)/g)].map(([, text]) => text!.replaceAll('""', '"')));
}

describe('the table', () => {
  test('has a line for each pupil and round', () => {
    const star = starKey({ room: 'ABCDE', round: 1, pupil: 'p2' });
    const lines = read(table(numbered([round()]), new Set([star]), NAMES));
    expect(lines).toEqual([
      [...COLUMNS],
      ['1', '1', 'Katze', 'Swift Otter', '1', 'ja', '4.3', 'Katze', '0.912', '870', 'nein'],
      ['1', '1', 'Katze', 'Bold Fox', '1', 'nein', '', 'Hund', '0.4', '0', 'ja'],
    ]);
  });

  test.each(['=1+1', '+49', '-1', '@SUM(A1)', '\tx', '\r=x'])('keeps %j from being a formula', (text) => {
    expect(cell(text)).toBe(`"'${text}"`);
  });

  test('quotes quotes, and leaves numbers as they are', () => {
    expect(cell('say "cat", twice')).toBe('"say ""cat"", twice"');
    expect(cell(-1)).toBe('"-1"');
  });
});

describe('the matches', () => {
  const at = (room: string, round_: number, place: number, from: number, word = `word ${place}`) =>
    round({ room, round: round_, place, from, to: from + 20_000, word, number: room === 'A' ? 1 : 2 });
  const matches = (rounds: LessonRound[]) =>
    numbered(rounds).map(({ room, round, match }) => `${match}: ${room} ${round}`);

  test('are counted over all rooms, also after another dealing', () => {
    const rounds = [
      ...[at('A', 1, 1, 0), at('A', 2, 2, 25_000), at('B', 1, 1, 300), at('B', 2, 2, 29_000)],
      ...[at('A', 3, 1, 90_000, 'x'), at('B', 3, 1, 91_000, 'x'), at('C', 1, 1, 200_000, 'y')],
    ];
    const expected = ['1: A 1', '1: B 1', '1: A 2', '1: B 2', '2: A 3', '2: B 3', '3: C 1'];
    expect(matches(rounds)).toEqual(expected);
    expect(matches([...rounds].reverse())).toEqual(expected);
  });

  test('have the same words in all rooms, so that what was seen late belongs to them', () => {
    expect(matches([at('A', 1, 1, 0), at('B', 1, 1, 500_000)])).toEqual(['1: A 1', '1: B 1']);
  });

  test('of hand-picked words that come again are two', () => {
    expect(matches([at('A', 1, 1, 0), at('A', 2, 1, 500_000)])).toEqual(['1: A 1', '2: A 2']);
  });
});

describe('the archive', () => {
  test('has the table, the lines and a picture of each drawing', async () => {
    const drawings = drawingsOf(numbered([round(), round({ number: 2, room: 'FGHIJ' })]), NAMES.word);
    const shares: number[] = [];
    const zip = await archiveOf(
      'a table',
      drawings,
      async (strokes) => Uint8Array.of(137, 80, strokes.length),
      (share) => shares.push(share),
    );
    const files = unzipSync(zip);
    expect(Object.keys(files)).toEqual([
      'results.csv',
      'drawings.ndjson',
      'drawings/1-01-Katze/01-Swift-Otter.png',
      'drawings/1-01-Katze/02-Swift-Otter.png',
    ]);
    expect(shares).toEqual([0.5, 1]);
    expect([...files['drawings/1-01-Katze/01-Swift-Otter.png']!]).toEqual([137, 80, 1]);
    expect(strFromU8(files['results.csv']!)).toBe('a table');
    const lines = strFromU8(files['drawings.ndjson']!).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))[0]).toEqual({
      ...{ word: 'cat', pupil: 'Swift Otter', recognized: true, match: 1, round: 1, room: 1 },
      drawing: [
        [
          [0, 255, 255],
          [0, 0, 255],
        ],
      ],
    });
    expect(lines).toHaveLength(2);
  });

  test('has a dot as Quick, Draw! has it', () => {
    const [drawing] = drawingsOf(numbered([round({ pupils: [{ id: 'p', name: 'P', strokes: [[5, 5]] }] })]), String);
    expect(JSON.parse(lineOf(drawing!)).drawing).toEqual([
      [
        [0, 0],
        [0, 0],
      ],
    ]);
  });

  test.each([
    ['Swift Otter', 'Swift-Otter'],
    ['../../etc/passwd', 'etc-passwd'],
    ['con', '_con'],
    ['…', '_'],
    ['الثعلب السريع', 'الثعلب-السريع'],
    ['a'.repeat(100), 'a'.repeat(40)],
  ])('calls %j %j', (text, name) => {
    expect(safeName(text)).toBe(name);
  });

  test('gives each drawing a name of its own', () => {
    const pupils = ['Fox', 'fox', 'Fox!'].map((name, i) => ({ id: `${i}`, name, strokes: LINE }));
    const paths = drawingsOf(numbered([round({ pupils })]), String).map(({ path }) => path.toLowerCase());
    expect(new Set(paths).size).toBe(3);
  });
});

describe('collecting', () => {
  const result: RoundResult = {
    ...{ round: 7, prompt: 'cat', difficulty: 'easy' },
    recognized: [{ player: 'p1', at: 4000, word: 'lion', probability: 0.8, points: 500 }],
  };
  const player = (id: string) => ({
    ...{ id, nick: id, mark: 0, connected: true, playing: true, score: 0, vote: null },
  });
  const view = (phase: object): RoomView =>
    ({ code: 'ABCDE', now: 30_000, players: [player('p1'), player('p2')], phase }) as never;
  const reveal = view({ name: 'reveal', started: 10_000, ends: 0, result, round: 7, number: 2, of: 5 });

  test('takes a round once it is over, with the ink and the last guesses', () => {
    const seen = {
      number: 3,
      strokesOf: (pupil: string) => (pupil === 'p1' ? LINE : []),
      guessesOf: (pupil: string) =>
        pupil === 'p2'
          ? { player: 'p2', sureness: 'guessing' as const, top: [['dog', 0.3] as [string, number]], target: 0 }
          : undefined,
    };
    expect(roundsOf(reveal, seen)).toEqual([
      {
        ...{ room: 'ABCDE', number: 3, round: 7, place: 2, word: 'cat', from: 10_000, to: 30_000 },
        pupils: [
          {
            id: 'p1',
            name: 'p1',
            strokes: LINE,
            recognized: { at: 4000, points: 500 },
            guess: { word: 'lion', probability: 0.8 },
          },
          { id: 'p2', name: 'p2', strokes: [], guess: { word: 'dog', probability: 0.3 } },
        ],
      },
    ]);
    expect(roundsOf(view({ name: 'drawing', round: 7 }), seen)).toEqual([]);
  });

  test('keeps a drawing that a reload did not bring back', () => {
    const before = round();
    const blank = round({ from: 9000, pupils: before.pupils.slice(0, 1).map((each) => ({ ...each, strokes: [] })) });
    expect(merged(before, blank)).toEqual(before);
  });

  test('survives a reload, and leaves nothing in the end', async () => {
    const storage = memoryStorage();
    const listeners: ((room: string) => void)[] = [];
    const overview = {
      view: () => reveal,
      inkOf: () => ({ rev: 0, strokes: LINE }),
      guessesOf: () => undefined,
      onResult(listener: (room: string) => void) {
        listeners.push(listener);
        return () => undefined;
      },
    };
    const teacher = (stars: TeacherView['stars']) => ({ rooms: ['X', 'ABCDE'], stars }) as TeacherView;
    const star = { room: 'ABCDE', round: 7, pupil: 'p1' };
    const first = await collectResults({ overview, storage, cell: plainCell });
    first.follow(teacher([star]));
    listeners[0]!('ABCDE');
    expect(first.rounds()).toHaveLength(1);
    expect(first.rounds()[0]).toMatchObject({ number: 2, word: 'cat' });

    const second = await collectResults({ overview, storage, cell: plainCell });
    expect(second.rounds()).toEqual(first.rounds());
    expect([...second.stars()]).toEqual([starKey(star)]);
    second.follow(teacher([]));
    expect([...second.stars()]).toEqual([]);
    await second.destroy();
    listeners[1]!('ABCDE');
    expect(second.rounds()).toEqual([]);
    expect(await storage.read()).toEqual({ rounds: [], stars: [] });
  });
});
