/** Beat my drawing: a link that plays somebody's match against their drawings, and shows these to nobody who has not played. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { challengePrompts, challengeSettings } from '../../server/game/challenge.ts';
import type { ChallengeRoom, Game } from '../../server/game/game.ts';
import { newGame, PACE } from '../../server/game/game.ts';
import { watchRefusal } from '../../server/game/kicks.ts';
import { resultOf } from '../../server/game/results.ts';
import { step } from '../../server/game/step.ts';
import { createDuels } from '../../server/room/duels.ts';
import type { LiveRoom } from '../../server/room/live-room.ts';
import { createReplayIds } from '../../server/room/replay-ids.ts';
import type { Challenge } from '../../shared/challenge.ts';
import { ok, recognized, run } from '../support/game.ts';
import { clearest } from '../support/known.ts';
import { endPhase } from '../support/party.ts';
import { penPause } from '../support/pen.ts';
import type { Player } from '../support/player.ts';
import { closeAll, connect, create, phase, stroke, until } from '../support/player.ts';
import { QUICK, useServer } from '../support/server.ts';
import { testWords } from '../support/words.ts';

const server = useServer({ pace: QUICK });
afterAll(closeAll);

type Headers = Record<string, string>;
const visitor = async (): Promise<Headers> => ({
  Cookie: (await fetch(server.url)).headers.get('set-cookie')!.split(';')[0]!,
});
const at = (path: string) => `${server.url}/api/challenges${path}`;
const make = (body: unknown, headers: Headers = {}) =>
  fetch(at(''), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
const look = async (id: string, headers: Headers = {}) =>
  (await fetch(at(`/${id}`), { headers })).json() as Promise<Challenge>;

/** Draws the word so that it is recognized; null: draws something else. */
async function drawRounds(player: Player, rounds: ('word' | null)[]): Promise<void> {
  for (const what of rounds) {
    const { prompt } = await phase(player, 'drawing');
    const [, clear] = await clearest(server.recognizer, prompt);
    const lines = what ? clear!.strokes : [[100, 100, 900, 900]];
    for (const line of lines) {
      stroke(player, line);
      player.send();
      await penPause(40);
    }
    if (!what) await endPhase(server, player.code!);
    await phase(player, 'reveal', 20_000);
    await endPhase(server, player.code!);
  }
  await phase(player, 'podium');
}

async function accept(id: string, headers: Headers, nick = 'Bob'): Promise<Player> {
  const player = connect(server.url, headers);
  const answer = await player.ask('create', { nick, challenge: id });
  if (!answer.ok) throw new Error(answer.why);
  player.id = answer.player;
  player.code = answer.code;
  return player;
}

let ann: Headers;
let eve: Headers;
let replays: string[];
let words: string[];
let id: string;

beforeAll(async () => {
  [ann, eve] = [await visitor(), await visitor()];
  const host = await create(server.url, 'Ann', { rounds: 2, seconds: 45, difficulty: 'easy', finale: false }, ann);
  await host.ask('start', {});
  await drawRounds(host, ['word', null]);
  const answer = await host.ask('replays', {});
  replays = ((answer.ok && answer.replays) || []).sort((a, b) => a.round - b.round).map(({ id }) => id);
  expect(replays).toHaveLength(2);
  for (const replay of replays)
    await vi.waitFor(async () => expect((await fetch(`${server.url}/api/replays/${replay}`)).status).toBe(200), 10_000);
  words = (await server.store.read(host.code!))!.match!.prompts.map(({ word }) => word);
  const made = await make({ nick: 'Ann', replays }, ann);
  expect(made.status).toBe(201);
  ({ id } = (await made.json()) as { id: string });
}, 60_000);

