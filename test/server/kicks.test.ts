import { describe, expect, test } from 'vitest';
import type { Action, Visitor } from '../../server/game/game.ts';
import { newGame, PACE } from '../../server/game/game.ts';
import { watchRefusal } from '../../server/game/kicks.ts';
import { step } from '../../server/game/step.ts';
import { listing, view } from '../../server/game/view.ts';
import { DEFAULT_SETTINGS } from '../../shared/protocol.ts';
import { comeBack, drop, join, ok, play, run, start } from '../support/game.ts';

describe('a kick', () => {
  const OLD = { isNew: false };
  const NEW = { isNew: true };
  const at = (id: string, session: string | null, address: string, more = OLD): Action =>
    ({ ...join(id), session, address, ...more }) as Action;
  const visitor = (session: string | null, address: string, isNew = false): Visitor => ({ session, address, isNew });
  const kick = (id: string): Action => ({ type: 'kick', by: 'ann', id });
  const out = play([0, at('ann', 'A', 'home')], [0, at('bob', 'B', 'away')], [0, kick('bob')]);

  test('lasts: neither another name, nor another address, nor the token helps', () => {
    expect(step(out, at('bob', 'B', 'away'), 1)).toBe('kicked');
    expect(step(out, at('rob', 'B', 'elsewhere'), 1)).toBe('kicked');
    expect(step(out, { ...comeBack('bob'), ...visitor('B', 'away') } as Action, 1)).toBe('kicked');
    expect(watchRefusal(out, visitor('B', 'elsewhere'))).toBe('kicked');
    // Nor does a new session from there, or none.
    expect(step(out, at('rob', 'N', 'away', NEW), 1)).toBe('kicked');
    expect(step(out, at('rob', null, 'away', NEW), 1)).toBe('kicked');
    expect(watchRefusal(out, visitor('N', 'away', true))).toBe('kicked');
    expect(watchRefusal(out, visitor(null, 'away', true))).toBe('kicked');
    expect(watchRefusal(out, visitor('B', 'away'), true)).toBe('kicked');
    expect(watchRefusal(out, visitor(null, 'away', true), true)).toBe(null);
    // As long as the room is there, whatever happens in it.
    const podium = run(ok(step(out, start, 0)), 100_000);
    expect(step(podium, at('bob', 'B', 'away'), 100_000)).toBe('kicked');
    const left = ok(step(podium, { type: 'leave', id: 'ann' }, 100_000));
    expect(step(left, at('bob', 'B', 'away'), 100_000)).toBe('kicked');
  });

  test('does not lock out those who share the address', () => {
    // Whoever came here before, on another day.
    expect(step(out, at('cat', 'C', 'away'), 1)).toMatchObject({ seats: { length: 2 } });
    expect(watchRefusal(out, visitor('C', 'away'))).toBe(null);
    // A family or a school: others play from there. Whoever has no session could be anybody.
    const school = play([0, at('ann', 'A', 'school')], [0, at('bob', 'B', 'school')], [0, kick('bob')]);
    expect(step(school, at('cat', 'N', 'school', NEW), 1)).toMatchObject({ seats: { length: 2 } });
    expect(watchRefusal(school, visitor('N', 'school', true))).toBe(null);
    expect(step(school, at('cat', null, 'school', NEW), 1)).toBe('kicked');
    expect(step(school, at('bob', 'B', 'school'), 1)).toBe('kicked');
    // And those who are in stay, wherever they come back from.
    const moved = ok(step(ok(step(out, at('cat', 'N', 'home', NEW), 1)), drop('cat'), 1));
    expect(step(moved, { ...comeBack('cat'), ...visitor('N', 'away', true) } as Action, 2)).toMatchObject({
      seats: { length: 2 },
    });
  });

  test('of two from one address keeps out whatever new session comes from there', () => {
    const troll = (id: string) => at(id, id, 'away', NEW);
    const first = play([0, at('ann', 'A', 'home')], [0, troll('b1')], [0, troll('b2')], [0, kick('b1')]);
    // Somebody plays from there, so the next may come in.
    const second = ok(step(first, troll('b3'), 1));
    const out = ok(step(second, kick('b2'), 2));
    expect(step(out, troll('b4'), 3)).toBe('kicked');
    // A teacher who removes two pupils keeps out nobody else of the class.
    const pupil = (id: string) => at(id, id, 'school', NEW);
    const taught = play(
      [0, at('ann', 'A', 'school')],
      [0, pupil('b1')],
      [0, pupil('b2')],
      [0, kick('b1')],
      [0, kick('b2')],
    );
    expect(step(taught, pupil('b3'), 1)).toMatchObject({ seats: { length: 2 } });
    expect(step(out, at('cat', 'C', 'away'), 3)).toMatchObject({ seats: { length: 3 } });
  });

  test('takes all seats of the person, also those that are lost or in another’s place', () => {
    const game = play([0, at('ann', 'A', 'home')], [0, at('b1', 'B', 'x')], [0, at('b2', 'B', 'y')], [0, kick('b1')]);
    expect(game.seats.map(({ id }) => id)).toEqual(['ann']);
    const away = play([0, at('ann', 'A', 'home')], [0, at('bob', 'B', 'away')], [0, drop('bob')], [1, kick('bob')]);
    expect(step(away, { ...comeBack('bob'), ...visitor('B', 'away') } as Action, 2)).toBe('kicked');
    expect(step(away, comeBack('bob'), 2)).toBe('bad-token');
    // A token of somebody else's does not help either.
    const lent = play(
      [0, at('ann', 'A', 'home')],
      [0, at('bob', 'B', 'x')],
      [0, at('cat', 'C', 'y')],
      [0, kick('bob')],
    );
    expect(step(lent, { ...comeBack('cat'), ...visitor('B', 'x') } as Action, 0)).toBe('kicked');
  });

  test('knows the person by the connection that held the seat last', () => {
    const game = play([0, at('ann', 'A', 'home')], [0, at('bob', 'B', 'x')]);
    const moved = ok(step(game, { ...comeBack('bob'), ...visitor('B2', 'y') } as Action, 1));
    const gone = ok(step(moved, kick('bob'), 2));
    expect(step(gone, at('bob', 'B2', 'z'), 3)).toBe('kicked');
    expect(step(gone, at('bob', 'N', 'y', NEW), 3)).toBe('kicked');
  });

  test('of a second seat of the host’s own keeps the host in', () => {
    const game = play([0, at('ann', 'A', 'home')], [0, at('a2', 'A', 'home')], [0, kick('a2')]);
    expect(game).toMatchObject({ host: 'ann', seats: [{ id: 'ann' }] });
    expect(step(game, at('a3', 'A', 'home'), 1)).toMatchObject({ seats: { length: 2 } });
  });

  test('is forgotten after a hundred others, and never shown', () => {
    let game = out;
    for (let n = 0; n < 100; n++) {
      game = ok(step(game, at(`n${n}`, `S${n}`, `a${n}`), 1));
      game = ok(step(game, kick(`n${n}`), 1));
    }
    expect(game.kicked).toHaveLength(100);
    expect(step(game, at('bob', 'B', 'away'), 1)).toMatchObject({ seats: { length: 2 } });
    expect(JSON.stringify(view(game, 0))).not.toMatch(/S99|a99/);
  });
});

