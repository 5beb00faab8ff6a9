import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Action, Game, Prompt } from '../../server/game/game.ts';
import type { Visitor } from '../../server/game/game.ts';
import {
  anybodyStartsAt,
  deadline,
  drawingRefusal,
  isRefusal,
  newGame,
  PACE,
  step,
  watchRefusal,
} from '../../server/game/game.ts';
import { drawPrompts } from '../../server/game/prompts.ts';
import { points } from '../../server/game/score.ts';
import { listing, standing, view } from '../../server/game/view.ts';
import { DEFAULT_SETTINGS } from '../../shared/protocol.ts';
import { testWords } from '../support/words.ts';

const PROMPTS: Prompt[] = [
  { word: 'cat', difficulty: 'easy', factor: 1 },
  { word: 'sun', difficulty: 'hard', factor: 1.5 },
];

/** Folds actions over a new room; each is `[ms, action]`. A refusal fails the test. */
function play(...acts: [number, Action][]): Game {
  return acts.reduce((game, [now, action]) => ok(step(game, action, now)), room());
}
const room = () => newGame('ABCDE', DEFAULT_SETTINGS, PACE, 0);
function ok(result: ReturnType<typeof step>): Game {
  if (isRefusal(result)) throw new Error(`refused: ${result}`);
  return result;
}
const join = (id: string): Action => ({ type: 'join', id, token: `token-${id}`, nick: id, socket: `s-${id}` });
const drop = (id: string): Action => ({ type: 'drop', id, socket: `s-${id}` });
const comeBack = (id: string): Action => ({ type: 'return', token: `token-${id}`, socket: `s2-${id}` });
const start: Action = { type: 'start', by: 'ann', match: 'm', prompts: PROMPTS };
const tick: Action = { type: 'tick' };
const recognized = (id: string, round: number, at: number): Action => ({
  type: 'recognized',
  id,
  round,
  at,
  word: 'cat',
  probability: 0.8,
});
/** Ticks at every deadline up to `until`. */
function run(game: Game, until: number): Game {
  for (let at = deadline(game); at <= until; at = deadline(game)) game = ok(step(game, tick, at));
  return game;
}
const phase = (game: Game) => view(game, 0).phase;