describe('a challenge', () => {
  test('is made by who drew all of it, under a decent name', async () => {
    expect(await (await make({ nick: 'Ann', replays }, ann)).json()).toEqual({ id, days: 30 });
    const refused = async (body: unknown, headers: Headers) => {
      const response = await make(body, headers);
      return [response.status, ((await response.json()) as { error: string }).error];
    };
    expect(await refused({ nick: 'Eve', replays }, eve)).toEqual([403, 'not-yours']);
    expect(await refused({ nick: 'Eve', replays }, {})).toEqual([403, 'not-yours']);
    expect(await refused({ nick: 'Ann', replays: [replays[0], 'A'.repeat(22)] }, ann)).toEqual([404, 'no-replay']);
    expect(await refused({ nick: 'fuck', replays }, ann)).toEqual([400, 'nick-offensive']);
    for (const body of [
      { nick: 'Ann', replays: [] },
      { nick: '', replays },
      { nick: 'Ann', replays: [replays[0], replays[0]] },
      { nick: 'Ann', replays: [7] },
      { nick: 'Ann' },
      { nick: 'Ann', replays: Array(21).fill(replays[0]) },
    ])
      expect(await refused(body, ann)).toEqual([400, 'malformed']);
    expect((await make({ nick: 'Ann', replays }, { ...ann, Origin: 'https://elsewhere.example' })).status).toBe(403);
  });

  test('names no word and no drawing to who has not played', async () => {
    for (const headers of [{}, eve]) {
      const response = await fetch(at(`/${id}`), { headers });
      expect(response.headers.get('cache-control')).toBe('no-store');
      expect(response.headers.get('x-robots-tag')).toBe('noindex');
      const text = await response.text();
      for (const secret of [...words, ...replays]) expect(text).not.toContain(secret);
      const shown = JSON.parse(text) as Challenge;
      expect(shown).toMatchObject({ nick: 'Ann', mark: 0, words: 2, seconds: 45, mine: false, result: null });
      expect(shown).toMatchObject({ times: [expect.any(Number), null], tries: [], drawings: null });
    }
    expect(await look(id, ann)).toMatchObject({
      ...{ mine: true, result: null },
      drawings: words.map((word, i) => ({ word, replay: replays[i] })),
    });
    expect((await fetch(at(`/${'A'.repeat(22)}`))).status).toBe(404);
    expect((await fetch(at('/x'))).status).toBe(404);
  });

  test('is raced against its drawings, and counts once; then they are shown', async () => {
    const player = await accept(id, eve);
    const { times } = await look(id);
    expect(player.room!.challenge).toEqual({ id, nick: 'Ann', mark: 0, times });
    expect(await player.ask('settings', { rounds: 5 })).toEqual({ ok: false, why: 'bad-settings' });
    const stranger = connect(server.url, await visitor());
    expect(await stranger.ask('join', { code: player.code!, nick: 'Zed' })).toEqual({ ok: false, why: 'locked' });
    expect(await stranger.ask('watch', { code: player.code! })).toEqual({ ok: false, why: 'no-spectators' });

    await player.ask('start', {});
    for (const secret of [...words, ...replays]) expect(JSON.stringify(player.room)).not.toContain(secret);
    const { prompt, ghosts } = await phase(player, 'drawing');
    expect(prompt).toBe(words[0]);
    expect(ghosts).toEqual([{ id: replays[0], whose: 'challenger', nick: 'Ann', at: times[0], old: false }]);
    expect(JSON.stringify(player.room)).not.toContain(words[1]);
    expect((await look(id, eve)).drawings).toBe(null);
    await drawRounds(player, ['word', 'word']);
    await expect.poll(async () => (await look(id, eve)).result).not.toBe(null);
    const { result, tries, drawings } = await look(id, eve);
    const { match } = (await server.store.read(player.code!))!;
    expect(result).toEqual(match!.results.map(({ recognized }) => recognized[0]?.at ?? null));
    expect(result!.every(Number.isFinite)).toBe(true);
    expect(tries).toEqual([{ nick: 'Bob', times: result }]);
    expect(drawings!.map(({ replay }) => replay)).toEqual(replays);
    // Where nobody was recognized, nobody races along.
    expect(match!.ghosts!.round).toBe(match!.first);
    expect(await player.ask('start', {})).toEqual({ ok: false, why: 'wrong-phase' });

    const again = await accept(id, eve);
    await again.ask('start', {});
    for (let round = 0; round < 2; round++) {
      await phase(again, 'drawing');
      await endPhase(server, again.code!);
      await until(() => again.room!.phase.name !== 'drawing', 'the reveal');
      await endPhase(server, again.code!);
    }
    await phase(again, 'podium');
    expect(await look(id, eve)).toMatchObject({ result, tries: [{ nick: 'Bob' }] });
    // Others see how it went, and still no word.
    const other = await look(id, await visitor());
    expect(other).toMatchObject({ tries: [{ nick: 'Bob', times: result }], drawings: null });
    for (const path of ['/api/leaderboard', '/api/leaderboard?solo'])
      expect(await (await fetch(server.url + path)).text()).not.toContain('Bob');
  }, 60_000);

  test('goes on without a drawing that is gone, and is gone itself once its maker takes it back', async () => {
    const player = await accept(id, await visitor());
    await fetch(`${server.url}/api/replays/${replays[0]}`, { method: 'DELETE', headers: ann });
    await player.ask('start', {});
    const { prompt, ghosts = [] } = await phase(player, 'drawing');
    expect([prompt, ghosts]).toEqual([words[0], []]);
    const remove = (headers: Headers) => fetch(at(`/${id}`), { method: 'DELETE', headers });
    expect((await remove(eve)).status).toBe(403);
    expect((await remove({ ...ann, Origin: 'https://elsewhere.example' })).status).toBe(403);
    expect((await remove(ann)).status).toBe(200);
    expect((await remove(ann)).status).toBe(404);
    expect((await fetch(at(`/${id}`))).status).toBe(404);
    await expect(accept(id, eve)).rejects.toThrow('no-challenge');
    await expect(accept('no id', eve)).rejects.toThrow('malformed');
    const both = { nick: 'Bob', challenge: id, daily: true };
    expect(await connect(server.url).ask('create', both)).toEqual({ ok: false, why: 'bad-settings' });
    const set = { nick: 'Bob', challenge: id, settings: { rounds: 1 } };
    expect(await connect(server.url).ask('create', set)).toEqual({ ok: false, why: 'bad-settings' });
  }, 30_000);
});

