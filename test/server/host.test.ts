import { describe, expect, test } from 'vitest';
import type { Action, Game } from '../../server/game/game.ts';
import { anybodyStartsAt } from '../../server/game/host.ts';
import { step } from '../../server/game/step.ts';
import { view } from '../../server/game/view.ts';
import { comeBack, drop, join, ok, play, run, start } from '../support/game.ts';

describe('the host', () => {
  const lobby = play([0, join('ann')], [0, join('bob')]);

  test('is the only one who starts, sets and kicks, and only before the start', () => {
    expect(step(lobby, { ...start, by: 'bob' } as Action, 0)).toBe('not-host');
    expect(step(lobby, { type: 'settings', by: 'bob', settings: {} }, 0)).toBe('not-host');
    expect(step(lobby, { type: 'kick', by: 'bob', id: 'ann' }, 0)).toBe('not-host');
    expect(step(lobby, { type: 'kick', by: 'ann', id: 'zoe' }, 0)).toBe('unknown-player');
    expect(step(lobby, { type: 'settings', by: 'ann', settings: { seats: 1 } }, 0)).toBe('bad-settings');
    const game = ok(step(lobby, start, 0));
    expect(step(game, start, 0)).toBe('wrong-phase');
    expect(step(game, { type: 'settings', by: 'ann', settings: { rounds: 2 } }, 0)).toBe('wrong-phase');
    expect(ok(step(lobby, { type: 'kick', by: 'ann', id: 'bob' }, 0)).seats).toHaveLength(1);
  });

  test('passes the role on when leaving, and keeps it with the seat', () => {
    expect(ok(step(lobby, { type: 'leave', id: 'ann' }, 0)).host).toBe('bob');
    const lost = ok(step(lobby, drop('ann'), 0));
    expect(run(lost, 599_999).host).toBe('ann');
    expect(run(lost, 600_000).host).toBe('bob');
  });

  test('holds nobody up: after twenty seconds away anybody may start, the first of several', () => {
    const lost = ok(step(ok(step(lobby, join('cat'), 0)), drop('ann'), 1000));
    expect(anybodyStartsAt(lobby)).toBe(null);
    expect(anybodyStartsAt(lost)).toBe(21_000);
    const byBob = { ...start, by: 'bob' } as Action;
    expect(step(lost, byBob, 20_999)).toBe('not-host');
    const started = ok(step(lost, byBob, 21_000));
    expect(started).toMatchObject({ host: 'ann', phase: { name: 'countdown' } });
    expect(anybodyStartsAt(started)).toBe(null);
    expect(step(started, { ...start, by: 'cat' } as Action, 21_000)).toBe('wrong-phase');
    // Everybody may do this, but nothing else of the host's.
    expect(step(lost, { type: 'settings', by: 'bob', settings: { rounds: 2 } }, 21_000)).toBe('not-host');
    expect(step(lost, { type: 'kick', by: 'bob', id: 'cat' }, 21_000)).toBe('not-host');
    expect(step(lost, { ...start, by: 'zoe' } as Action, 21_000)).toBe('not-seated');
    // Nor once the host is back.
    const back = ok(step(lost, comeBack('ann'), 30_000));
    expect(step(back, byBob, 60_000)).toBe('not-host');
    // So on the podium.
    const podium = ok(step(run(ok(step(lobby, start, 0)), 200_000), drop('ann'), 200_000));
    expect(step(podium, byBob, 219_999)).toBe('not-host');
    expect(step(podium, byBob, 220_000)).toMatchObject({ phase: { name: 'countdown' } });
  });

  test('hands the role over in any phase, to somebody who is here', () => {
    const hand = (id: string | null): Action => ({ type: 'host', by: 'ann', id });
    expect(ok(step(lobby, hand('bob'), 0)).host).toBe('bob');
    expect(ok(step(run(ok(step(lobby, start, 0)), 5000), hand('bob'), 5000)).host).toBe('bob');
    expect(step(lobby, hand('zoe'), 0)).toBe('unknown-player');
    expect(step(ok(step(lobby, drop('bob'), 0)), hand('bob'), 1)).toBe('player-away');
    expect(step(lobby, hand('ann'), 0)).toBe(lobby);
    expect(step(lobby, hand(null), 0)).toBe(lobby);
    const handed = ok(step(lobby, hand('bob'), 0));
    expect(step(handed, { type: 'kick', by: 'ann', id: 'bob' }, 0)).toBe('not-host');
  });

  test('may change in a race who comes in and who talks, and nothing of the race', () => {
    const racing = run(ok(step(lobby, start, 0)), 5000);
    const set = (settings: object) => step(racing, { type: 'settings', by: 'ann', settings }, 5000);
    for (const settings of [
      { rounds: 2 },
      { seconds: 30 },
      { seats: 4 },
      { difficulty: 'hard' },
      { seats: 4, chat: false },
    ])
      expect(set(settings)).toBe('wrong-phase');
    const settings = { locked: true, spectators: false, chat: false, public: true };
    expect(ok(set(settings)).settings).toMatchObject(settings);
  });
});

