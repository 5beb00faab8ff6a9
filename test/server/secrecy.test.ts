/** Nobody learns another's secrets: not from the public view of any game, and not from anything that the server sends. */
import fc from 'fast-check';
import type { Socket } from 'socket.io-client';
import { io } from 'socket.io-client';
import { afterEach, expect, test } from 'vitest';
import type { Action, ChallengeRoom, Game, Prompt } from '../../server/game/game.ts';
import { isRefusal, newGame, PACE } from '../../server/game/game.ts';
import { deadline, step } from '../../server/game/step.ts';
import { view } from '../../server/game/view.ts';
import type { Answer } from '../../shared/protocol.ts';
import { DEFAULT_SETTINGS } from '../../shared/protocol.ts';
import { type PackedFrame, packChunk } from '../../shared/wire.ts';
import { endPhase, recognize } from '../support/party.ts';
import { closeAll, create, eraseLast, phase, stroke, strokes, until } from '../support/player.ts';
import { useServer } from '../support/server.ts';

const server = useServer();
afterEach(closeAll);

/** Every secret carries a mark that no public id, nick or word has: one can never pass for the other. */
const MARKED = /(?:TOKEN|SESSION|ADDRESS|SOCKET|PROCESS|MATCH|PROMPT|REPLAY|LESSON)<[^"]*/g;
const PLAYERS = ['ann', 'bob', 'cat', 'dan'];

/** The words of a room's `n`th match, which no other match has. */
const promptsOf = (n: number): Prompt[] =>
  [0, 1].map((i) => ({ word: `PROMPT<${n}.${i}>`, difficulty: 'hard', factor: 1.5 }));

/** Somebody's drawings of the room's first match. */
const CHALLENGE: ChallengeRoom = {
  ...{ id: 'a link', owner: 'SESSION<maker>', nick: 'Zoë', mark: 0, seconds: 60 },
  rounds: promptsOf(0).map(({ word }, i) => ({ word, replay: `REPLAY<challenge ${i}>`, at: 4000 })),
};

/** The words of this match that everybody has seen by now. */
function revealed({ match, phase }: Game): string[] {
  const drawn = (match?.results.length ?? 0) + (phase.name === 'drawing' ? 1 : 0);
  return (match?.prompts ?? []).slice(0, drawn).map(({ word }) => word);
}

const ACTIONS = {
  join: 4,
  return: 2,
  drop: 1,
  leave: 2,
  kick: 2,
  host: 1,
  settings: 1,
  spectators: 1,
  evict: 1,
  vanished: 1,
  start: 3,
  claimed: 1,
  recognized: 2,
  judged: 1,
  ghosts: 6,
  skip: 2,
  pause: 2,
  next: 2,
  finish: 1,
  close: 1,
  tick: 12,
} satisfies Record<Action['type'], number>;

/** `n` picks among a few sockets, processes and counts. */
function actionOf(type: Action['type'], id: string, n: number, game: Game, matches: number): Action {
  const token = `TOKEN<${id}>`;
  const process = `PROCESS<${n % 2}>`;
  const socket = `${process}/SOCKET<${id}${n}>`;
  const by = game.host ?? id;
  const director = game.lesson ? null : by;
  const lesson = game.lesson && n > 0 ? { lesson: game.lesson } : {};
  const visitor = { ...lesson, session: n === 0 ? null : `SESSION<${id}>`, address: `ADDRESS<${n}>`, isNew: n === 1 };
  switch (type) {
    case 'join':
      return { type, id, token, nick: id, socket, ...visitor };
    case 'return':
      return { type, token, socket, ...visitor };
    case 'drop':
      return { type, id, socket: game.seats.find((seat) => seat.id === id)?.socket ?? socket };
    case 'leave':
      return { type, id };
    case 'kick':
      return { type, by, id };
    case 'host':
      return { type, by: n > 1 ? by : id, id: game.seats.at(-1)?.id ?? null };
    case 'settings':
      return { type, by: director, settings: { seats: 4 + n, public: n > 1, ghosts: 3 } };
    case 'ghosts':
      return { type, round: game.round, ghosts: [ghostOf(game.round)] };
    case 'skip':
      return { type, id, round: game.round };
    case 'spectators':
      return { type, process, count: n };
    case 'vanished':
      return { type, process };
    case 'start':
      return { type, by: director, match: `MATCH<${matches}>`, prompts: promptsOf(matches) };
    case 'recognized':
      return { type, id, round: game.round, at: 1000 * n, word: 'a look-alike', probability: 0.8 };
    case 'judged':
      return { type, process, round: game.round };
    case 'claimed':
      return { type, match: `MATCH<${matches - 1}>`, scored: true };
    case 'pause':
      return { type, on: n === 0 };
    case 'next':
      return { type, to: n > 1 ? 'word' : 'reveal' };
    case 'finish':
    case 'close':
    case 'evict':
    case 'tick':
      return { type };
  }
}

/** An ordinary room, that of a challenge, and one of a lesson. */
const KINDS: Partial<Game>[] = [{}, { challenge: CHALLENGE }, { lesson: 'LESSON<ABCDE>' }];

const ghostOf = (round: number) => ({
  ...{ id: `REPLAY<${round}>`, whose: 'earlier' as const, nick: 'a ghost', at: 3000, old: false },
});

test('the view of a game holds revealed words and no secret, after any actions', () => {
  const seen = new Set<string>();
  const type = fc.oneof(
    ...Object.entries(ACTIONS).map(([name, weight]) => ({ weight, arbitrary: fc.constant(name as Action['type']) })),
  );
  const acts = fc.array(fc.tuple(type, fc.constantFrom(...PLAYERS), fc.nat(3)), { minLength: 20, maxLength: 120 });
  const views = () =>
    fc.assert(
      fc.property(acts, fc.constantFrom(...KINDS), (acts, kind) => {
        let game: Game = { ...newGame('ABCDE', DEFAULT_SETTINGS, PACE, 0), ...kind };
        let now = 0;
        let matches = 0;
        for (const [type, id, n] of acts) {
          now = type === 'tick' ? Math.max(now, Math.min(deadline(game), now + 60_000)) : now + 100 * n;
          const next = step(game, actionOf(type, id, n, game, matches), now);
          if (isRefusal(next)) continue;
          game = next;
          if (type === 'start') matches++;

          const shown = view(game, now);
          const marked = JSON.stringify(shown).match(MARKED) ?? [];
          const { name } = game.phase;
          const [replays, others] = [true, false].map((is) =>
            marked.filter((each) => each.startsWith('REPLAY') === is),
          );
          expect(others!.filter((each) => !revealed(game).includes(each))).toEqual([]);
          expect(replays!.filter((each) => each !== `REPLAY<${game.round}>`)).toEqual([]);
          // The replay of a ghost shows the word, so nobody has its name before.
          const isHaunted = JSON.stringify(shown).includes('a ghost');
          const ghosts = isHaunted && name !== 'countdown' ? [`REPLAY<${game.round}>`] : [];
          if (name === 'countdown') expect(marked).toEqual([]);
          if (name === 'drawing' || name === 'reveal')
            expect([...marked].sort()).toEqual([...revealed(game).slice(-1), ...ghosts].sort());
          if (isHaunted) seen.add(`${name} with ghosts`);
          if (name === 'podium') expect(marked).toEqual(game.match!.prompts.map(({ word }) => word));

          seen.add(`${name} after ${type}`);
          if (game.seats.some(({ lost }) => lost !== null)) seen.add(`${name} with somebody lost`);
          if (shown.spectators > 0) seen.add(`${name} with spectators`);
          if (matches > 1) seen.add(`${name} of a rematch`);
          if (shown.challenge) seen.add(`${name} of a challenge`);
          if (shown.lesson) seen.add(`${name} of a lesson${shown.paused === undefined ? '' : ', paused'}`);
        }
      }),
      { numRuns: 600 },
    );

  // A view is proved only for what happened: every phase, and each as disturbed as it can be. Rare ones may take further runs.
  const disturbed = ['leave', 'kick', 'drop', 'return', 'vanished'].map((type) => `after ${type}`);
  const phases = ['countdown', 'drawing', 'reveal', 'podium'].flatMap((name) =>
    [...disturbed, 'with somebody lost', 'with spectators', 'of a rematch'].map((each) => `${name} ${each}`),
  );
  const haunted = ['countdown', 'drawing', 'reveal'].map((name) => `${name} with ghosts`);
  const challenged = ['lobby', 'countdown', 'drawing', 'reveal', 'podium'].map((name) => `${name} of a challenge`);
  const taught = ['countdown', 'drawing', 'reveal'].flatMap((name) => [
    `${name} of a lesson`,
    `${name} of a lesson, paused`,
  ]);
  const expected = ['lobby after join', ...haunted, ...challenged, ...taught, 'closed after tick', ...phases];
  const missing = () => expected.filter((each) => !seen.has(each));
  for (let run = 0; run < 100 && missing().length > 0; run++) views();
  expect(missing()).toEqual([]);
});

/** A connection without a page, which keeps all that the server sends it. */
interface Listener {
  socket: Socket;
  received: { type: number; data: unknown }[];
  ask(command: string, payload: unknown): Promise<Answer<{ player?: string; token?: string }>>;
}

function listen(headers: Record<string, string>): Listener {
  const socket = io(server.url, { transports: ['websocket'], forceNew: true, extraHeaders: headers });
  const received: Listener['received'] = [];
  socket.io.on('packet', ({ type, data }) => received.push({ type, data }));
  return { socket, received, ask: (command, payload) => socket.emitWithAck(command, payload) };
}

/** All that was received, but for the words that the network guesses: it may guess any, also one that comes next. */
const heard = ({ received }: Listener): string =>
  JSON.stringify(received, (_, value) =>
    Array.isArray(value) && value[0] === 'live'
      ? ['live', ...(value[1] as PackedFrame).map((part) => (Array.isArray(part) ? part.slice(0, 3) : part))]
      : value,
  );

/** A browser's session, and the cookie that proves it. */
async function visitor(): Promise<{ Cookie: string }> {
  return { Cookie: (await fetch(server.url)).headers.get('set-cookie')!.split(';')[0]! };
}

test('a rival and a spectator are sent no secret in a whole match, and no word before its round', async () => {
  const ann = await create(server.url, 'Ann', { rounds: 2, seconds: 60, public: true }, await visitor());
  const code = ann.code!;
  const [rival, spectator] = [listen(await visitor()), listen(await visitor())];
  try {
    const seat = await rival.ask('join', { code, nick: 'Bob' });
    if (!seat.ok) throw new Error(seat.why);
    expect(await spectator.ask('watch', { code })).toEqual({ ok: true, code });

    const phases: string[] = [];
    /** Looks through what was sent since the last check for what is secret now. */
    const check = async () => {
      const game = (await server.store.read(code))!;
      const { seats, match, spectators } = game;
      phases.push(game.phase.name);
      const secrets = [
        ...seats.flatMap(({ token, socket, session }) => [token, socket!, socket!.split('/')[1]!, session!]),
        ...Object.keys(spectators).map((process) => `"${process}`),
        ...(match ? [match.id] : []),
        ...(match?.prompts ?? []).filter(({ word }) => !revealed(game).includes(word)).map(({ word }) => `"${word}"`),
      ];
      expect(secrets.every((each) => each.length > 2)).toBe(true);
      for (const listener of [rival, spectator]) {
        // What was sent before the answer has come before it.
        await listener.ask('ping', {});
        const own = [seat.token!, listener.socket.id!];
        const all = heard(listener);
        expect(secrets.filter((each) => all.includes(each) && !(listener === rival && own.includes(each)))).toEqual([]);
        listener.received.length = 0;
      }
    };

    await check();
    for (let n = 0; n < 3; n++) {
      if (n !== 1) expect(await ann.ask('start', {})).toEqual({ ok: true });
      await phase(ann, 'countdown');
      await check();
      await endPhase(server, code);
      const { round, prompt } = await phase(ann, 'drawing');
      for (const points of [
        [100, 100, 900, 900],
        [900, 100, 100, 900],
      ])
        stroke(ann, points);
      expect(
        await rival.ask('chunk', packChunk({ round, rev: 0, stroke: 0, from: 0, points: [0, 0, 1500, 1500] })),
      ).toEqual({
        ok: true,
      });
      await until(() => ann.guesses.has(ann.id!) && ann.guesses.has(seat.player!), 'guesses of both');
      eraseLast(ann);
      await until(() => strokes(ann, ann.id!).length === 1, 'the undo');
      await ann.ask('chat', { text: 'nice' });
      await spectator.ask('resync', { player: ann.id! });
      expect(heard(spectator)).toContain(prompt);
      if (n === 1) await ann.comeBack();
      await recognize(server, ann, [[ann.id!, 4000]]);
      await check();
      await endPhase(server, code);
      await phase(ann, 'reveal');
      await check();
      await endPhase(server, code);
      if (n === 1) {
        await phase(ann, 'podium');
        await check();
      }
    }
    expect(new Set(phases)).toEqual(new Set(['lobby', 'countdown', 'drawing', 'reveal', 'podium']));

    // Neither do those find out who only ask.
    const { seats, match } = (await server.store.read(code))!;
    const pages = await Promise.all(
      ['/api/rooms', '/api/leaderboard', '/healthz', '/readyz'].map(async (path) =>
        (await fetch(server.url + path)).text(),
      ),
    );
    expect(pages.join()).toContain(code);
    expect(pages.join()).toContain('"nick":"Ann"');
    for (const secret of [...seats.flatMap(({ token, session, socket }) => [token, session!, socket!]), match!.id])
      expect(pages.join()).not.toContain(secret);
  } finally {
    for (const { socket } of [rival, spectator]) socket.disconnect();
  }
});