describe('the room of a challenge', () => {
  const challenge: ChallengeRoom = {
    ...{ id: 'x', owner: 'maker', nick: 'Ann', mark: 1, seconds: 30 },
    rounds: [
      { word: testWords.words[0]!.word, replay: 'r', at: 1000 },
      { word: testWords.words[1]!.word, replay: 's', at: null },
    ],
  };

  test('has one match of its words, which is on no board, and closes when it is left', () => {
    const prompts = challengePrompts(testWords, challenge)!;
    expect(prompts.map(({ word }) => word)).toEqual(challenge.rounds.map(({ word }) => word));
    const lost = { ...challenge, rounds: [{ word: 'no such word', replay: 'r', at: 1 }] };
    expect(challengePrompts(testWords, lost)).toBe(null);

    let game = { ...newGame('ABCDE', challengeSettings(challenge), PACE, 0), challenge };
    const seat = { type: 'join', id: 'bob', token: 't', nick: 'bob', socket: 's', session: 's-bob' } as const;
    game = ok(step(game, seat, 1)) as typeof game;
    game = ok(step(game, { type: 'start', by: 'bob', match: 'm', prompts }, 2)) as typeof game;
    expect(watchRefusal(game, { session: 's-bob', address: null, isNew: false })).toBe('no-spectators');
    const over = run(game, 400_000);
    expect(over.phase.name).toBe('podium');
    expect(resultOf(over)).toBe(null);
    expect(step(over, { type: 'start', by: 'bob', match: 'n', prompts }, 400_000)).toBe('wrong-phase');
    expect(ok(step(over, { type: 'leave', id: 'bob' }, 400_001)).phase.name).toBe('closed');
  });

  test('is a try of everybody but its maker, once its podium is shown', () => {
    const ids = createReplayIds('a secret');
    const tries: unknown[] = [];
    const record = async (...attempt: unknown[]) => void tries.push(attempt);
    const retry = async (_: string, work: () => Promise<void>) => work();
    const playedBy = (session: string | null, until = 400_000) => {
      const mine = { ...challenge, owner: ids.ownerOf('the maker')! };
      const prompts = challengePrompts(testWords, mine)!;
      let game: Game = { ...newGame('ABCDE', challengeSettings(mine), PACE, 0), challenge: mine };
      const seat = { type: 'join', id: 'bob', token: 't', nick: 'Bob', socket: 's', session } as const;
      game = ok(step(game, seat, 1));
      game = run(ok(step(game, { type: 'start', by: 'bob', match: 'm', prompts }, 2)), 5000);
      game = ok(step(game, recognized('bob', 1, 700), 5001));
      const room = { code: 'ABCDE', game: run(game, until) } as LiveRoom;
      const duels = createDuels({ record }, ids, { retry });
      duels.changed(room);
      duels.changed(room);
    };
    playedBy('the maker');
    playedBy(null);
    playedBy('bob', 10_000);
    expect(tries).toEqual([]);
    playedBy('bob');
    expect(tries).toEqual([['x', { owner: ids.ownerOf('bob'), nick: 'Bob', times: [700, null] }]]);
  });
});
