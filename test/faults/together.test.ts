/** The people of a room are on one process behind the game's own nginx, and stay together when that process dies. */
import { createClient } from 'redis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { processOf } from '../../server/cluster/presence.ts';
import type { Game } from '../../server/game/game.ts';
import { known } from '../support/model.ts';
import { pupil, seated, teacher, teacherView } from '../support/lesson.ts';
import { balance } from '../support/nginx.ts';
import { penPause } from '../support/pen.ts';
import {
  closeAll,
  connect,
  create,
  join,
  phase,
  type Player,
  stroke,
  strokes,
  until,
  watch,
} from '../support/player.ts';
import type { Process } from '../support/processes.ts';
import { endAll, socketsOn, startProcesses } from '../support/processes.ts';
import { agreement, begin, pause, room } from '../support/race.ts';
import type { RedisServer } from '../support/redis.ts';
import { hasNginx, hasRedis, startRedis } from '../support/redis.ts';

const ROOMS = 8;
const settings = { seconds: 120, rounds: 1 };

describe.skipIf(!hasNginx || !hasRedis)('three processes behind nginx', () => {
  let redis: RedisServer;
  let processes: Process[];
  let nginx: Awaited<ReturnType<typeof balance>>;
  const connections = async () => (await socketsOn(processes)).reduce((a, b) => a + b, 0);
  /** The processes that the room's players are on. */
  async function placesOf(code: string): Promise<string[]> {
    const game = JSON.parse(await redis.cli('hget', `dd:{${code}}:game`, 'game')) as Game;
    return [...new Set(game.seats.map(({ socket }) => (socket === null ? 'nowhere' : processOf(socket))))];
  }
  /** Each room is on one process. Resolves with the number of processes that have any. */
  async function together(rooms: string[]): Promise<number> {
    const places = () => Promise.all(rooms.map(placesOf));
    await expect.poll(async () => (await places()).filter((all) => all.length !== 1)).toEqual([]);
    return new Set((await places()).flat()).size;
  }

  beforeAll(async () => {
    redis = await startRedis();
    processes = await startProcesses(3, { REDIS_URL: redis.url, ...known });
  }, 120_000);
  // One that remembers no failure.
  beforeEach(async () => {
    nginx = await balance(processes);
  });
  afterEach(async () => {
    closeAll();
    await expect.poll(connections, { timeout: 25_000 }).toBe(0);
    await nginx.close();
  }, 30_000);
  afterAll(async () => {
    await endAll(processes ?? []);
    await redis?.close();
  });

  test.each(['websocket', 'polling'])(
    'keep each room on one of them, by %s',
    async (transport) => {
      const people = transport === 'polling' ? 3 : 8;
      const races = await Promise.all(
        Array.from({ length: ROOMS }, () => room([nginx.url], people, settings, transport)),
      );
      const players = races.flat();
      const codes = races.map(([host]) => host!.code!);
      // Codes are random: one run in 2,000 has all of them on one process.
      expect(await together(codes)).toBeGreaterThan(1);
      await expect.poll(connections).toBe(players.length);
      await Promise.all(races.map(begin));
      for (const player of players) stroke(player, [100, 100, 900, 900]);
      await Promise.all(races.map((race) => agreement(race)));

      const sockets = await socketsOn(processes);
      const busiest = sockets.indexOf(Math.max(...sockets));
      await processes[busiest]!.end('SIGKILL');
      for (const player of players) stroke(player, [900, 100, 100, 900]);
      await until(() => players.every(isIn), 'everybody back', 15_000);
      await Promise.all(races.map((race) => agreement(race)));
      await together(codes);
      for (const player of players) expect(strokes(player, player.id!)).toHaveLength(2);

      // Nobody moves because it is back.
      await processes[busiest]!.restart();
      await pause(500);
      await together(codes);
      for (const player of players) stroke(player, [100, 500, 900, 500]);
      await Promise.all(races.map((race) => agreement(race)));
    },
    120_000,
  );

  test('has those move who come from elsewhere, once', async () => {
    const hosts = await Promise.all([1, 2, 3, 4].map((i) => create(nginx.url, `host ${i}`, settings)));
    const guest = connect(nginx.url);
    const names: (string | undefined)[] = [];
    guest.socket.on('connect', () => names.push(nameOf(guest)));
    // Until then it takes the game for a single process.
    await new Promise<void>((done) => guest.socket.once('cluster', done));
    const visited = [];
    for (const { code } of hosts) {
      guest.client.session.join(code!, 'guest');
      await until(() => guest.client.room.inside()?.view.code === code && isIn(guest), `room ${code}`);
      await together(hosts.map(({ code }) => code!));
      visited.push(code);
      expect(names).toEqual([undefined, ...visited]);
      guest.client.session.leave();
    }
    // From watching to a seat there is no need.
    guest.client.session.watch(visited.at(-1)!);
    await until(() => isIn(guest), 'the room again');
    guest.client.session.join(visited.at(-1)!, 'guest');
    await until(() => isIn(guest) && guest.client.room.inside()!.me, 'a seat');
    expect(names).toHaveLength(1 + hosts.length);
  });

  test('have who goes from one room to another leave the first for good', async () => {
    const hosts = await Promise.all([1, 2, 3, 4].map((i) => create(nginx.url, `host ${i}`, settings)));
    const seatsOf = (host: Player) => host.client.room.inside()!.view.players.length;
    const guest = await join(nginx.url, hosts[0]!.code!, 'guest');
    for (const [i, next] of hosts.slice(1).entries()) {
      await until(() => seatsOf(hosts[i]!) === 2, 'the guest');
      guest.client.session.join(next.code!, 'guest');
      await until(() => seatsOf(hosts[i]!) === 1, 'a seat that is free again');
      expect(guest.client.session.hasSeat(hosts[i]!.code!)).toBe(false);
    }
    await until(() => seatsOf(hosts.at(-1)!) === 2, 'the guest in the last room');
  });

  test('keep the rooms of a class where the class is', async () => {
    const host = await teacher(nginx.url);
    const pupils = await Promise.all(Array.from({ length: 8 }, () => pupil(nginx.url, host)));
    await until(() => teacherView(host).pupils.length === 8, 'all of the class');
    const { code } = teacherView(host);
    await host.lesson.conduct({ do: 'settings', settings: { rounds: 1, seconds: 60, difficulty: 'mixed' } });
    await host.lesson.conduct({ do: 'deal' });
    await seated(pupils);
    expect(await host.lesson.oversee()).toEqual({ ok: true });
    const all = [host, ...pupils];
    await until(() => all.every(({ player }) => nameOf(player) === code), 'the name of the class');
    await expect.poll(async () => (await socketsOn(processes)).filter((n) => n > 0)).toEqual([all.length]);
    expect(await host.lesson.conduct({ do: 'start' })).toEqual({ ok: true });
    await Promise.all(pupils.map(({ player }) => phase(player, 'drawing')));

    const victim = processes[(await socketsOn(processes)).indexOf(all.length)]!;
    await victim.end('SIGKILL');
    await until(() => pupils.every(({ player }) => isIn(player)), 'all of the class again', 15_000);
    await expect.poll(async () => (await socketsOn(processes)).filter((n) => n > 0)).toEqual([all.length]);
    await victim.restart();
  }, 60_000);

  test('publish of a room only what people on another need, who miss nothing while they enter', async () => {
    const [here, there] = processes.map(({ url }) => url);
    const painter = await create(here!, 'painter', settings);
    const code = painter.code!;
    const players = [painter, await join(here!, code, 'rival')];
    let published = 0;
    const listener = await createClient({ url: redis.url }).connect();
    await listener.sSubscribe(`socket.io#/#${code}#`, () => published++);
    let isDrawing = true;
    const drawFor = async (ms: number) => {
      for (const over = Date.now() + ms; isDrawing && Date.now() < over; await penPause(20))
        for (const player of players) stroke(player, [100, 100, 900, Date.now() % 2000]);
    };
    await begin(players);
    const entrances = [() => join(there!, code, 'guest'), () => watch(there!, code)];
    for (let i = 0; i < 6; i++) {
      await drawFor(150 + 7 * i);
      expect(published).toBe(0);
      isDrawing = true;
      const drawn = drawFor(3000);
      const guest = await entrances[i % 2]!();
      await pause(100);
      isDrawing = false;
      await drawn;
      isDrawing = true;
      await drawFor(60);
      await agreement(players, [guest]);
      expect(published).toBeGreaterThan(0);
      guest.client.session.leave();
      await until(() => painter.room!.players.length === 2 && painter.room!.spectators === 0, 'the guest gone');
      guest.close();
      published = 0;
    }
    listener.destroy();
  }, 60_000);
});

/** What the connection names in its address. */
const nameOf = ({ socket }: Player): string | undefined => socket.io.engine.transport.query.room;
const isIn = ({ socket, client }: Player): boolean => socket.connected && client.room.isAdmitted();
