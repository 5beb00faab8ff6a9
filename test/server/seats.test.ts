import { describe, expect, test } from 'vitest';
import type { Action } from '../../server/game/game.ts';
import { drawingRefusal } from '../../server/game/match.ts';
import { pointParts, pointsOf } from '../../server/game/score.ts';
import { step } from '../../server/game/step.ts';
import { standing, view } from '../../server/game/view.ts';
import { comeBack, drop, join, ok, phase, play, recognized, run, start } from '../support/game.ts';

describe('seats', () => {
  const lobby = play([0, join('ann')], [0, join('bob')]);

  test('are refused when the room is full, or the name is taken', () => {
    const full = ok(step(lobby, { type: 'settings', by: 'ann', settings: { seats: 2 } }, 0));
    expect(step(full, join('cat'), 0)).toBe('room-full');
    expect(step(lobby, { ...join('cat'), nick: 'BOB' } as Action, 0)).toBe('nick-taken');
  });

  test('of a public room are not all for one address', () => {
    const from = (id: string, address: string): Action => ({ ...join(id), address }) as Action;
    const open: Action = { type: 'settings', by: 'ann', settings: { public: true } };
    const acts = ['b1', 'b2', 'b3', 'b4'].map((id): [number, Action] => [0, from(id, 'away')]);
    const game = play([0, from('ann', 'home')], [0, open], ...acts);
    expect(step(game, from('b5', 'away'), 0)).toBe('room-full');
    expect(step(game, from('cat', 'elsewhere'), 0)).toMatchObject({ seats: { length: 6 } });
    // Friends may all sit in one room.
    const closed = ok(step(game, { ...open, settings: { public: false } } as Action, 0));
    expect(step(closed, from('b5', 'away'), 0)).toMatchObject({ seats: { length: 6 } });
    const friends = play([0, from('ann', 'away')], [0, open], ...acts);
    expect(step(friends, from('b5', 'away'), 0)).toMatchObject({ seats: { length: 6 } });
  });

  test('are kept for ten minutes in the lobby, a minute in a race, and recovered with the token alone', () => {
    const dropped = ok(step(lobby, drop('bob'), 1000));
    expect(view(dropped, 0).players[1]).toMatchObject({ connected: false });
    expect(step(dropped, { type: 'return', token: 'token-x', socket: 's2' }, 2000)).toBe('bad-token');
    const back = ok(step(dropped, { type: 'return', token: 'token-bob', socket: 's2' }, 2000));
    expect(view(back, 0).players[1]).toMatchObject({ connected: true });
    expect(run(dropped, 600_999).seats).toHaveLength(2);
    expect(run(dropped, 601_000).seats).toHaveLength(1);
    const slow = ok(step(lobby, { type: 'settings', by: 'ann', settings: { seconds: 60 } }, 0));
    const racing = ok(step(run(ok(step(slow, start, 0)), 3000), drop('bob'), 4000));
    expect(run(racing, 63_999).seats).toHaveLength(2);
    expect(run(racing, 64_000).seats).toHaveLength(1);
    // Lost at the end of a match, it is a seat of the podium.
    const late = ok(step(run(ok(step(lobby, start, 0)), 50_000), drop('bob'), 55_000));
    expect(run(late, 600_000)).toMatchObject({ phase: { name: 'podium' }, seats: { length: 2 } });
  });

  test('belong to the newest connection: the drop of an older one changes nothing', () => {
    const second = ok(step(lobby, { type: 'return', token: 'token-bob', socket: 's2' }, 0));
    expect(step(second, { type: 'drop', id: 'bob', socket: 's-bob' }, 0)).toBe(second);
  });

  test('marks are reused, so that twelve are enough', () => {
    const game = ok(step(ok(step(lobby, { type: 'leave', id: 'ann' }, 0)), join('cat'), 0));
    expect(game.seats.map((seat) => seat.mark)).toEqual([1, 0]);
  });
});

