/** Who may come in, who decides, and who waits for whom: kicks, locks, votes, lost seats and the boards, over real sockets. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Boards, RoundResult } from '../../shared/protocol.ts';
import { attack, endAttacks } from '../support/attacker.ts';
import { endPhase, recognize, setPace } from '../support/party.ts';
import type { Player } from '../support/player.ts';
import { closeAll, connect, create, join, phase, stroke, until, watch } from '../support/player.ts';
import type { Process } from '../support/processes.ts';
import { endAll, startProcesses } from '../support/processes.ts';
import { begin } from '../support/race.ts';
import type { RedisServer } from '../support/redis.ts';
import { hasRedis, startRedis } from '../support/redis.ts';
import { QUICK, useServer } from '../support/server.ts';

type Headers = Record<string, string>;

/** A browser's session, as the page begins it. */
const visitor = async (url: string): Promise<Headers> => ({
  Cookie: (await fetch(url)).headers.get('set-cookie')!.split(';')[0]!,
});
const OK = { ok: true };
const refused = (why: string) => ({ ok: false, why });
const lost = (by: Player, who: Player) =>
  until(() => by.room?.players.find(({ id }) => id === who.id)?.connected === false, 'a lost connection');
const leave = async (player: Player) => {
  await player.ask('leave', {});
  player.close();
};

