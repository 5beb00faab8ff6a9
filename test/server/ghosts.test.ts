/** Ghosts: which earlier drawings race along, who sees what of them and when, and that they count for nothing. */
import { randomBytes } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { replayLimitsOf } from '../../server/backend.ts';
import { alone } from '../../server/cluster/presence.ts';
import { readConfig } from '../../server/config.ts';
import type { Game, Visitor } from '../../server/game/game.ts';
import { isRefusal, newGame, PACE } from '../../server/game/game.ts';
import { paceFor } from '../../server/game/ghosts.ts';
import { step } from '../../server/game/step.ts';
import { view } from '../../server/game/view.ts';
import { createLog } from '../../server/log.ts';
import { GHOSTS_FILE } from '../../server/paths.ts';
import { createReplayIds } from '../../server/room/replay-ids.ts';
import { createRooms } from '../../server/room/rooms.ts';
import { createMemoryChallenges } from '../../server/storage/memory/challenges.ts';
import { createMemoryDailies } from '../../server/storage/memory/dailies.ts';
import { createMemoryLeaderboard } from '../../server/storage/memory/leaderboard.ts';
import { createMemoryReplays } from '../../server/storage/memory/replays.ts';
import { createMemoryStore } from '../../server/storage/memory/store.ts';
import type { Replays } from '../../server/storage/replays.ts';
import { packSamples, readSamples, unpackSamples, withSamples } from '../../server/storage/samples.ts';
import { Unavailable } from '../../server/storage/store.ts';
import type { GhostView, RoomView, Settings } from '../../shared/protocol.ts';
import { DEFAULT_SETTINGS } from '../../shared/protocol.ts';
import { encode } from '../../shared/record.ts';
import { wait } from '../support/rooms.ts';
import { QUICK } from '../support/server.ts';
import { testWords } from '../support/words.ts';

const ids = createReplayIds('a secret of the test');
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

const recordOf = (word: string, at: number | null, nick = '', model = '0'.repeat(16)) =>
  deflateSync(
    encode({
      ...{ model, engine: 'wasm', word, language: 'en', nick, mark: 0, day: 20_000, seconds: 60 },
      verdict: at === null ? null : { at, word, probability: 0.9, ink: null },
      history: [{ at: 100, stroke: 0, points: [at ?? 0, 1, 500, 900] }],
    }),
  );

const WORDS = testWords.words.filter(({ prompt }) => prompt).map(({ word }) => word);

/** Of every word that can be asked for; their names in the gallery, `word name`. */
async function drawn(replays: Replays, owner: string | null, ms: number | null, { gallery = true, nick = '' } = {}) {
  for (const word of WORDS) {
    const id = randomBytes(16).toString('base64url');
    const of = owner === null ? null : ids.ownerOf(owner);
    await replays.save({ id, code: 'OTHER', owner: of, word, ms, record: recordOf(word, ms, nick) });
    if (gallery) await replays.list(id, { word, ms, passes: true });
  }
}

const samples = unpackSamples(packSamples(WORDS.map((word) => recordOf(word, 5000, '', 'f'.repeat(16)))));
const visitor = (session: string): Visitor => ({ session, address: null, isNew: false });

interface Options {
  replays?: Replays;
  people?: string[];
  settings?: Partial<Settings>;
}