describe('a match', () => {
  const lobby = play([0, join('ann')], [0, join('bob')]);

  test('has a countdown, rounds with reveals, a podium and a rematch', () => {
    let game = ok(step(lobby, start, 1000));
    expect(phase(game)).toEqual({ name: 'countdown', ends: 4000, round: 1, number: 1, of: 2 });
    game = ok(step(game, tick, 4000));
    expect(phase(game)).toMatchObject({ name: 'drawing', prompt: 'cat', started: 4000, ends: 24_000, recognized: [] });
    game = ok(step(game, recognized('bob', 1, 5000), 9000));
    game = ok(step(game, tick, 24_000 + PACE.settle));
    expect(phase(game)).toMatchObject({
      name: 'reveal',
      result: { prompt: 'cat', recognized: [{ player: 'bob', at: 5000, points: points(5000, 20_000, 1) }] },
    });
    game = run(game, 30_000 + PACE.settle);
    expect(phase(game)).toMatchObject({ name: 'countdown', round: 2, number: 2 });
    game = run(game, 100_000);
    expect(phase(game)).toMatchObject({ name: 'podium', standing: [{ player: 'bob' }, { player: 'ann', score: 0 }] });
    game = ok(step(game, start, 200_000));
    expect(phase(game)).toMatchObject({ name: 'countdown', round: 3, number: 1 });
    expect(view(game, 0).players.map((p) => p.score)).toEqual([0, 0]);
  });

  const drawing = run(ok(step(lobby, start, 0)), 3000);

  test('a round ends soon after everybody is recognized, with time to finish a line', () => {
    let game = ok(step(drawing, recognized('ann', 1, 4000), 8000));
    expect(phase(game)).toMatchObject({ ends: 23_000 });
    game = ok(step(game, recognized('bob', 1, 4500), 8500));
    expect(phase(game)).toMatchObject({ name: 'drawing', ends: 10_000 });
    expect(drawingRefusal(game, 'ann', 1, 9999)).toBe(null);
    expect(drawingRefusal(game, 'ann', 1, 10_000)).toBe('wrong-phase');
    expect(phase(run(game, 10_250))).toMatchObject({ name: 'reveal' });
  });

  test('ink stops at the end; a verdict on ink drawn in time counts until the round closes', () => {
    expect(drawingRefusal(drawing, 'ann', 1, 23_000)).toBe('wrong-phase');
    const late = ok(step(drawing, recognized('ann', 1, 19_990), 23_200));
    expect(phase(late)).toMatchObject({ recognized: [{ player: 'ann', at: 19_990 }] });
    expect(step(run(drawing, 25_000), recognized('ann', 1, 19_990), 25_100)).toMatchObject({
      phase: { name: 'reveal' },
    });
  });

  test('a round closes when each process has judged what was drawn on it, or after two seconds', () => {
    const joinOn = (process: string, id: string): Action => ({ ...join(id), socket: `${process}/${id}` }) as Action;
    const judged = (process: string, round = 1): Action => ({ type: 'judged', process, round });
    const lobby = play([0, joinOn('a', 'ann')], [0, joinOn('a', 'bob')], [0, joinOn('b', 'cat')]);
    const drawing = run(ok(step(lobby, start, 0)), 3000);
    expect(step(drawing, judged('a'), 22_999)).toBe(drawing);
    expect(step(drawing, judged('a', 2), 23_010)).toBe(drawing);
    const half = ok(step(drawing, judged('a'), 23_010));
    expect(phase(half)).toMatchObject({ name: 'drawing' });
    expect(deadline(half)).toBe(25_000);
    expect(phase(ok(step(half, judged('b'), 23_020)))).toMatchObject({ name: 'reveal' });
    // What is drawn in time counts meanwhile; nothing else is waited for.
    const late = ok(step(half, recognized('cat', 1, 19_999), 23_400));
    expect(phase(late)).toMatchObject({ name: 'reveal', result: { recognized: [{ player: 'cat', at: 19_999 }] } });
    expect(phase(ok(step(half, { type: 'drop', id: 'cat', socket: 'b/cat' }, 23_030)))).toMatchObject({
      name: 'reveal',
    });
    expect(phase(ok(step(half, tick, 25_000)))).toMatchObject({ name: 'reveal' });
    expect(step(drawing, recognized('ann', 1, 20_001), 23_400)).toBe(drawing);
  });

  test('a recognition counts once, in its own round only, and in the order of the strokes', () => {
    let game = ok(step(drawing, recognized('ann', 1, 900), 8000));
    expect(step(game, recognized('ann', 1, 100), 8100)).toBe(game);
    expect(step(game, recognized('bob', 0, 100), 8100)).toBe(game);
    expect(step(game, recognized('zoe', 1, 100), 8100)).toBe(game);
    game = ok(step(game, recognized('bob', 1, 800), 8100));
    expect(phase(game)).toMatchObject({ recognized: [{ player: 'bob' }, { player: 'ann' }] });
  });

  test('leaving neither stalls the round nor changes another score', () => {
    let game = ok(step(drawing, recognized('ann', 1, 1000), 4000));
    const before = view(game, 0).players[0]!.score;
    game = ok(step(game, { type: 'leave', id: 'bob' }, 4000));
    expect(phase(game)).toMatchObject({ ends: 5500 });
    expect(view(game, 0).players).toMatchObject([{ id: 'ann', score: before }]);
    expect(standing(game).map((line) => line.player)).toEqual(['ann', 'bob']);
  });

  test('a lost player is still in the round: nobody gains by it', () => {
    let game = ok(step(drawing, { type: 'drop', id: 'bob', socket: 's-bob' }, 4000));
    game = ok(step(game, recognized('ann', 1, 1500), 4500));
    expect(phase(game)).toMatchObject({ name: 'drawing', ends: 23_000 });
  });

  test('a latecomer watches, and draws in the next round', () => {
    const game = ok(step(drawing, join('cat'), 5000));
    expect(view(game, 0).players[2]).toMatchObject({ id: 'cat', playing: false });
    expect(drawingRefusal(game, 'cat', 1, 5000)).toBe('not-drawing');
    const next = run(game, 35_000);
    expect(phase(next)).toMatchObject({ name: 'drawing', round: 2 });
    expect(drawingRefusal(next, 'cat', 2, 35_000)).toBe(null);
  });

  test('a player who joins during the countdown draws at once', () => {
    const game = run(ok(step(ok(step(lobby, start, 0)), join('cat'), 2000)), 3000);
    expect(drawingRefusal(game, 'cat', 1, 3000)).toBe(null);
  });
});

