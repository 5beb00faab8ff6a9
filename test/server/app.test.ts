import { afterEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { Ink } from '../../shared/ink.ts';
import { CHUNK_LIMIT } from '../../shared/protocol.ts';
import { packChunk, unpackFrame } from '../../shared/wire.ts';
import { clearest } from '../support/known.ts';
import { penPause } from '../support/pen.ts';
import type { Player } from '../support/player.ts';
import {
  closeAll,
  connect,
  create,
  eraseAll,
  eraseLast,
  join,
  phase,
  stroke,
  strokes,
  until,
  watch,
} from '../support/player.ts';
import { drawUntilRecognized } from '../support/race.ts';
import { useServer } from '../support/server.ts';

const server = useServer();
afterEach(closeAll);

const LINE = [100, 100, 900, 900];
const SQUARE = [400, 400, 1600, 400, 1600, 1600, 400, 1600, 400, 400];

/** A room of two in the middle of a round that is long enough for any test. */
async function race(settings = {}): Promise<[Player, Player]> {
  const ann = await create(server.url, 'Ann', { rounds: 2, seconds: 60, ...settings });
  const bob = await join(server.url, ann.code!, 'Bob');
  expect(await ann.ask('start', {})).toEqual({ ok: true });
  await Promise.all([phase(ann, 'drawing'), phase(bob, 'drawing')]);
  return [ann, bob];
}
const same = (a: Player, b: Player, of: Player) =>
  until(() => JSON.stringify(strokes(a, of.id!)) === JSON.stringify(strokes(b, of.id!)), 'the same ink');

describe('rooms', () => {
  test('are opened, listed if public, joined by a code in any case, and watched', async () => {
    const ann = await create(server.url, 'Ann', { public: true });
    expect(ann.code).toMatch(/^[A-HJ-NP-Z2-9]{5}$/);
    const hidden = await create(server.url, 'Zoe');
    const list = await (await fetch(`${server.url}/api/rooms`)).json();
    expect(list).toContainEqual({ code: ann.code, host: 'Ann', players: 1, seats: 8, phase: 'lobby' });
    expect(JSON.stringify(list)).not.toContain(hidden.code);
    const bob = await join(server.url, ann.code!.toLowerCase(), 'Bob');
    const eve = await watch(server.url, ann.code!);
    await until(() => ann.room?.spectators === 1, 'a spectator');
    expect(bob.room?.players.map((p) => p.nick)).toEqual(['Ann', 'Bob']);
    expect(eve.room?.host).toBe(ann.id);
  });

  test('can be left, with a kick and a new host', async () => {
    const ann = await create(server.url, 'Ann');
    const bob = await join(server.url, ann.code!, 'Bob');
    const cat = await join(server.url, ann.code!, 'Cat');
    expect(await bob.ask('kick', { player: cat.id! })).toEqual({ ok: false, why: 'not-host' });
    expect(await ann.ask('kick', { player: cat.id! })).toEqual({ ok: true });
    await until(() => cat.gone.includes('kicked'), 'the kick');
    await ann.ask('leave', {});
    await until(() => bob.room?.host === bob.id, 'the new host');
  });
});

describe('chat', () => {
  test('reaches the room masked, and can be switched off except for reactions', async () => {
    const ann = await create(server.url, 'Ann');
    const bob = await join(server.url, ann.code!, 'Bob');
    const eve = await watch(server.url, ann.code!);
    const heard: string[] = [];
    eve.socket.on('chat', ({ player, text }) => heard.push(`${player === bob.id ? 'Bob' : '?'}: ${text}`));
    await bob.ask('chat', { text: ' nice\n fish, fuck ' });
    expect(await eve.ask('chat', { text: 'me too' })).toEqual({ ok: false, why: 'not-seated' });
    expect(await bob.ask('chat', { text: ' \n ' })).toEqual({ ok: false, why: 'malformed' });
    expect(await bob.ask('chat', { text: 'x'.repeat(121) })).toEqual({ ok: false, why: 'too-large' });
    await ann.ask('settings', { chat: false });
    expect(await bob.ask('chat', { text: 'hello' })).toEqual({ ok: false, why: 'chat-off' });
    expect(await bob.ask('chat', { text: '🎨' })).toEqual({ ok: true });
    await expect.poll(() => heard).toEqual(['Bob: nice fish, ••••', 'Bob: 🎨']);
  });

  test('lets spectators react, and send nothing else', async () => {
    const ann = await create(server.url, 'Ann', { chat: true });
    const eve = await watch(server.url, ann.code!);
    const heard: [string | null, string][] = [];
    ann.socket.on('chat', ({ player, text }) => heard.push([player, text]));
    expect(await eve.ask('chat', { text: 'draw a cat' })).toEqual({ ok: false, why: 'not-seated' });
    expect(await eve.ask('chat', { text: '👏👏' })).toEqual({ ok: false, why: 'not-seated' });
    expect(await eve.ask('chat', { text: '👏' })).toEqual({ ok: true });
    await expect.poll(() => heard).toEqual([[null, '👏']]);
    expect(await connect(server.url).ask('chat', { text: '👏' })).toEqual({ ok: false, why: 'not-seated' });
  });
});

test('a flood of reactions is refused, and the flooder still draws and undoes', async () => {
  const [ann, bob] = await race();
  stroke(bob, LINE);
  await until(() => strokes(ann, bob.id!).length === 1, 'the stroke');
  const said = await Promise.all(Array.from({ length: 40 }, () => bob.ask('chat', { text: '👏' })));
  expect(said.filter(({ ok }) => ok).length).toBeLessThan(12);
  expect(said.at(-1)).toEqual({ ok: false, why: 'too-often' });
  eraseLast(bob);
  await until(() => strokes(ann, bob.id!).length === 0, 'the undo');
  expect(bob.refused).toEqual([]);
});

describe('a race', () => {
  test('shows everybody every stroke, undo and clear', async () => {
    const [ann, bob] = await race();
    const eve = await watch(server.url, ann.code!);
    stroke(ann, LINE);
    stroke(ann, SQUARE);
    await until(() => strokes(bob, ann.id!).length === 2 && strokes(eve, ann.id!).length === 2, 'two strokes');
    eraseLast(ann);
    await until(() => strokes(bob, ann.id!).length === 1, 'one stroke');
    stroke(ann, SQUARE);
    await until(() => strokes(eve, ann.id!).length === 2, 'two again');
    await same(ann, bob, ann);
    await same(ann, eve, ann);
    eraseAll(ann);
    await until(() => strokes(eve, ann.id!).length === 0, 'nothing');
    const late = await watch(server.url, ann.code!);
    stroke(ann, LINE);
    await until(() => strokes(late, ann.id!).length === 1, 'the line');
  });

  test('sends the room live guesses, at most ten times a second for each player', async () => {
    const [ann, bob] = await race();
    const eve = await watch(server.url, ann.code!);
    const times: number[] = [];
    eve.socket.on('live', (frame) => {
      if (unpackFrame(frame).guesses.some(({ player }) => player === ann.id)) times.push(Date.now());
    });
    for (let i = 0; i < 40; i++) {
      stroke(ann, [i * 40, 100, i * 40 + 30, 900]);
      await penPause(25);
    }
    await until(() => bob.guesses.get(ann.id!) && eve.guesses.get(ann.id!), 'guesses');
    const { top, target, sureness } = eve.guesses.get(ann.id!)!;
    expect(top.length).toBeGreaterThanOrEqual(3);
    expect(top[0]![1]).toBeGreaterThanOrEqual(top[1]![1]);
    expect(target).toBeGreaterThanOrEqual(0);
    expect(['unsure', 'guessing']).toContain(sureness);
    await until(() => times.length > 3, 'more than three');
    // On the wire two may come nearer than they left; over a second no more than ten do, and one at each end.
    for (const time of times) expect(times.filter((t) => t >= time && t < time + 1000).length).toBeLessThanOrEqual(12);
  });

  test('judges what is drawn after a clear by itself, even during a batch with the old ink', async () => {
    const [ann, bob] = await race({ difficulty: 'easy' });
    const { prompt } = await phase(ann, 'drawing');
    const scribble = {
      rev: 0,
      strokes: Array.from({ length: 8 }, (_, i) => [i * 200, 0, 2000, i * 250, 0, i * 180]),
    };
    const [clear, another] = (await clearest(server.recognizer, prompt)) as [Ink, Ink];
    await drawUntilRecognized(ann, 50_000, [scribble, clear, another]);
    // Bob gets guesses together with Ann, but not before.
    const recognized = () => (bob.room!.phase.name === 'drawing' ? bob.room!.phase.recognized : []);
    await until(() => recognized().length > 0, 'a recognition');
    expect(recognized().map((each) => each.player)).toEqual([ann.id]);
    await same(ann, bob, ann);
    expect(strokes(bob, ann.id!).length).toBeLessThanOrEqual(Math.max(clear.strokes.length, another.strokes.length));
  }, 60_000);

  test('recognizes real drawings, ends the round, and reaches the podium and a rematch', async () => {
    const [ann, bob] = await race({ seats: 2, difficulty: 'easy' });
    for (let round = 1; round <= 2; round++) {
      const { prompt, started } = await phase(ann, 'drawing');
      const clear = await clearest(server.recognizer, prompt);
      for (const [i, player] of [bob, ann].entries())
        for (const line of clear[i]!.strokes) {
          stroke(player, line);
          player.send();
          await penPause(60);
        }
      const reveal = await phase(ann, 'reveal', 30_000);
      // Both, in the order of their strokes, and so the round ends before its time.
      const { recognized } = reveal.result;
      expect(reveal.result.prompt).toBe(prompt);
      expect(recognized.map((each) => each.player)).toEqual([bob.id, ann.id]);
      expect(recognized[0]!.at).toBeLessThan(recognized[1]!.at);
      expect(recognized[0]!.points).toBeGreaterThan(recognized[1]!.points);
      expect(reveal.ends - started).toBeLessThan(60_000);
      await until(() => ann.room?.phase.name !== 'reveal', 'the next');
    }
    const podium = await phase(ann, 'podium');
    expect(podium.results).toHaveLength(2);
    expect(podium.standing.map(({ nick, recognized }) => [nick, recognized])).toEqual([
      ['Bob', 2],
      ['Ann', 2],
    ]);
    expect(await bob.ask('start', {})).toEqual({ ok: false, why: 'not-host' });
    const rematch = phase(bob, 'countdown');
    expect(await ann.ask('start', {})).toEqual({ ok: true });
    expect(await rematch).toMatchObject({ number: 1, round: 3 });
  }, 120_000);
});

describe('coming back', () => {
  test('restores the seat, all ink, guesses and the clock; unsent ink follows', async () => {
    const [ann, bob] = await race();
    stroke(ann, SQUARE);
    stroke(bob, LINE);
    await until(() => strokes(bob, ann.id!).length === 1 && strokes(ann, bob.id!).length === 1, 'both');
    await until(() => ann.guesses.get(ann.id!), 'a guess');
    ann.socket.disconnect();
    await until(() => bob.room?.players[0]?.connected === false, 'ann is lost');
    stroke(ann, LINE);
    ann.guesses.clear();
    await ann.comeBack();
    expect(ann.room?.phase).toMatchObject({ name: 'drawing' });
    await until(() => strokes(bob, ann.id!).length === 2, 'the stroke drawn meanwhile');
    await same(ann, bob, ann);
    await same(ann, bob, bob);
    await until(() => ann.guesses.get(ann.id!) && ann.guesses.get(bob.id!), 'all guesses');
    await until(() => bob.room?.players[0]?.connected, 'ann is back');
  });

  test('with a second tab: the first gets a message, and can do nothing any more', async () => {
    const [ann, bob] = await race();
    stroke(ann, SQUARE);
    await until(() => strokes(bob, ann.id!).length === 1, 'the stroke');
    const tab = connect(server.url);
    expect(await tab.ask('join', { code: ann.code!, token: ann.token! })).toMatchObject({ ok: true, player: ann.id });
    await until(() => ann.gone.includes('replaced'), 'the news');
    expect(await ann.ask('start', {})).toEqual({ ok: false, why: 'not-seated' });
    await until(() => strokes(tab, ann.id!).length === 1, 'the ink');
    const { id } = ann.socket;
    ann.close();
    await expect.poll(() => server.app.io.sockets.sockets.has(id!)).toBe(false);
    // What the server told meanwhile has come when it has answered.
    await bob.ask('resync', { player: ann.id! });
    expect(bob.room?.players[0]?.connected).toBe(true);
  });

  test('does not refuse commands that arrive during admission', async () => {
    const [ann, bob] = await race();
    stroke(bob, LINE);
    await until(() => strokes(ann, bob.id!).length === 1, 'the stroke');
    const eve = connect(server.url);
    const answers = Promise.all([eve.ask('watch', { code: ann.code! }), eve.ask('resync', { player: bob.id! })]);
    expect(await answers).toEqual([{ ok: true, code: ann.code }, { ok: true }]);
  });

  test('is not possible with a wrong token, nor after the seat was given up', async () => {
    const ann = await create(server.url, 'Ann');
    const bob = await join(server.url, ann.code!, 'Bob');
    const eve = connect(server.url);
    expect(await eve.ask('join', { code: ann.code!, token: 'x'.repeat(32) })).toEqual({ ok: false, why: 'bad-token' });
    await bob.ask('leave', {});
    await expect(bob.comeBack()).rejects.toThrow('bad-token');
  });
});

describe('bad input is refused by name, and nobody else notices', () => {
  test('rooms and names', async () => {
    const ann = await create(server.url, 'Ann', { seats: 2 });
    const bob = connect(server.url);
    const code = ann.code!;
    const tries: [object, string][] = [
      [{ code: 'AAAAA', nick: 'Bob' }, 'no-room'],
      [{ code: 'lo0O!', nick: 'Bob' }, 'no-room'],
      [{ code: 7, nick: 'Bob' }, 'no-room'],
      [{ code, nick: 'ANN' }, 'nick-taken'],
      [{ code, nick: ' \u200b ' }, 'nick-empty'],
      [{ code, nick: 'a'.repeat(17) }, 'nick-long'],
      [{ code, nick: 'fuck' }, 'nick-offensive'],
      [{ code }, 'nick-empty'],
      [{ code, token: 'short' }, 'bad-token'],
      [{ code, nick: { a: 1 } }, 'nick-empty'],
    ];
    for (const [payload, why] of tries)
      expect([payload, await bob.ask('join', payload as never)]).toEqual([payload, { ok: false, why }]);
    const cat = await join(server.url, code, 'Cat 🐈 Ünï');
    expect(await bob.ask('join', { code, nick: 'Bob' })).toEqual({ ok: false, why: 'room-full' });
    expect(cat.room?.players[1]?.nick).toBe('Cat 🐈 Ünï');
  });

  test('commands in the wrong phase, by the wrong person, or of the wrong shape', async () => {
    const [ann, bob] = await race();
    const eve = await watch(server.url, ann.code!);
    const chunk = (more: object) => packChunk({ round: 1, rev: 0, stroke: 0, from: 0, points: LINE, ...more });
    const tries: [Player, string, unknown, string][] = [
      [bob, 'start', {}, 'not-host'],
      [ann, 'start', {}, 'wrong-phase'],
      [ann, 'settings', { rounds: 3 }, 'wrong-phase'],
      [ann, 'settings', { rounds: 21 }, 'bad-settings'],
      [ann, 'kick', { player: 'nobody' }, 'unknown-player'],
      [eve, 'start', {}, 'not-seated'],
      [eve, 'chunk', chunk({}), 'not-seated'],
      [bob, 'chunk', chunk({ round: 9 }), 'wrong-phase'],
      [bob, 'chunk', chunk({ from: 5 }), 'misplaced'],
      [bob, 'chunk', chunk({ stroke: 1 }), 'misplaced'],
      [bob, 'chunk', chunk({ rev: 3 }), 'misplaced'],
      [bob, 'chunk', chunk({ points: [1, 2, 3] }), 'malformed'],
      [bob, 'chunk', chunk({ points: [] }), 'malformed'],
      [bob, 'chunk', chunk({ points: [1, -2] }), 'off-board'],
      [bob, 'chunk', chunk({ points: [1, 99_999] }), 'off-board'],
      [bob, 'chunk', { round: 1, rev: 0, stroke: 0, from: 0, points: LINE }, 'malformed'],
      [bob, 'chunk', `${chunk({})}=`, 'malformed'],
      [bob, 'chunk', `${chunk({})}g`, 'malformed'],
      [bob, 'chunk', '', 'malformed'],
      [bob, 'chunk', chunk({ points: new Array(CHUNK_LIMIT * 2 + 2).fill(1) }), 'too-large'],
      [bob, 'chunk', null, 'malformed'],
      [bob, 'chunk', 'x', 'malformed'],
      [bob, 'undo', { round: 1, rev: 7 }, 'misplaced'],
      [bob, 'win', { prompt: 'cat' }, 'unknown-event'],
      [bob, '__proto__', {}, 'unknown-event'],
      [bob, 'resync', { player: 'nobody' }, 'unknown-player'],
    ];
    for (const [player, command, payload, why] of tries)
      expect([command, payload, await player.ask(command as never, payload as never)]).toEqual([
        command,
        payload,
        { ok: false, why },
      ]);
    stroke(bob, LINE);
    await until(() => strokes(ann, bob.id!).length === 1, 'the drawing goes on');
    expect(ann.refused).toEqual([]);
  });

  test('a refusal without acknowledgement is sent as an event', async () => {
    const eve = connect(server.url);
    eve.socket.emit('start', {});
    await until(() => eve.refused.includes('not-seated'), 'the refusal');
  });

  test('too many messages are refused, the drawing heals, and a flood is cut', async () => {
    const [ann, bob] = await race();
    for (let i = 0; i < 150; i++) stroke(bob, [i * 10, 0, i * 10, 1000]);
    await until(() => bob.refused.includes('too-often'), 'the refusal');
    await until(() => strokes(ann, bob.id!).length === 150, 'all strokes');
    await same(ann, bob, bob);
    const flood = connect(server.url);
    await flood.ask('watch', { code: ann.code! });
    for (let i = 0; i < 1000; i++) flood.socket.emit('resync', { player: ann.id! });
    await until(() => !flood.socket.connected, 'the cut');
    expect(ann.socket.connected).toBe(true);
  });

  test('an oversized message closes only its own connection', async () => {
    const ann = await create(server.url, 'Ann');
    const eve = connect(server.url);
    await eve.ask('watch', { code: ann.code! });
    eve.socket.emit('create', { nick: 'x'.repeat(20_000) });
    await until(() => !eve.socket.connected, 'the close');
    expect((await ann.ask('settings', { rounds: 3 })).ok).toBe(true);
  });
});

test('health reports engine and store; unknown pages are not found', async () => {
  const health = await (await fetch(`${server.url}/healthz`)).json();
  expect(health).toMatchObject({ ok: true, engine: server.recognizer.engine, store: 'memory' });
  for (const path of ['nothing/here', 'assets/gone.js'])
    expect([path, (await fetch(`${server.url}/${path}`)).status]).toEqual([path, 404]);
  const words = await (await fetch(`${server.url}/models/quickdraw/words.json`)).json();
  expect(words.words).toHaveLength(server.recognizer.words.words.length);
});

test('a page of another origin may not connect', async () => {
  const open = (origin: string) =>
    new Promise((resolve) => {
      const socket = new WebSocket(`${server.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`, {
        origin,
      });
      socket.on('open', () => resolve('open'));
      socket.on('error', ({ message }) => resolve(message));
      socket.on('open', () => socket.close());
    });
  expect(await open(server.url)).toBe('open');
  expect(await open('https://evil.example')).toContain('400');
});

test('a message in thousands of fragments closes its connection', async () => {
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
  await new Promise((resolve) => socket.on('open', resolve));
  const closed = new Promise((resolve) => socket.on('close', resolve));
  for (let i = 0; i < 100; i++) socket.send('a', { fin: false });
  expect(await closed).toBe(1008);
});