/** A race of `people` on as many processes, which share their store. */
async function haunted({ replays = newReplays(), people = ['ann'], settings = {} }: Options) {
  const store = createMemoryStore();
  const views: RoomView[] = [];
  const asked: string[] = [];
  let looks = 0;
  const all = people.map((_, i) => {
    const rooms = createRooms(
      {
        store,
        presence: { ...alone(), id: `process${i}`, isAlive: async () => true },
        leaderboard: createMemoryLeaderboard(),
        ...{ dailies: createMemoryDailies(), challenges: createMemoryChallenges(60_000), secret: 'a secret' },
        replays: {
          ...replays,
          listed: (...args) => {
            asked.push(`process${i}`);
            return replays.listed(...args);
          },
        },
        replayIds: ids,
        samples,
        recognizer: {
          words: testWords,
          recognize: async (inks) => {
            looks++;
            return inks.map(() => new Float32Array(12));
          },
        },
        outbox: {
          toPlayers: (_, event, payload) => void (event === 'room' && views.push(structuredClone(payload as RoomView))),
          toSpectators: () => {},
          toSockets: (_, event, payload) => void (event === 'room' && views.push(structuredClone(payload as RoomView))),
          isBehind: () => false,
          enter: () => {},
          expel: () => {},
        },
        log: createLog('silent'),
      },
      { pace: QUICK, maxRooms: 2 },
    );
    stops.push(() => rooms.close());
    return rooms;
  });
  const host = await all[0]!.create('s0', people[0]!, { rounds: 1, seconds: 60, ...settings }, visitor(people[0]!));
  if (!host.ok) throw new Error(host.why);
  const { code, player } = host;
  for (const [i, nick] of people.entries())
    if (i > 0) expect(await all[i]!.join(`s${i}`, code, nick, visitor(nick))).toMatchObject({ ok: true });
  expect(await all[0]!.start({ socket: 's0', code, player })).toEqual({ ok: true });
  const inPhase = (name: string) => views.findLast(({ phase }) => phase.name === name);
  await expect.poll(() => inPhase('drawing')).toBeTruthy();
  const ghostsIn = (name: string) => (inPhase(name)!.phase as { ghosts?: GhostView[] }).ghosts ?? [];
  const ghosts = ghostsIn('drawing');
  return { ghosts, ghostsIn, views, asked, code, player, store, rooms: all[0]!, looks: () => looks };
}

const newReplays = () => createMemoryReplays(replayLimitsOf(readConfig({})));
const times = (ghosts: GhostView[]) => ghosts.map(({ at }) => at);

describe('a player alone', () => {
  test('races their own best, then the server’s, then the shipped drawing', async () => {
    const replays = newReplays();
    await drawn(replays, 'ann', 4000, { gallery: false });
    await drawn(replays, 'ann', 3000);
    await drawn(replays, 'bob', 3500, { nick: 'Bob' });
    await drawn(replays, 'bob', null);
    const { ghosts, player, ghostsIn } = await haunted({ replays, settings: { ghosts: 3 } });
    expect(ghosts).toMatchObject([
      { whose: { player }, at: 3000, old: true, nick: '' },
      { whose: 'earlier', at: 3500, nick: 'Bob' },
      { whose: 'sample', at: 5000 },
    ]);
    // In the countdown, nobody can find out the word by a replay's name.
    expect(ghostsIn('countdown').map(({ id }) => id)).toEqual([undefined, undefined, undefined]);
    expect(times(ghostsIn('countdown'))).toEqual([3000, 3500, 5000]);
  });

  test('who is the first of all has the shipped one; without a wish nobody comes', async () => {
    expect((await haunted({ settings: { ghosts: 3 } })).ghosts).toMatchObject([{ whose: 'sample', at: 5000 }]);
    const { ghosts, asked } = await haunted({});
    expect(ghosts).toEqual([]);
    expect(asked).toEqual([]);
  });

  test('never meets what is hidden or gone, nor what takes longer than the round', async () => {
    const replays = newReplays();
    await drawn(replays, 'ann', 3000);
    await drawn(replays, 'bob', 3500);
    for (const word of WORDS) {
      const { replays: found } = await replays.listed(word, { sort: 'fastest', limit: 9 });
      await replays.moderate(found[0]!.id, 'hide');
      await replays.remove(found[1]!.id);
    }
    await drawn(replays, 'cat', 70_000);
    expect((await haunted({ replays, settings: { ghosts: 9 } })).ghosts).toMatchObject([{ whose: 'sample' }]);
  });
});