describe('seats', () => {
  const lobby = play([0, join('ann')], [0, join('bob')]);

  test('are refused when the room is full, or the name is taken', () => {
    const full = ok(step(lobby, { type: 'settings', by: 'ann', settings: { seats: 2 } }, 0));
    expect(step(full, join('cat'), 0)).toBe('room-full');
    expect(step(lobby, { ...join('cat'), nick: 'BOB' } as Action, 0)).toBe('nick-taken');
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

  test('of a person with several seats is one', () => {
    const seat = (id: string, session: string): Action => ({ ...join(id), session }) as Action;
    const game = play([0, seat('ann', 'A')], [0, seat('b1', 'B')], [0, seat('b2', 'B')], [0, seat('b3', 'B')]);
    expect(fold(game, vote('b1', 'b1'), vote('b2', 'b1'), vote('b3', 'b1')).host).toBe('ann');
    const own = play([0, seat('ann', 'A')], [0, seat('a2', 'A')], [0, seat('bob', 'B')]);
    expect(fold(own, vote('bob', 'bob'), vote('a2', 'bob')).host).toBe('ann');
  });
});

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
    const drawing = run(ok(step(full, start, 0)), 3000);
    const scored = ok(step(drawing, recognized('bob', 1, 1000), 5000));
    const podium = run(scored, 100_000);
    const away = ok(step(podium, drop('bob'), 100_000));
    const taken = ok(step(away, join('cat'), 110_000));
    expect(standing(taken)[0]).toMatchObject({ player: 'bob', score: points(1000, 20_000, 1) });
    const back = ok(step(ok(step(taken, { type: 'leave', id: 'ann' }, 111_000)), comeBack('bob'), 112_000));
    expect(view(back, 0).players).toMatchObject([{ id: 'cat' }, { id: 'bob', score: points(1000, 20_000, 1) }]);
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
    expect(phase(done)).toMatchObject({ ends: 26_500 });
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

test('points fall with time and rise with difficulty', () => {
  expect(points(0, 20_000, 1)).toBe(1000);
  expect(points(20_000, 20_000, 1)).toBe(300);
  expect(points(10_000, 20_000, 1.5)).toBe(975);
  expect(points(-5, 20_000, 1)).toBe(1000);
});

test('the drawing time breaks ties', () => {
  const runners = { a: { nick: 'a', mark: 0, session: null }, b: { nick: 'b', mark: 1, session: null } };
  const result = (player: string, at: number) => ({ player, at, word: 'cat', probability: 1, points: 500 });
  const results = [
    { round: 1, prompt: 'cat', difficulty: 'easy' as const, recognized: [result('b', 2000), result('a', 3000)] },
  ];
  const game: Game = { ...room(), match: { id: 'm', prompts: PROMPTS, first: 1, results, runners } };
  expect(standing(game).map((line) => line.player)).toEqual(['b', 'a']);
});

test('prompts come from the seed, never twice, of the chosen difficulty; null if there are too few', () => {
  const drawn = drawPrompts(testWords, { rounds: 10, difficulty: 'mixed' }, 'seed')!;
  expect(new Set(drawn.map((prompt) => prompt.word)).size).toBe(10);
  expect(drawPrompts(testWords, { rounds: 10, difficulty: 'mixed' }, 'seed')).toEqual(drawn);
  expect(drawPrompts(testWords, { rounds: 10, difficulty: 'mixed' }, 'other')).not.toEqual(drawn);
  expect(drawPrompts(testWords, { rounds: 3, difficulty: 'hard' }, 'x')!.every((p) => p.difficulty === 'hard')).toBe(
    true,
  );
  expect(drawn.some((prompt) => prompt.word === 'hat')).toBe(false);
  expect(drawPrompts(testWords, { rounds: 12, difficulty: 'mixed' }, 'x')).toBe(null);
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
