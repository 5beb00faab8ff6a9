import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Action } from '../../server/game/game.ts';
import { isRefusal } from '../../server/game/game.ts';
import { deadline, step } from '../../server/game/step.ts';
import { PROMPTS, drop, join, ok, phase, play, recognized, room, run, start, tick } from '../support/game.ts';

describe('an empty room', () => {
  test('ends its match, waits ten minutes, and closes', () => {
    const game = play([0, join('ann')], [0, start], [100, { type: 'leave', id: 'ann' }]);
    expect(phase(game)).toEqual({ name: 'lobby' });
    expect(run(game, 600_099).phase.name).toBe('lobby');
    const closed = run(game, 600_100);
    expect(closed.phase.name).toBe('closed');
    expect(step(closed, join('bob'), 600_200)).toBe('no-room');
  });

  test('closes at once if nobody but its creator was ever in it', () => {
    const leave: [number, Action] = [100, { type: 'leave', id: 'ann' }];
    expect(play([0, join('ann')], leave).phase.name).toBe('closed');
    // Away is not gone: the friends who get the link find the room.
    const inviting = play([0, join('ann')], [100, drop('ann')]);
    expect(run(inviting, 600_099).seats).toHaveLength(1);
    expect(step(inviting, join('bob'), 300_000)).toMatchObject({ host: 'ann', seats: { length: 2 } });
    expect(run(inviting, 600_100).phase.name).toBe('closed');
    const watched: Action = { type: 'spectators', process: 'p', count: 1 };
    expect(play([0, join('ann')], [0, watched], leave).phase.name).toBe('lobby');
    expect(play([0, join('ann')], [0, join('bob')], [1, { type: 'leave', id: 'bob' }], leave).phase.name).toBe('lobby');
  });

  test('gives place on a process that is full, once everybody has been away for a minute', () => {
    const evict: Action = { type: 'evict' };
    const game = play([0, join('ann')], [0, join('bob')], [0, drop('bob')]);
    expect(step(game, evict, 100_000)).toBe(game);
    const left = ok(step(game, drop('ann'), 1000));
    expect(step(left, evict, 60_999)).toBe(left);
    expect(ok(step(left, evict, 61_000)).phase.name).toBe('closed');
    const watched = ok(step(left, { type: 'spectators', process: 'p', count: 1 }, 1000));
    expect(step(watched, evict, 61_000)).toBe(watched);
  });

  test('is kept if somebody joins in time', () => {
    const game = play(
      ...([
        [0, join('ann')],
        [0, join('bob')],
        [90, { type: 'leave', id: 'bob' }],
      ] as [number, Action][]),
      ...([
        [100, { type: 'leave', id: 'ann' }],
        [200, join('cat')],
      ] as [number, Action][]),
    );
    expect(game.host).toBe('cat');
    expect(deadline(game)).toBe(Infinity);
  });
});

test('after any actions the game is valid, and comes to rest', () => {
  const ids = ['ann', 'bob', 'cat', 'dan'];
  const id = fc.constantFrom(...ids);
  const action: fc.Arbitrary<Action> = fc.oneof(
    id.map(join),
    fc.record({
      type: fc.constant('return' as const),
      token: id.map((i) => `token-${i}`),
      socket: id.map((i) => `s-${i}`),
    }),
    fc.record({ type: fc.constant('drop' as const), id, socket: id.map((i) => `s-${i}`) }),
    fc.record({ type: fc.constant('leave' as const), id }),
    fc.record({ type: fc.constant('kick' as const), by: id, id }),
    fc.record({ type: fc.constant('host' as const), by: id, id: fc.option(id) }),
    fc.record({
      type: fc.constant('settings' as const),
      by: id,
      settings: fc.record({ seats: fc.integer({ min: 2, max: 4 }), locked: fc.boolean() }),
    }),
    fc.record({ type: fc.constant('start' as const), by: id, match: fc.constant('m'), prompts: fc.constant(PROMPTS) }),
    fc.tuple(id, fc.nat(8), fc.nat(20_000)).map(([i, round, at]) => recognized(i, round, at)),
    fc.constant(tick),
    fc.constant({ type: 'evict' as const }),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(9000), action), { maxLength: 60 }), (acts) => {
      let game = room();
      let now = 0;
      for (const [wait, act] of acts) {
        now += wait;
        const next = step(game, act, now);
        if (isRefusal(next)) continue;
        expect(next.version).toBe(next === game ? game.version : game.version + 1);
        expect(next.round).toBeGreaterThanOrEqual(game.round);
        game = next;
        if (game.phase.name === 'closed') break;
        expect(game.host === null).toBe(game.seats.length === 0);
        expect(new Set(game.seats.map((seat) => seat.mark)).size).toBe(game.seats.length);
        expect(new Set(game.seats.map((seat) => seat.nick)).size).toBe(game.seats.length);
        expect(game.displaced?.some((seat) => game.seats.some(({ id }) => id === seat.id))).not.toBe(true);
        expect(deadline(game)).toBeGreaterThan(0);
      }
      // Left alone, it comes to rest: no deadline is passed without changing anything.
      for (let n = 0; n < 50 && deadline(game) < Infinity && game.phase.name !== 'closed'; n++) {
        const at = Math.max(now, deadline(game));
        const next = ok(step(game, tick, at));
        expect(next).not.toBe(game);
        game = next;
        now = at;
      }
      expect(['lobby', 'podium', 'closed']).toContain(game.phase.name);
    }),
    { numRuns: 300 },
  );
});