describe('in a room', () => {
  test('ghosts take free seats only, are of nobody who is there, and one process picks them', async () => {
    const replays = newReplays();
    for (const ms of [1000, 1500, 2000, 2500]) await drawn(replays, `stranger ${ms}`, ms);
    await drawn(replays, 'bob', 500);
    const { ghosts, asked } = await haunted({ replays, people: ['ann', 'bob'], settings: { ghosts: 11, seats: 5 } });
    expect(times(ghosts)).toEqual([1000, 1500, 2000]);
    expect(ghosts.map(({ whose }) => whose)).toEqual(['earlier', 'earlier', 'earlier']);
    expect(asked).toHaveLength(1);
    const full = await haunted({ replays, people: ['ann', 'bob'], settings: { ghosts: 11, seats: 2 } });
    expect(full.ghosts).toEqual([]);
    expect(full.asked).toEqual([]);
  });

  test('near ones are as fast as people are', async () => {
    const replays = newReplays();
    for (const ms of [1000, 4600, 5200, 9000, 20_000]) await drawn(replays, `stranger ${ms}`, ms);
    const { ghosts } = await haunted({ replays, people: ['ann', 'bob'], settings: { ghosts: 3, ghostKind: 'near' } });
    // Before the first result, the shipped drawing says what is usual: 5 s.
    expect(times(ghosts)).toEqual([5200, 4600, 9000]);
  });

  test('random ones are some of them, no drawing twice', async () => {
    const replays = newReplays();
    const all = Array.from({ length: 9 }, (_, i) => 1000 + 100 * i);
    for (const ms of all) await drawn(replays, null, ms);
    const { ghosts } = await haunted({ replays, people: ['ann', 'bob'], settings: { ghosts: 5, ghostKind: 'random' } });
    expect(new Set(ghosts.map(({ id }) => id)).size).toBe(5);
    for (const at of times(ghosts)) expect(all).toContain(at);
  });
});

test('without the store, or while it is silent, the round begins as ever', async () => {
  const away = { ...newReplays(), best: () => Promise.reject(new Unavailable('away')) };
  expect((await haunted({ replays: away, settings: { ghosts: 3 } })).ghosts).toEqual([]);
  const silent = { ...newReplays(), best: () => new Promise<null>(() => {}) };
  expect((await haunted({ replays: silent, settings: { ghosts: 3 } })).ghosts).toEqual([]);
});

test('ghosts have no seat, no points and no inference, and hold nobody up', async () => {
  const { rooms, code, player, ghosts, ghostsIn, views, store, looks } = await haunted({ settings: { ghosts: 3 } });
  expect(ghosts).toHaveLength(1);
  await wait(100);
  expect(looks()).toBe(0);
  const { round, prompt } = views.at(-1)!.phase as { round: number; prompt: string };
  await store.update(code, (game) =>
    step(game, { type: 'recognized', id: player, round, at: 900, word: prompt, probability: 0.9 }, Date.now()),
  );
  await expect.poll(() => views.at(-1)!.phase.name).toBe('podium');
  expect(ghostsIn('reveal')).toEqual(ghosts);
  const last = views.at(-1)!;
  expect(last.players).toHaveLength(1);
  expect(last.phase).toMatchObject({ results: [{ recognized: [{ player }] }], standing: [{ player, place: 1 }] });
  expect(JSON.stringify(last.phase)).not.toContain('ghosts');
  expect(rooms.replays({ socket: 's0', code, player })).toHaveLength(1);
});