describe('in a room', () => {
  const server = useServer({ pace: { ...QUICK, lobbyHold: 60_000, away: 300, hostHold: 600, empty: 60_000 } });
  afterEach(closeAll);

  const exists = async (code: string) => (await server.store.read(code)) !== null;

  test('a kicked player is out: with the same browser, another name, the old token, or without a cookie', async () => {
    const ann = await create(server.url, 'Ann', {}, await visitor(server.url));
    const browser = await visitor(server.url);
    const bob = await join(server.url, ann.code!, 'Bob', browser);
    const { code, token } = bob as { code: string; token: string };
    const tv = connect(server.url, browser);
    expect(await tv.ask('watch', { code })).toMatchObject(OK);
    expect(await ann.ask('kick', { player: bob.id! })).toEqual(OK);
    await until(() => bob.gone.includes('kicked') && tv.gone.includes('kicked'), 'the kick, on all screens');
    const again = connect(server.url, browser);
    for (const payload of [
      { code, nick: 'Bob' },
      { code, nick: 'Rob' },
      { code, token },
    ])
      expect(await again.ask('join', payload)).toEqual(refused('kicked'));
    expect(await again.ask('watch', { code })).toEqual(refused('kicked'));
    const bare = connect(server.url);
    expect(await bare.ask('join', { code, nick: 'Rob' })).toEqual(refused('kicked'));
    expect(await bare.ask('watch', { code })).toEqual(refused('kicked'));
    // Everybody else comes from this address too, the host for one.
    const cat = await join(server.url, code, 'Cat', await visitor(server.url));
    expect(cat.room?.players.map(({ nick }) => nick)).toEqual(['Ann', 'Cat']);
    // Nobody is told the address, and the store does not have it.
    expect(JSON.stringify(ann.room)).not.toContain('127.0.0.1');
    expect(JSON.stringify(await server.store.read(code))).not.toContain('127.0.0.1');
    // In other rooms nothing happened.
    expect(await again.ask('create', { nick: 'Bob' })).toMatchObject(OK);
  });

  test('a player who is kicked while away stays out', async () => {
    const ann = await create(server.url, 'Ann', {}, await visitor(server.url));
    const bob = await join(server.url, ann.code!, 'Bob', await visitor(server.url));
    bob.socket.disconnect();
    await lost(ann, bob);
    await ann.ask('kick', { player: bob.id! });
    await expect(bob.comeBack()).rejects.toThrow('kicked');
    expect(bob.client.session.hasSeat(ann.code!)).toBe(false);
    expect(ann.room?.players).toHaveLength(1);
  });

  test('a locked room takes nobody new, and whoever was in comes back; it is on no list', async () => {
    const ann = await create(server.url, 'Ann', { public: true, seconds: 60 });
    const code = ann.code!;
    const bob = await join(server.url, code, 'Bob');
    const listed = async () => JSON.stringify(await (await fetch(`${server.url}/api/rooms`)).json()).includes(code);
    expect(await listed()).toBe(true);
    expect(await bob.ask('settings', { locked: true })).toEqual(refused('not-host'));
    expect(await ann.ask('settings', { locked: true })).toEqual(OK);
    expect(await listed()).toBe(false);
    expect(await connect(server.url).ask('join', { code, nick: 'Cat' })).toEqual(refused('locked'));
    const eve = await watch(server.url, code);
    expect(eve.room?.settings.locked).toBe(true);
    bob.socket.disconnect();
    await lost(ann, bob);
    await bob.comeBack();
    // Whoever watches and asks for a seat goes on watching.
    eve.client.session.join(code, 'Eve');
    await until(() => eve.client.notices.latest()?.kind === 'locked', 'why not');
    await until(
      () => eve.client.room.inside()?.me === undefined && eve.client.session.state().at === 'inside',
      'watching',
    );
    // In a race, too.
    await ann.ask('start', {});
    await phase(ann, 'drawing');
    expect(await ann.ask('settings', { rounds: 3 })).toEqual(refused('wrong-phase'));
    expect(await ann.ask('settings', { locked: false, chat: false })).toEqual(OK);
    await join(server.url, code, 'Cat');
  });

  test('spectators are sent away and stay out, but for the screens of players, until the host lets them in', async () => {
    const host = await visitor(server.url);
    const ann = await create(server.url, 'Ann', {}, host);
    const code = ann.code!;
    const tv = connect(server.url, host);
    await tv.ask('watch', { code });
    const eves = [await watch(server.url, code), await watch(server.url, code)];
    await until(() => ann.room?.spectators === 3, 'three spectators');
    await ann.ask('settings', { spectators: false });
    await until(() => eves.every(({ gone }) => gone.includes('no-spectators')), 'all gone');
    await until(() => ann.room?.spectators === 1, 'one spectator');
    expect(tv.gone).toEqual([]);
    expect(await eves[0]!.ask('watch', { code })).toEqual(refused('no-spectators'));
    await ann.ask('settings', { spectators: true });
    expect(await eves[0]!.ask('watch', { code })).toMatchObject(OK);
  });

  test('everybody may cheer for a drawing, for one that is here, with a reaction', async () => {
    const ann = await create(server.url, 'Ann', { chat: false });
    const code = ann.code!;
    const bob = await join(server.url, code, 'Bob');
    const eve = await watch(server.url, code);
    const heard: unknown[] = [];
    ann.socket.on('cheer', (cheer) => heard.push(cheer));
    expect(await bob.ask('cheer', { player: ann.id!, reaction: '🔥' })).toEqual(OK);
    expect(await eve.ask('cheer', { player: ann.id!, reaction: '👏' })).toEqual(OK);
    await until(() => heard.length === 2, 'both cheers');
    expect(heard).toEqual([
      { from: bob.id, player: ann.id, reaction: '🔥' },
      { from: null, player: ann.id, reaction: '👏' },
    ]);
    expect(await bob.ask('cheer', { player: 'nobody', reaction: '🔥' })).toEqual(refused('unknown-player'));
    expect(await bob.ask('cheer', { player: ann.id!, reaction: 'boo' as '🔥' })).toEqual(refused('malformed'));
    const outside = connect(server.url);
    expect(await outside.ask('cheer', { player: ann.id!, reaction: '🔥' })).toEqual(refused('not-seated'));
    // Spectators share a bucket, with chat's reactions too.
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => eve.ask('cheer', { player: ann.id!, reaction: '👏' })),
    );
    expect(answers).toContainEqual(refused('too-often'));
  });

  test('the host hands the role over, and the others may take it by vote', async () => {
    const ann = await create(server.url, 'Ann');
    const [bob, cat, dan] = await Promise.all(['Bob', 'Cat', 'Dan'].map((nick) => join(server.url, ann.code!, nick)));
    const host = (who: Player | undefined) =>
      until(() => ann.room?.host === who!.id, `${who!.client.session.nick()} as host`);
    expect(await ann.ask('host', { player: bob!.id! })).toEqual(OK);
    await host(bob);
    expect(await ann.ask('start', {})).toEqual(refused('not-host'));
    expect(await ann.ask('host', { player: 'nobody' })).toEqual(refused('unknown-player'));
    const eve = await watch(server.url, ann.code!);
    expect(await eve.ask('host', { player: cat!.id! })).toEqual(refused('not-seated'));
    // Two of three are more than half; one who takes it back is none.
    await cat!.ask('host', { player: dan!.id! });
    await cat!.ask('host', { player: null });
    await ann.ask('host', { player: dan!.id! });
    await until(() => ann.room?.players[0]?.vote === dan!.id, 'the vote');
    expect(ann.room).toMatchObject({ host: bob!.id, votesNeeded: 2 });
    await dan!.ask('host', { player: dan!.id! });
    await host(dan);
    expect(ann.room?.players.every(({ vote }) => vote === null)).toBe(true);
    cat!.socket.disconnect();
    await lost(ann, cat!);
    expect(await dan!.ask('host', { player: cat!.id! })).toEqual(refused('player-away'));
  });

  test('nobody waits for a host who is away: of two who start at once one does, and both are content', async () => {
    const ann = await create(server.url, 'Ann', { seconds: 60 });
    const [bob, cat] = [await join(server.url, ann.code!, 'Bob'), await join(server.url, ann.code!, 'Cat')];
    ann.socket.disconnect();
    await lost(bob, ann);
    expect(await bob.ask('start', {})).toEqual(refused('not-host'));
    const { anybodyStartsAt } = bob.room!;
    await expect.poll(() => bob.client.clock.now() >= anybodyStartsAt!).toBe(true);
    await Promise.all([bob, cat].map(({ client }) => client.session.start()));
    await phase(cat, 'drawing');
    for (const { client } of [bob, cat]) expect(client.notices.latest()).toBeUndefined();
    // The race goes on without her, and she is let in from the next round on, as the host.
    expect(bob.room).toMatchObject({
      host: ann.id,
      players: [{ playing: false }, { playing: true }, { playing: true }],
    });
    await ann.comeBack();
    await endPhase(server, ann.code!);
    await phase(ann, 'reveal');
    await endPhase(server, ann.code!);
    await phase(ann, 'countdown');
    expect(ann.room?.players[0]).toMatchObject({ id: ann.id, playing: true });
  });

  test('a lost seat is held, but not from somebody who needs it; its owner watches until another is free', async () => {
    const ann = await create(server.url, 'Ann', { seats: 2 });
    const code = ann.code!;
    const bob = await join(server.url, code, 'Bob');
    bob.socket.disconnect();
    await lost(ann, bob);
    const cat = connect(server.url);
    expect(await cat.ask('join', { code, nick: 'Cat' })).toEqual(refused('room-full'));
    await expect.poll(() => cat.ask('join', { code, nick: 'Cat' }), { interval: 100 }).toMatchObject(OK);
    bob.client.link.reconnect();
    await until(() => bob.client.notices.latest()?.kind === 'seat-taken', 'why not');
    await until(
      () => bob.client.session.state().at === 'inside' && ann.room?.spectators === 1,
      'Bob among the spectators',
    );
    expect(bob.client.room.inside()!.me).toBeUndefined();
    await cat.ask('leave', {});
    bob.client.session.join(code, 'Bob');
    await until(() => ann.room?.players.some(({ id }) => id === bob.id), 'Bob on his seat');
    expect(ann.room?.players.map(({ nick, mark }) => [nick, mark])).toEqual([
      ['Ann', 0],
      ['Bob', 1],
    ]);
  });

  test('a room that nobody else knows of closes with its only person; any other waits', async () => {
    const alone = await create(server.url, 'Ann');
    await leave(alone);
    expect(await exists(alone.code!)).toBe(false);
    // Whoever only leaves the page, to invite friends, finds room and seat again.
    const inviting = await create(server.url, 'Ann');
    inviting.socket.disconnect();
    const friend = await join(server.url, inviting.code!, 'Bob');
    expect(friend.room?.host).toBe(inviting.id);
    await inviting.comeBack();
    for (const each of [friend, inviting]) await leave(each);
    expect(await exists(inviting.code!)).toBe(true);
    await setPace(server, inviting.code!, { empty: 1 });
    await expect.poll(() => exists(inviting.code!)).toBe(false);
    const played = await create(server.url, 'Ann', { seconds: 60 });
    await played.ask('start', {});
    await leave(played);
    expect(await exists(played.code!)).toBe(true);
  });

  test('a board ranks the best match of two people; one person in four seats plays solo', async () => {
    const boards = async (query = ''): Promise<Boards> =>
      (await fetch(`${server.url}/api/leaderboard${query}`)).json() as Promise<Boards>;
    const [one, other] = [await visitor(server.url), await visitor(server.url)];
    const play = async (players: Player[], at: number) => {
      const [host] = players as [Player];
      await host.ask('start', {});
      await phase(host, 'drawing');
      await recognize(
        server,
        host,
        players.map(({ id }) => [id!, at]),
      );
      await phase(host, 'podium');
      const { results } = host.room!.phase as { results: RoundResult[] };
      const { time, word } = results[0]!.recognized[0]!.parts!;
      return time + word;
    };
    // Of equally hard words: a slower match of a harder one can be the better one.
    const settings = { rounds: 1, seconds: 60, difficulty: 'easy' } as const;
    const ann = await create(server.url, 'Ann', settings, one);
    const seats = [ann];
    for (const nick of ['A2', 'A3', 'A4']) seats.push(await join(server.url, ann.code!, nick, one));
    const solo = await play(seats, 2000);
    await expect.poll(async () => (await boards('?solo')).all.map(({ value }) => value)).toEqual([solo]);
    expect(await boards()).toEqual({ day: [], week: [], all: [] });

    const bob = await join(server.url, ann.code!, 'Bob', other);
    const best = await play([...seats, bob], 3000);
    await expect.poll(async () => (await boards()).all.map(({ value }) => value)).toEqual([best, best]);
    // A worse match adds nothing.
    await play([...seats, bob], 30_000);
    const another = await create(server.url, 'Zoe', settings, await visitor(server.url));
    await play([another, await join(server.url, another.code!, 'Yan', await visitor(server.url))], 60_000);
    await expect.poll(async () => (await boards()).all.length).toBe(4);
    expect((await boards()).all.map(({ value }) => value).slice(0, 2)).toEqual([best, best]);
  });
});