describe('a vote', () => {
  const vote = (by: string, id: string | null): Action => ({ type: 'host', by, id });
  const four = play([0, join('ann')], [0, join('bob')], [0, join('cat')], [0, join('dan')]);
  const fold = (game: Game, ...acts: Action[]) => acts.reduce((g, act) => ok(step(g, act, 0)), game);

  test('of more than half of the others takes the role from a host', () => {
    expect(view(four, 0).votesNeeded).toBe(2);
    const one = fold(four, vote('bob', 'cat'));
    expect(one.host).toBe('ann');
    expect(view(one, 0).players.map((each) => each.vote)).toEqual([null, 'cat', null, null]);
    const two = fold(one, vote('dan', 'cat'));
    expect(two.host).toBe('cat');
    // And is over then.
    expect(view(two, 0).players.every((each) => each.vote === null)).toBe(true);
  });

  test('that is split, or taken back, changes nothing', () => {
    const split = fold(four, vote('bob', 'bob'), vote('cat', 'cat'), vote('dan', 'dan'));
    expect(split.host).toBe('ann');
    expect(fold(split, vote('cat', 'bob')).host).toBe('bob');
    const back = fold(four, vote('bob', 'cat'), vote('bob', null), vote('dan', 'cat'));
    expect(back.host).toBe('ann');
    expect(fold(four, vote('bob', 'cat'), vote('bob', 'ann'), vote('dan', 'cat')).host).toBe('ann');
    // Four of six are more than half, three are not.
    const seven = fold(four, join('eve'), join('fay'), join('gus'));
    const three = fold(seven, vote('bob', 'cat'), vote('dan', 'cat'), vote('eve', 'cat'));
    expect(three.host).toBe('ann');
    expect(fold(three, vote('fay', 'cat')).host).toBe('cat');
  });

  test('counts the players who are here, as they come and go', () => {
    const one = fold(four, vote('bob', 'cat'));
    expect(fold(one, { type: 'leave', id: 'bob' }, vote('dan', 'cat')).host).toBe('ann');
    expect(fold(one, drop('bob'), vote('dan', 'cat')).host).toBe('ann');
    // The candidate leaves; nobody else inherits the votes.
    expect(fold(one, { type: 'leave', id: 'cat' }, vote('dan', 'bob')).host).toBe('ann');
    expect(fold(one, drop('cat')).host).toBe('ann');
    expect(step(fold(four, drop('cat')), vote('bob', 'cat'), 0)).toBe('player-away');
    // One of four wanted another host; one of the two who are left is not more than half either.
    expect(fold(fold(four, join('eve'), vote('bob', 'cat')), { type: 'leave', id: 'eve' }).host).toBe('ann');
    const three = fold(four, join('eve'), vote('bob', 'cat'), vote('dan', 'cat'));
    expect(three.host).toBe('ann');
    expect(fold(three, { type: 'leave', id: 'eve' }).host).toBe('cat');
  });

  test('of one is not enough against a host who is here, and is against one who is away', () => {
    const two = play([0, join('ann')], [0, join('bob')], [0, vote('bob', 'bob')]);
    expect(two.host).toBe('ann');
    const lost = ok(step(two, drop('ann'), 1000));
    expect(run(lost, 20_999).host).toBe('ann');
    expect(run(lost, 21_000).host).toBe('bob');
    const back = ok(step(lost, comeBack('ann'), 2000));
    expect(run(back, 100_000).host).toBe('ann');
  });

  test('is decided when the host leaves meanwhile, and forgotten when a race starts', () => {
    const one = fold(four, vote('bob', 'dan'), vote('cat', 'bob'));
    expect(fold(one, { type: 'leave', id: 'ann' }).host).toBe('bob');
    const started = fold(one, start);
    expect(fold(started, vote('dan', 'dan')).host).toBe('ann');
  });

  test('of an address is one in a public room: sessions are free', () => {
    const seat = (id: string): Action =>
      ({ ...join(id), session: id, address: id === 'ann' ? 'home' : 'away' }) as Action;
    const set = (isPublic: boolean): Action => ({ type: 'settings', by: 'ann', settings: { public: isPublic } });
    const game = play([0, seat('ann')], [0, seat('b1')], [0, seat('b2')], [0, seat('b3')]);
    const votes = [vote('b1', 'b1'), vote('b2', 'b1'), vote('b3', 'b1')];
    expect(fold(game, set(true), ...votes).host).toBe('ann');
    // A class in one room of a school.
    const pupils = game.seats.map((each) => ({ ...each, address: 'school' }));
    expect(fold({ ...game, seats: pupils }, set(true), ...votes).host).toBe('b1');
    // Among friends, who may sit in one room, each has a vote.
    expect(fold(game, set(false), ...votes).host).toBe('b1');
  });

  test('of a person with several seats is one', () => {
    const seat = (id: string, session: string): Action => ({ ...join(id), session }) as Action;
    const game = play([0, seat('ann', 'A')], [0, seat('b1', 'B')], [0, seat('b2', 'B')], [0, seat('b3', 'B')]);
    expect(fold(game, vote('b1', 'b1'), vote('b2', 'b1'), vote('b3', 'b1')).host).toBe('ann');
    const own = play([0, seat('ann', 'A')], [0, seat('a2', 'A')], [0, seat('bob', 'B')]);
    expect(fold(own, vote('bob', 'bob'), vote('a2', 'bob')).host).toBe('ann');
  });
});