describe('a locked room', () => {
  const set = (settings: object): Action => ({ type: 'settings', by: 'ann', settings });
  const locked = play([0, join('ann')], [0, join('bob')], [0, set({ locked: true, public: true })]);

  test('gives no new seat, and takes back whoever had one', () => {
    expect(step(locked, join('cat'), 0)).toBe('locked');
    const lost = ok(step(locked, drop('bob'), 0));
    expect(step(lost, comeBack('bob'), 500_000)).toMatchObject({ seats: { length: 2 } });
    expect(step(lost, join('bob'), 0)).toBe('locked');
    expect(step(run(lost, 600_000), comeBack('bob'), 600_000)).toBe('bad-token');
    expect(step(ok(step(locked, set({ locked: false }), 0)), join('cat'), 0)).toMatchObject({ seats: { length: 3 } });
  });

  test('may be watched, and is not on the home page', () => {
    expect(watchRefusal(locked, { session: null, address: null, isNew: true })).toBe(null);
    expect(listing(locked)).toBe(null);
    expect(listing(ok(step(locked, set({ locked: false }), 0)))).toMatchObject({ players: 2 });
  });

  test('lets somebody in when nobody is left', () => {
    const empty = ok(step(ok(step(locked, { type: 'leave', id: 'ann' }, 0)), { type: 'leave', id: 'bob' }, 0));
    expect(step(empty, join('cat'), 1)).toMatchObject({ host: 'cat' });
    // Opened as a locked room, it lets its creator in.
    const opened = newGame('ABCDE', { ...DEFAULT_SETTINGS, locked: true }, PACE, 0);
    expect(step(opened, join('ann'), 0)).toMatchObject({ host: 'ann' });
  });

  test('without spectators is watched by nobody but its players', () => {
    const seat = { ...join('bob'), session: 'B' } as Action;
    const game = play([0, join('ann')], [0, seat], [0, set({ spectators: false })]);
    const visitor = (session: string | null): Visitor => ({ session, address: null, isNew: false });
    expect(watchRefusal(game, visitor('C'))).toBe('no-spectators');
    expect(watchRefusal(game, visitor(null))).toBe('no-spectators');
    expect(watchRefusal(game, visitor('B'))).toBe(null);
    expect(step(game, join('cat'), 0)).toMatchObject({ seats: { length: 3 } });
  });
});