describe.skipIf(!hasRedis)('on two processes', () => {
  let redis: RedisServer;
  let processes: Process[];
  beforeAll(async () => {
    redis = await startRedis();
    processes = await startProcesses(2, { REDIS_URL: redis.url });
  }, 120_000);
  afterEach(closeAll);
  afterAll(async () => {
    await endAll(processes ?? []);
    await redis?.close();
  });
  const urls = () => processes.map(({ url }) => url) as [string, string];

  test('a kick, a lock and the end of spectators hold on both', async () => {
    const [here, there] = urls();
    const ann = await create(here, 'Ann', {}, await visitor(here));
    const code = ann.code!;
    const browser = await visitor(there);
    const bob = await join(there, code, 'Bob', browser);
    const eve = await watch(there, code);
    await until(() => ann.room?.spectators === 1 && ann.room.players.length === 2, 'both');
    await ann.ask('kick', { player: bob.id! });
    await until(() => bob.gone.includes('kicked'), 'the kick');
    for (const url of [here, there]) {
      expect(await connect(url, browser).ask('join', { code, nick: 'Rob' })).toEqual(refused('kicked'));
      expect(await connect(url, browser).ask('watch', { code })).toEqual(refused('kicked'));
    }
    await ann.ask('settings', { locked: true, spectators: false });
    await until(() => eve.gone.includes('no-spectators') && ann.room?.spectators === 0, 'no spectators');
    const cat = connect(there, await visitor(there));
    expect(await cat.ask('join', { code, nick: 'Cat' })).toEqual(refused('locked'));
    expect(await cat.ask('watch', { code })).toEqual(refused('no-spectators'));
    // What Redis has of the address is its hash.
    await ann.ask('leave', {});
    expect(await connect(here).ask('join', { code, nick: 'Zoe' })).toEqual(refused('kicked'));
  });

  test('of votes and starts on both, one outcome', async () => {
    const [here, there] = urls();
    const ann = await create(here, 'Ann', { seconds: 60 });
    const others = [
      await join(there, ann.code!, 'Bob'),
      await join(here, ann.code!, 'Cat'),
      await join(there, ann.code!, 'Dan'),
    ];
    const [bob] = others as [Player];
    await Promise.all(others.map((each) => each.ask('host', { player: bob.id! })));
    for (const each of [ann, ...others]) await until(() => each.room?.host === bob.id, 'Bob as host everywhere');
    const answers = await Promise.all([bob.ask('start', {}), bob.ask('start', {})]);
    expect(answers).toContainEqual(OK);
    expect(answers).toContainEqual(refused('wrong-phase'));
    await leave(bob);
    await until(() => ann.room?.host === ann.id, 'Ann as host');
  });

  test('two sockets that come with one token at once: only the one that holds the seat draws', async () => {
    const [here, there] = urls();
    const ann = await create(here, 'Ann', { seconds: 120, rounds: 1 });
    const bob = await join(there, ann.code!, 'Bob');
    await begin([ann, bob]);
    const { token, code } = bob;
    bob.close();
    for (let i = 0; i < 8; i++) {
      const both = await Promise.all(urls().map((url) => attack(url)));
      await Promise.all(both.map((each) => each.ask('join', { code, token })));
      const answers = await Promise.all(both.map((each) => each.ask('clear', { round: 1, rev: i })));
      expect([i, answers.filter((answer) => answer?.ok).length, answers]).toEqual([i, 1, answers]);
      endAttacks();
    }
  }, 30_000);

  test('a spectator who asks again and again costs Redis next to nothing', async () => {
    const [here, there] = urls();
    const ann = await create(here, 'Ann', { seconds: 120, rounds: 1 });
    await begin([ann]);
    stroke(ann, [10, 10, 900, 900]);
    ann.send();
    const eve = await attack(there);
    await eve.ask('watch', { code: ann.code });
    await expect.poll(() => eve.newest('ink')).toMatchObject({ strokes: [[10, 10, 900, 900]] });
    const before = eve.received('42');
    for (let i = 0; i < 19; i++) eve.emit('resync', { player: ann.id });
    expect(await eve.ask('resync', { player: ann.id })).toEqual(OK);
    // Each time it was read from Redis, it was sent.
    expect(eve.received('42') - before).toBeLessThan(6);
    endAttacks();
  });

  test('a process that has its rooms opens no room of another process either', async () => {
    const [here] = urls();
    const [full] = (await startProcesses(1, { REDIS_URL: redis.url, MAX_ROOMS: '1' })) as [Process];
    try {
      const own = await create(full.url, 'Own');
      const ann = await create(here, 'Ann');
      for (const [command, payload] of [
        ['join', { nick: 'Bob' }],
        ['watch', {}],
        ['join', { token: ann.token }],
      ] as const)
        expect(await connect(full.url).ask(command, { code: ann.code!, ...payload })).toEqual(refused('server-full'));
      expect(await connect(full.url).ask('join', { code: own.code!, nick: 'Bob' })).toMatchObject(OK);
    } finally {
      await endAll([full]);
    }
  });
});