describe('a lost seat', () => {
  const full = play([0, join('ann')], [0, join('bob')], [0, { type: 'settings', by: 'ann', settings: { seats: 2 } }]);
  const lost = ok(step(full, drop('bob'), 1000));
  const given = ok(step(lost, join('cat'), 11_000));

  test('is somebody else’s after ten seconds, if the room is full', () => {
    expect(step(lost, join('cat'), 10_999)).toBe('room-full');
    expect(given.seats.map(({ id }) => id)).toEqual(['ann', 'cat']);
    // In a room with free seats nobody loses one.
    const free = ok(step(lost, { type: 'settings', by: 'ann', settings: { seats: 3 } }, 2000));
    expect(ok(step(free, join('cat'), 60_000)).seats).toHaveLength(3);
  });

  test('of the host goes last, and that of the longest away first', () => {
    const three = play(
      [0, join('ann')],
      [0, join('bob')],
      [0, join('cat')],
      [0, drop('ann')],
      [1, drop('cat')],
      [2, drop('bob')],
    );
    const tight = { ...three, settings: { ...three.settings, seats: 3 } };
    const one = ok(step(tight, join('dan'), 20_000));
    expect(one.seats.map(({ id }) => id)).toEqual(['ann', 'bob', 'dan']);
    const two = ok(step(one, join('eve'), 20_000));
    expect(two).toMatchObject({ host: 'ann', seats: [{ id: 'ann' }, { id: 'dan' }, { id: 'eve' }] });
    const all = ok(step(two, join('fay'), 20_000));
    expect(all).toMatchObject({ host: 'dan', seats: [{ id: 'dan' }, { id: 'eve' }, { id: 'fay' }] });
  });

  test('comes back to its owner when one is free, with name, mark and points', () => {
    expect(step(given, comeBack('bob'), 12_000)).toBe('seat-taken');
    const free = ok(step(given, { type: 'leave', id: 'cat' }, 13_000));
    const back = ok(step(free, comeBack('bob'), 14_000));
    expect(back.seats.map(({ id, nick, mark }) => [id, nick, mark])).toEqual([
      ['ann', 'ann', 0],
      ['bob', 'bob', 1],
    ]);
    expect(back.displaced).toEqual([]);
    expect(step(free, comeBack('bob'), 601_000)).toBe('bad-token');
  });

  test('comes back with another name or mark if its own is taken, also in a locked room', () => {
    const third = ok(step(lost, { ...join('cat'), nick: 'Bob' } as Action, 11_000));
    const settings = { seats: 3, locked: true };
    const wide = ok(step(third, { type: 'settings', by: 'ann', settings }, 11_000));
    const back = ok(step(wide, comeBack('bob'), 12_000));
    expect(back.seats.map(({ id, nick, mark }) => [id, nick, mark])).toEqual([
      ['ann', 'ann', 0],
      ['cat', 'Bob', 1],
      ['bob', 'bob 2', 2],
    ]);
  });

  test('keeps the points of the match', () => {
    const drawers = full.seats.length;
    const score = pointsOf(pointParts({ at: 1000, place: 0, drawers, factor: 1, double: false }));
    const drawing = run(ok(step(full, start, 0)), 3000);
    const scored = ok(step(drawing, recognized('bob', 1, 1000), 5000));
    const podium = run(scored, 100_000);
    const away = ok(step(podium, drop('bob'), 100_000));
    const taken = ok(step(away, join('cat'), 110_000));
    expect(standing(taken)[0]).toMatchObject({ player: 'bob', score });
    const back = ok(step(ok(step(taken, { type: 'leave', id: 'ann' }, 111_000)), comeBack('bob'), 112_000));
    expect(view(back, 0).players).toMatchObject([{ id: 'cat' }, { id: 'bob', score }]);
  });

  test('of somebody who draws is nobody else’s', () => {
    const drawing = run(ok(step(full, start, 0)), 3000);
    const away = ok(step(drawing, drop('bob'), 4000));
    expect(step(away, join('cat'), 20_000)).toBe('room-full');
  });

  test('takes no part in a race that starts without its owner, and joins in when they are back', () => {
    const game = run(ok(step(lost, start, 20_000)), 23_000);
    expect(view(game, 0).players).toMatchObject([{ playing: true }, { id: 'bob', playing: false }]);
    expect(standing(game).map(({ player }) => player)).toEqual(['ann']);
    // The round does not wait for them, and the seat is still theirs.
    const done = ok(step(game, recognized('ann', 1, 1000), 25_000));
    expect(phase(done)).toMatchObject({ ends: 28_500 });
    expect(run(game, 90_000).seats).toHaveLength(2);
    const back = ok(step(game, comeBack('bob'), 25_000));
    expect(drawingRefusal(back, 'bob', 1, 25_000)).toBe('not-drawing');
    expect(drawingRefusal(run(back, 60_000), 'bob', 2, 53_000)).toBe(null);
  });

  test('is in the race if its owner is back by the start, or away only for a moment', () => {
    const counting = ok(step(lost, start, 20_000));
    const back = run(ok(step(counting, comeBack('bob'), 22_000)), 23_000);
    expect(drawingRefusal(back, 'bob', 1, 23_000)).toBe(null);
    const blip = run(ok(step(ok(step(full, start, 0)), drop('bob'), 2900)), 3000);
    expect(view(blip, 0).players[1]).toMatchObject({ playing: true, connected: false });
  });
});