describe('the rule', () => {
  const ghost = (n: number): Required<GhostView> => ({
    ...{ id: `replay ${n}`, whose: 'earlier', nick: '', at: 3000, old: false },
  });
  function counted(ghosts: number, seats: number, people: number): Game {
    let game = newGame('ABCDE', { ...DEFAULT_SETTINGS, ghosts, seats }, PACE, 0);
    const act = (action: Parameters<typeof step>[1]) => {
      const next = step(game, action, 0);
      if (isRefusal(next)) throw new Error(next);
      game = next;
    };
    for (let i = 0; i < people; i++)
      act({ type: 'join', id: `p${i}`, token: `t${i}`, nick: `n${i}`, socket: `a/${i}` });
    act({ type: 'start', by: 'p0', match: 'm', prompts: [{ word: 'cat', difficulty: 'easy', factor: 1 }] });
    return game;
  }

  test('the first pick counts, in this countdown only, for as many seats as are free', () => {
    fc.assert(
      fc.property(
        fc.nat(11),
        fc.integer({ min: 1, max: 12 }),
        fc.nat(11),
        fc.nat(12),
        (wanted, seats, more, picked) => {
          const people = 1 + Math.min(more, seats - 1);
          const game = counted(wanted, seats, people);
          const ghosts = Array.from({ length: picked }, (_, i) => ghost(i));
          const pick = { type: 'ghosts' as const, round: 1, ghosts };
          const next = step(game, pick, 10) as Game;
          const count = Math.min(wanted, seats - people, picked);
          expect(next.match!.ghosts?.ghosts ?? []).toEqual(ghosts.slice(0, count));
          if (count === 0) expect(next).toBe(game);
          else expect(step(next, { ...pick, ghosts: [ghost(99)] }, 20)).toBe(next);
          for (const round of [0, 2]) expect(step(game, { ...pick, round }, 10)).toBe(game);
          const drawing = step(game, { type: 'tick' }, 60_000) as Game;
          expect(step(drawing, pick, 60_001)).toBe(drawing);
          // They take nobody's seat.
          expect(next.seats).toEqual(game.seats);
          if (people < seats) {
            const joined = step(
              next,
              { type: 'join', id: 'late', token: 't', nick: 'late', socket: 'a/9' },
              30,
            ) as Game;
            expect(joined.seats).toHaveLength(people + 1);
            expect(joined.match!.ghosts).toEqual(next.match!.ghosts);
          }
          expect(JSON.stringify(view(next, 40))).not.toContain('replay ');
        },
      ),
    );
  });

  test('people’s pace is measured by what is usual for each word', () => {
    const usual = (word: string) => ({ cat: 4000, house: 8000 })[word];
    const result = (prompt: string, ...at: number[]) => ({
      ...{ round: 1, prompt, difficulty: 'easy' as const },
      recognized: at.map((ms) => ({ player: `${ms}`, at: ms, word: prompt, probability: 1, points: 0 })),
    });
    expect(paceFor('cat', [], usual)).toBe(4000);
    expect(paceFor('cat', [result('house', 4000), result('unknown', 9000)], usual)).toBe(2000);
    expect(paceFor('house', [result('cat', 2000, 6000, 8000)], usual)).toBe(12_000);
    expect(paceFor('unknown', [result('cat', 2000)], usual)).toBe(0);
  });
});

describe('the drawings that ship', () => {
  test('are of the game’s words, one each, as the shipped network judged them, and small', async () => {
    const { words, hash } = (await import('../../models/quickdraw/words.json')).default as typeof testWords;
    const shipped = await readSamples(GHOSTS_FILE);
    const known = new Set(words.map(({ word }) => word));
    expect(shipped.every(({ word }) => known.has(word))).toBe(true);
    expect(new Set(shipped.map(({ word }) => word)).size).toBe(shipped.length);
    const prompts = words.filter(({ prompt }) => prompt);
    expect(shipped.filter(({ word }) => prompts.some((each) => each.word === word)).length).toBeGreaterThan(
      0.98 * prompts.length,
    );
    expect(shipped.reduce((sum, { record }) => sum + record.length, 0)).toBeLessThan(700_000);
    const { inflateSync } = await import('node:zlib');
    const { decode } = await import('../../shared/record.ts');
    for (const { record } of shipped) {
      const { model, verdict, nick, history } = decode(inflateSync(record));
      // With another network, `npm run sample:ghosts` makes them again.
      expect(model).toBe(hash.slice(0, 16));
      expect(verdict!.at).toBeLessThan(20_000);
      expect(nick).toBe('');
      expect(history.some((event) => 'guesses' in event)).toBe(true);
    }
  });

  test('can be watched as replays are, and not changed', async () => {
    const replays = withSamples(newReplays(), samples);
    const [first] = samples;
    expect(first!.id).toMatch(/^[\w-]{22}$/);
    expect(await replays.read(first!.id)).toMatchObject({ owner: null, record: first!.record });
    expect(await replays.keep(first!.id)).toBe(false);
    expect(await replays.remove(first!.id)).toBe(false);
    expect(await replays.read(first!.id)).not.toBeNull();
    expect(await replays.read('another')).toBeNull();
  });
});
