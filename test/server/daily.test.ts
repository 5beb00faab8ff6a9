/** The six words of a day: which they are, in what room they are drawn, and that the server alone decides which try counts. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { replayLimitsOf } from '../../server/backend.ts';
import { readConfig } from '../../server/config.ts';
import { alone } from '../../server/cluster/presence.ts';
import { DAILY_SETTINGS, dailyPrompts, tryOf } from '../../server/game/daily.ts';
import type { Action, Game } from '../../server/game/game.ts';
import { isRefusal, newGame, PACE } from '../../server/game/game.ts';
import { watchRefusal } from '../../server/game/kicks.ts';
import { resultOf } from '../../server/game/results.ts';
import { step } from '../../server/game/step.ts';
import { view } from '../../server/game/view.ts';
import { createLog } from '../../server/log.ts';
import type { Player as Seated } from '../../server/room/live-room.ts';
import { createReplayIds } from '../../server/room/replay-ids.ts';
import { createRooms } from '../../server/room/rooms.ts';
import { createMemoryChallenges } from '../../server/storage/memory/challenges.ts';
import { createMemoryDailies } from '../../server/storage/memory/dailies.ts';
import { createMemoryLeaderboard } from '../../server/storage/memory/leaderboard.ts';
import { createMemoryReplays } from '../../server/storage/memory/replays.ts';
import { createMemoryStore } from '../../server/storage/memory/store.ts';
import type { Daily } from '../../shared/daily.ts';
import { dayOf, startOfDay } from '../../shared/daily.ts';
import type { Words } from '../../shared/verdict.ts';
import { parseWords } from '../../shared/words.ts';
import { comeBack, drop, join, ok, recognized, run, tick } from '../support/game.ts';
import { endPhase } from '../support/party.ts';
import type { Player } from '../support/player.ts';
import { closeAll, connect, phase, until } from '../support/player.ts';
import { QUICK, useServer } from '../support/server.ts';
import { testWords } from '../support/words.ts';

const shipped: Words = parseWords(JSON.parse(readFileSync('models/quickdraw/words.json', 'utf8')));
const wordsOf = (day: number, secret: string, words = shipped) =>
  dailyPrompts(words, day, secret)!.map(({ word }) => word);

const someDay = fc.integer({ min: 0, max: 200_000 });

describe('the words of a day', () => {
  test('are six prompts, from easy to hard, the same wherever the secret is the same', () => {
    const prompts = new Map(shipped.words.filter(({ prompt }) => prompt).map((word) => [word.word, word]));
    fc.assert(
      fc.property(someDay, fc.string(), (day, secret) => {
        const asked = dailyPrompts(shipped, day, secret)!;
        expect(asked.map(({ difficulty }) => difficulty)).toEqual([
          ...['easy', 'easy', 'medium', 'medium', 'hard', 'hard'],
        ]);
        expect(new Set(asked.map(({ word }) => word)).size).toBe(6);
        for (const { word, factor } of asked) expect(prompts.get(word)?.factor).toBe(factor);
        expect(dailyPrompts(structuredClone(shipped), day, secret)).toEqual(asked);
      }),
    );
  });

  test('do not come again for four weeks, and all come', () => {
    const NEAR = 26;
    fc.assert(
      fc.property(someDay, fc.integer({ min: 1, max: NEAR }), fc.string(), (day, later, secret) => {
        const soon = wordsOf(day + later, secret);
        expect(wordsOf(day, secret).filter((word) => soon.includes(word))).toEqual([]);
      }),
    );
    const all = new Set(Array.from({ length: 110 }, (_, day) => wordsOf(day, 'a secret')).flat());
    expect(all.size).toBe(shipped.words.filter(({ prompt }) => prompt).length);
  });

  test('follow neither from other days nor without the secret', () => {
    expect(wordsOf(20_000, 'one secret')).not.toEqual(wordsOf(20_000, 'another secret'));
    // The order of the next cycle is another one.
    expect(wordsOf(20_000, 'a secret')).not.toEqual(wordsOf(20_053, 'a secret'));
  });

  test('exist for any model with six prompts', () => {
    fc.assert(
      fc.property(someDay, fc.integer({ min: 6, max: 12 }), (day, count) => {
        const words = {
          ...testWords,
          words: testWords.words.slice(0, count).map((each) => ({ ...each, prompt: true })),
        };
        expect(new Set(wordsOf(day, 's', words)).size).toBe(6);
      }),
    );
    expect(dailyPrompts({ ...testWords, words: testWords.words.slice(0, 5) }, 1, 's')).toBe(null);
  });
});

describe('a room of a day', () => {
  const PROMPTS = dailyPrompts(testWords, 7, 's')!;
  const START: Action = { type: 'start', by: 'ann', match: 'm', prompts: PROMPTS, day: 7 };
  const room = (): Game => ({
    ...newGame('ABCDE', DAILY_SETTINGS, PACE, 0),
    daily: { day: 6, session: 's-ann' },
  });
  const seated = () => ok(step(room(), join('ann'), 0));
  const started = () => ok(step(seated(), START, 0));

  test('has one match, of the day on which it starts, with nobody else in it', () => {
    const game = started();
    expect(view(game, 0).daily).toEqual({ day: 7 });
    expect(JSON.stringify(view(game, 0))).not.toContain('s-ann"');
    expect(step(seated(), { ...START, day: undefined } as never, 0)).toBe('bad-settings');
    for (const each of [seated(), game]) {
      expect(step(each, join('bob'), 0)).toBe('locked');
      expect(watchRefusal(each, { session: 's-ann', address: null, isNew: false })).toBe('no-spectators');
      for (const settings of [{ seconds: 120 }, { locked: false }, { spectators: true }, { words: ['cat'] }])
        expect(step(each, { type: 'settings', by: 'ann', settings }, 0)).toBe('bad-settings');
    }
    const over = run(game, 400_000);
    expect(over.phase.name).toBe('podium');
    expect(step(over, { ...START, match: 'again' }, 400_000)).toBe('wrong-phase');
    // It is gone with its player: its code leads nowhere.
    expect(ok(step(game, { type: 'leave', id: 'ann' }, 10)).phase.name).toBe('closed');
  });

  test('goes on to its end while the player is away, and counts what was drawn', () => {
    let game = ok(step(run(started(), 3000), { type: 'claimed', match: 'm', scored: true }, 3001));
    game = ok(step(game, recognized('ann', 1, 4000), 8000));
    game = ok(step(game, drop('ann'), 9000));
    game = run(game, 300_000);
    expect(game.phase.name).toBe('podium');
    const result = tryOf(game)!;
    expect(result).toMatchObject({ day: 7, session: 's-ann', match: 'm', nick: 'ann' });
    expect(result.rounds.map(({ at }) => at)).toEqual([4000, null, null, null, null, null]);
    expect(result.rounds.map(({ word }) => word)).toEqual(PROMPTS.map(({ word }) => word));
    // 1000 · 2^(−4 / 10), for an easy word.
    expect(result.score).toBe(758);
    expect(ok(step(game, comeBack('ann'), 300_000)).seats).toHaveLength(1);
    // On no other board.
    expect(resultOf(game)).toBe(null);
  });

  test('counts only if the store said so, and whoever sits there at the end', () => {
    const playing = run(started(), 3000);
    expect(tryOf(run(playing, 400_000))).toBe(null);
    const claim = (match: string, scored: boolean): Action => ({ type: 'claimed', match, scored });
    expect(ok(step(playing, claim('another', true), 3001))).toBe(playing);
    const practice = ok(step(playing, claim('m', false), 3001));
    expect(view(practice, 0).daily).toEqual({ day: 7, scored: false });
    expect(ok(step(practice, claim('m', true), 3002))).toBe(practice);
    expect(tryOf(run(practice, 400_000))).toBe(null);
    const scored = ok(step(playing, claim('m', true), 3001));
    const handed = ok(step(scored, { ...comeBack('ann'), session: 's-bob' } as Action, 4000));
    expect(tryOf(run(handed, 400_000))?.session).toBe('s-ann');
    // An ordinary room has none of it.
    const { daily: _, ...ordinary } = playing;
    expect(step(ordinary, claim('m', true), 3001)).toBe(ordinary);
  });
});

describe('at midnight', () => {
  test('a match counts for the day on which it started', async () => {
    let time = startOfDay(20_000) - 2000;
    const dailies = createMemoryDailies();
    const store = createMemoryStore();
    const rooms = createRooms(
      {
        ...{ store, dailies, challenges: createMemoryChallenges(60_000), secret: 'a secret', now: () => time },
        ...{ presence: alone(), leaderboard: createMemoryLeaderboard() },
        ...{ replays: createMemoryReplays(replayLimitsOf(readConfig({}))), replayIds: createReplayIds('a secret') },
        recognizer: { words: testWords, recognize: async () => [] },
        outbox: {
          ...{ toPlayers() {}, toSpectators() {}, toSockets() {}, isBehind: () => false, enter() {}, expel() {} },
        },
        log: createLog('silent'),
      },
      { pace: { ...PACE, countdown: 3000 }, maxRooms: 9 },
    );
    const open = async (session: string): Promise<Seated> => {
      const answer = await rooms.createDaily(`socket of ${session}`, 'Ann', { session, address: null, isNew: false });
      if (!answer.ok) throw new Error(answer.why);
      return { socket: `socket of ${session}`, code: answer.code, player: answer.player };
    };
    const [before, waiting] = [await open('ann'), await open('bob')];
    expect(await rooms.start(before)).toEqual({ ok: true });
    time += 4000;
    expect(await rooms.start(waiting)).toEqual({ ok: true });
    const game = async ({ code }: Seated) => (await store.read(code))!;
    expect((await game(before)).match!.prompts).toEqual(dailyPrompts(testWords, 19_999, 'a secret'));
    expect((await game(waiting)).match!.prompts).toEqual(dailyPrompts(testWords, 20_000, 'a secret'));
    for (const { code } of [before, waiting])
      for (let rest = 60; rest > 0 && (await store.read(code))!.phase.name !== 'podium'; rest--) {
        time += 5000;
        await store.update(code, (game) => step(game, tick, time));
        await new Promise(setImmediate);
      }
    await vi.waitFor(async () => {
      expect((await dailies.read(19_999, 'ann'))?.result?.rounds).toHaveLength(6);
      expect((await dailies.read(20_000, 'bob'))?.result?.rounds).toHaveLength(6);
    });
    expect(await dailies.read(20_000, 'ann')).toBe(null);
    await rooms.close();
  });
});

describe('on a server', () => {
  const server = useServer({ pace: { ...QUICK, countdown: 400 } });
  afterEach(closeAll);

  type Headers = Record<string, string>;
  const visitor = async (): Promise<Headers> => ({
    Cookie: (await fetch(server.url)).headers.get('set-cookie')!.split(';')[0]!,
  });
  const daily = async (headers: Headers = {}, query = ''): Promise<Daily> =>
    (await fetch(`${server.url}/api/daily${query}`, { headers })).json() as Promise<Daily>;

  /** Opens a room of the day; `more` goes with the command. */
  async function open(headers: Headers, more: object = {}): Promise<Player> {
    const player = connect(server.url, headers);
    const answer = await player.ask('create', { nick: 'Ann', daily: true, ...more });
    if (!answer.ok) throw new Error(answer.why);
    player.id = answer.player;
    player.code = answer.code;
    player.token = answer.token;
    return player;
  }

  const gameOf = async ({ code }: Player) => (await server.store.read(code!))!;

  /** Draws nothing; the rules recognize the rounds `at`. */
  async function play(player: Player, at: (number | null)[]): Promise<void> {
    for (const ms of at) {
      const { round, prompt } = await phase(player, 'drawing');
      if (ms !== null)
        await server.store.update(player.code!, (game) =>
          step(game, { type: 'recognized', id: player.id!, round, at: ms, word: prompt, probability: 0.9 }, Date.now()),
        );
      await endPhase(server, player.code!);
      await until(() => player.room!.phase.name !== 'drawing', 'the reveal');
      await endPhase(server, player.code!);
    }
    await phase(player, 'podium');
  }

  test('a try counts once, and is on the table; practice is not', async () => {
    const cookie = await visitor();
    const fresh = await daily(cookie);
    expect(fresh).toMatchObject({ day: dayOf(Date.now()), begun: false, result: null });
    expect(fresh.next).toBeGreaterThan(0);
    expect(fresh.next).toBeLessThanOrEqual(24 * 60 * 60_000);

    const ann = await open(cookie);
    expect((await daily(cookie)).begun).toBe(false);
    expect(await ann.ask('start', {})).toEqual({ ok: true });
    // No word was shown yet.
    expect(ann.room!.daily).toEqual({ day: fresh.day });
    expect((await daily(cookie)).begun).toBe(false);
    await phase(ann, 'drawing');
    await until(() => ann.room!.daily?.scored, 'the claim');
    const begun = await daily(cookie);
    expect(begun).toMatchObject({ begun: true, result: null });
    await play(ann, [4000, 5000, null, 6000, 7000, 8000]);
    await vi.waitFor(async () => expect((await daily(cookie)).result).not.toBe(null));
    const { result, leaders, players } = await daily(cookie);
    const { match } = await gameOf(ann);
    expect(result!.rounds).toEqual(
      [4000, 5000, null, 6000, 7000, 8000].map((at, i) => ({ word: match!.prompts[i]!.word, at })),
    );
    expect(result).toMatchObject({ place: 1, score: ann.room!.players[0]!.score });
    expect(leaders[0]).toEqual({ key: result!.key, nick: 'Ann', value: result!.score });
    expect(await ann.ask('start', {})).toEqual({ ok: false, why: 'wrong-phase' });

    const again = await open(cookie);
    await again.ask('start', {});
    const { prompt } = await phase(again, 'drawing');
    expect(prompt).toBe(result!.rounds[0]!.word);
    await until(() => again.room!.daily?.scored === false, 'practice');
    await play(again, [100, 100, 100, 100, 100, 100]);
    expect(await daily(cookie)).toMatchObject({ result: JSON.parse(JSON.stringify(result)), players });
    // Nor is either on another board.
    for (const path of ['/api/leaderboard', '/api/leaderboard?solo'])
      expect(await (await fetch(server.url + path)).text()).not.toContain('Ann');
  }, 60_000);

  test('of two rooms at once only one counts, and whoever has seen the words and leaves has had the try', async () => {
    const cookie = await visitor();
    const rooms = await Promise.all([open(cookie), open(cookie)]);
    await Promise.all(rooms.map((each) => each.ask('start', {})));
    await until(() => rooms.every(({ room }) => room?.daily?.scored !== undefined), 'both claims');
    expect(rooms.map(({ room }) => room!.daily!.scored).sort()).toEqual([false, true]);
    for (const each of rooms) await each.ask('leave', {});
    expect(await daily(cookie)).toMatchObject({ begun: true, result: null });
    const third = await open(cookie);
    await third.ask('start', {});
    await until(() => third.room?.daily?.scored === false, 'practice');
  }, 30_000);

  test('who leaves before the first word still has the try; who has no session has none', async () => {
    const cookie = await visitor();
    const early = await open(cookie);
    await early.ask('start', {});
    await early.ask('leave', {});
    const ann = await open(cookie);
    await ann.ask('start', {});
    await until(() => ann.room?.daily?.scored, 'the claim');
    const nobody = await open({});
    await nobody.ask('start', {});
    await until(() => nobody.room?.daily?.scored === false, 'practice');
    const forged = await open({ Cookie: cookie.Cookie!.replace(/.$/, 'x') });
    await forged.ask('start', {});
    await until(() => forged.room?.daily?.scored === false, 'practice');
  }, 30_000);

  test('a reload in the middle keeps the try', async () => {
    const cookie = await visitor();
    const player = connect(server.url, cookie);
    player.client.session.create('Ann', { daily: true, start: true });
    await until(() => player.room?.daily?.scored, 'the claim');
    player.id = player.client.room.inside()!.me;
    player.code = player.room!.code;
    player.reload();
    await until(() => player.client.room.inside()?.me === player.id, 'to be back');
    await play(player, [4000, null, null, null, null, null]);
    await vi.waitFor(async () =>
      expect((await daily(cookie)).result?.rounds).toMatchObject([{ at: 4000 }, {}, {}, {}, {}, {}]),
    );
  }, 30_000);

  test('nobody else gets in, nothing can be set, and no answer has a word before its round', async () => {
    const cookie = await visitor();
    for (const settings of [{ seconds: 120 }, { rounds: 1 }, { words: ['cat'] }, { public: true }])
      await expect(open(await visitor(), { settings })).rejects.toThrow('bad-settings');
    await expect(open(await visitor(), { daily: 'yes' })).rejects.toThrow('malformed');
    // What the schema does not know is no setting.
    const ann = await open(cookie, { scored: true, seconds: 120, day: 1 });
    const other = connect(server.url, await visitor());
    const code = ann.code!;
    const tryIt = async () => {
      expect(await other.ask('join', { code, nick: 'Eve' })).toEqual({ ok: false, why: 'locked' });
      expect(await other.ask('watch', { code })).toEqual({ ok: false, why: 'no-spectators' });
      expect(await ann.ask('settings', { spectators: true, locked: false })).toEqual({
        ok: false,
        why: 'bad-settings',
      });
    };
    await tryIt();
    await ann.ask('start', {});
    await tryIt();
    const { settings, match } = await gameOf(ann);
    expect(settings).toEqual(DAILY_SETTINGS);
    const heard: string[] = [];
    for (const headers of [cookie, await visitor(), {}])
      for (const path of ['/api/daily', `/api/daily?day=${dayOf(Date.now())}`, `/api/rooms/${code}`, '/api/rooms'])
        heard.push(await (await fetch(server.url + path, { headers })).text());
    heard.push(JSON.stringify(ann.room));
    const words = match!.prompts.map(({ word }) => `"${word}"`);
    expect(words).toHaveLength(6);
    expect(words.filter((word) => heard.join().includes(word))).toEqual([]);
    await phase(ann, 'drawing');
    await tryIt();
    // The first word is on the board; the page that asks about the day does not get even that.
    expect(words.filter((word) => JSON.stringify(ann.room).includes(word))).toEqual([words[0]]);
    const asked = JSON.stringify(await daily(cookie));
    expect(words.filter((word) => asked.includes(word))).toEqual([]);
    expect(isRefusal((await gameOf(ann)) as never)).toBe(false);
  }, 30_000);

  test('another day can be asked for, but none to come', async () => {
    const today = dayOf(Date.now());
    expect(await daily({}, `?day=${today - 1}`)).toMatchObject({ day: today - 1, players: 0, leaders: [] });
    for (const query of [`?day=${today + 2}`, '?day=x', '?day=1.5', '?day=-1', '?day=1e99'])
      expect((await fetch(`${server.url}/api/daily${query}`)).status, query).toBe(400);
    const response = await fetch(`${server.url}/api/daily`);
    expect(response.headers.get('cache-control')).toBe('no-store');
  });
});
