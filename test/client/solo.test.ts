/** What the browser remembers of matches alone. */
import { expect, test } from 'vitest';
import { plainCell } from '../../client/net/cell.ts';
import { createMemory, newStorage } from '../../client/net/memory.ts';
import type { Inside, Room } from '../../client/net/room.ts';
import { createSolo } from '../../client/net/solo.ts';
import type { PhaseView, RoomView, RoundResult } from '../../shared/protocol.ts';
import { DEFAULT_SETTINGS } from '../../shared/protocol.ts';

const ME = 'me';

function setup(storage = newStorage()) {
  let inside: Inside | undefined;
  const listeners: (() => void)[] = [];
  const room = { inside: () => inside, onChange: (listener: () => void) => listeners.push(listener) } as never as Room;
  const solo = createSolo(room, createMemory(storage), plainCell);
  return {
    solo,
    storage,
    show(phase: PhaseView, more: Partial<RoomView> = {}): RoomView {
      const view = { code: 'ABCDE', settings: DEFAULT_SETTINGS, ownWords: 0, players: [player(ME)], phase, ...more };
      inside = { at: 'inside', me: ME, view: view as RoomView };
      for (const listener of listeners) listener();
      return inside.view;
    },
  };
}

const player = (id: string) => ({ id, playing: true }) as RoomView['players'][number];
const result = (round: number, ...recognized: string[]): RoundResult => ({
  round,
  prompt: 'owl',
  difficulty: 'easy',
  recognized: recognized.map((player) => ({ player, at: 1000, word: 'owl', probability: 0.9, points: 500 })),
});
const reveal = (each: RoundResult): PhaseView => ({
  name: 'reveal',
  ends: 0,
  result: each,
  round: each.round,
  number: 1,
  of: 6,
});
const podium = (score: number, results: RoundResult[], players = [ME]): PhaseView => ({
  name: 'podium',
  results,
  standing: players.map((id, i) => ({ player: id, place: i + 1, nick: id, mark: 0, score, recognized: 1, time: 1000 })),
});

test('a streak goes on from match to match, and ends with a miss', () => {
  const { solo, show } = setup();
  for (const round of [0, 1]) show(reveal(result(round, ME)));
  expect(solo.streak()).toBe(2);
  show(podium(900, [result(0, ME), result(1, ME)]));
  expect(solo.streak()).toBe(2);
  show(reveal(result(2, ME)));
  expect(solo.streak()).toBe(3);
  show(reveal(result(3)));
  expect(solo.streak()).toBe(0);
  show(reveal(result(4, ME)));
  expect(solo.streak()).toBe(1);
});

test('the same round and match count once, with any number of views and after a reload', () => {
  const results = [result(0, ME), result(1, ME)];
  const { storage, show } = setup();
  for (let i = 0; i < 3; i++) show(reveal(results[0]!));
  // The reveal of the second was missed: the podium has it.
  for (let i = 0; i < 3; i++) show(podium(900, results));
  const again = setup(storage);
  expect(again.solo.streak()).toBe(2);
  const view = again.show(podium(900, results));
  expect(again.solo.streak()).toBe(2);
  expect(again.solo.outcome(view)).toMatchObject({ score: 900 });
  expect(again.solo.outcome(view)!.before).toBeUndefined();
});

test('the best score is that of comparable matches', () => {
  const { solo, show } = setup();
  show(podium(900, [result(0, ME)]));
  expect(solo.outcome(show(podium(700, [result(1, ME)])))).toMatchObject({ score: 700, before: 900 });
  expect(solo.outcome(show(podium(1200, [result(2, ME)])))).toMatchObject({ score: 1200, before: 900 });
  const harder = { settings: { ...DEFAULT_SETTINGS, difficulty: 'hard' as const } };
  expect(solo.outcome(show(podium(300, [result(3, ME)]), harder))!.before).toBeUndefined();
  // The host changes the settings on the podium, after the match was counted.
  expect(solo.outcome(show(podium(300, [result(3, ME)])))!.before).toBeUndefined();
  expect(solo.outcome(show(podium(400, [result(4, ME)])))).toMatchObject({ before: 1200 });
});

test('rounds with others, another’s match and own words do not count', () => {
  const { solo, show } = setup();
  show(reveal(result(0, ME)));
  show(reveal(result(1, 'you')), { players: [player(ME), player('you')] });
  expect(solo.outcome(show(podium(900, [result(0, ME), result(1)], [ME, 'you'])))).toBeUndefined();
  expect(solo.outcome(show(podium(900, [result(2, 'you')], ['you'])))).toBeUndefined();
  expect(solo.outcome(show(podium(900, [result(3)]), { ownWords: 1 }))).toBeUndefined();
  expect(solo.streak()).toBe(1);
});

test('storage that is broken or forbidden does no harm', () => {
  const storage = newStorage();
  storage.setItem('derby.solo', '{"streak":');
  const { solo, show } = setup({
    ...storage,
    setItem: () => {
      throw new Error('full');
    },
  });
  show(reveal(result(0, ME)));
  expect(solo.streak()).toBe(1);
  expect(solo.outcome(show(podium(900, [result(0, ME)])))).toMatchObject({ score: 900 });
});
