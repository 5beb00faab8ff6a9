/** A class on several processes: it is one class, also when one of them dies, and nothing of it is left in Redis or on its disk. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { packShared, TOKEN_HEADER } from '../../shared/lab/shared-network.ts';
import { unpackFrame } from '../../shared/wire.ts';
import { useFleet } from '../support/fleet.ts';
import { pupil, pupilView, seated, teacher, teacherView, type Visitor } from '../support/lesson.ts';
import { closeAll, phase, stroke, until } from '../support/player.ts';
import { startProcess } from '../support/processes.ts';
import { agreement, pause } from '../support/race.ts';
import { hasRedis } from '../support/redis.ts';
import { someNetwork } from '../support/shared-network.ts';

describe.skipIf(!hasRedis)('a class on two processes', () => {
  const fleet = useFleet(2, ['--appendonly', 'yes']);

  test('is one class', async () => {
    const host = await teacher(fleet.urls[0]!);
    const pupils = await Promise.all(Array.from({ length: 8 }, (_, i) => pupil(fleet.urls[i % 2]!, host)));
    await until(() => teacherView(host).pupils.length === 8, 'all of the class');
    const settings = { rounds: 2, seconds: 60, difficulty: 'mixed' } as const;
    await host.lesson.conduct({ do: 'settings', settings });
    await host.lesson.conduct({ do: 'deal' });
    await seated(pupils);
    const all = pupils.map(({ player }) => player);
    expect(await host.lesson.conduct({ do: 'start' })).toEqual({ ok: true });
    await Promise.all(all.map((player) => phase(player, 'drawing')));
    const drawn = new Set<string>();
    host.player.socket.on('live', (frame) => void unpackFrame(frame).chunks.map(({ player }) => drawn.add(player)));
    expect(await host.lesson.oversee()).toEqual({ ok: true });
    for (const each of all) stroke(each, [10, 10, 90, 90]);
    const unseen = () =>
      all.flatMap(({ id, room }, i) => (drawn.has(id!) ? [] : `${room!.code} from process ${i % 2}`));
    await expect.poll(unseen).toEqual([]);
    for (const room of teacherView(host).rooms) await agreement(all.filter((each) => each.room!.code === room));

    const asked = performance.now();
    await host.lesson.conduct({ do: 'pause', on: true });
    await until(() => all.every(({ room }) => room!.paused !== undefined), 'the pause');
    // The suite shares its cores: `npm run bench:class` has the figure.
    expect(performance.now() - asked).toBeLessThan(3000);
    await host.lesson.conduct({ do: 'pause', on: false });

    const { code, rooms, pupils: people } = teacherView(host);
    // A network that a pupil shares on one process is seen on the other.
    const network = packShared(someNetwork());
    const ask = (url: string, { player }: Visitor, init?: RequestInit) => {
      const { token } = JSON.parse(player.client.memory.get('pupil')!) as { token: string };
      return fetch(`${url}/api/networks/${code}`, { ...init, headers: { [TOKEN_HEADER]: token } });
    };
    expect((await ask(fleet.urls[0]!, pupils[0]!, { method: 'PUT', body: new Blob([network]) })).status).toBe(200);
    const listed = await (await ask(fleet.urls[1]!, pupils[1]!)).json();
    expect(listed).toMatchObject({ networks: [{ id: pupilView(pupils[0]!).id, bytes: network.length }] });
    const weights = Buffer.from(network.subarray(1000, 1100)).toString('latin1');
    await expect.poll(() => onDisk(fleet.redis.dir).includes(weights), { timeout: 10_000 }).toBe(true);

    await host.lesson.conduct({ do: 'end' });
    await until(() => [host, ...pupils].every(({ lesson }) => lesson.state().at === 'outside'), 'the end');
    const keys = await fleet.redis.cli('keys', '*');
    // Only that it is over.
    const over = [`dd:{${code}}:lesson:over`, ...rooms.map((room) => `dd:{${room}}:game:over`)];
    const codes = [code, ...rooms];
    expect(
      keys
        .split('\n')
        .filter((key) => codes.some((each) => key.includes(each)))
        .sort(),
    ).toEqual(over.sort());
    // Redis writes its file anew in the background.
    const words = [
      ...people.map(({ name }) => name),
      ...rooms.map((room) => `{${room}}:ink`),
      `{${code}}:networks`,
      weights,
    ];
    await expect
      .poll(() => words.filter((word) => onDisk(fleet.redis.dir).includes(word)), { timeout: 10_000 })
      .toEqual([]);
  }, 60_000);

  test('goes on when a process dies', async () => {
    const host = await teacher(fleet.urls[0]!);
    const pupils = await Promise.all(Array.from({ length: 4 }, () => pupil(fleet.urls[1]!, host)));
    await host.lesson.conduct({ do: 'deal' });
    await seated(pupils);
    await fleet.processes[1]!.end('SIGKILL');
    await until(() => teacherView(host).pupils.every(({ here }) => !here), 'the loss to be noticed', 20_000);
    await fleet.processes[1]!.restart();
    await until(() => teacherView(host).pupils.every(({ here }) => here), 'everybody back', 20_000);
    await seated(pupils);
    expect(new Set(pupils.map((each) => pupilView(each).room)).size).toBe(1);
  }, 90_000);
});

/** All files of Redis, as text. */
const onDisk = (dir: string): string =>
  readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile())
    .map((each) => readFileSync(join(each.parentPath, each.name), 'latin1'))
    .join('\n');

test('after its end no name of a pupil is in the memory of the server', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'doodle-heap-'));
  const server = await startProcess({ NODE_OPTIONS: '--heapsnapshot-signal=SIGUSR2' }, { cwd: dir });
  try {
    const qualities = ['Zyx', 'Qwv', 'Xkq', 'Jqz', 'Vzx', 'Kxj', 'Wqx', 'Zvq'];
    const animals = ['Ottr', 'Hern', 'Badgr', 'Geko', 'Pny', 'Fxo', 'Hrae', 'Nwte'];
    const host = await teacher(server.url, { qualities, animals, both: '{quality}-{animal}' });
    const pupils = await Promise.all(Array.from({ length: 5 }, () => pupil(server.url, host)));
    await host.lesson.conduct({ do: 'deal' });
    await seated(pupils);
    await host.lesson.conduct({ do: 'start' });
    await Promise.all(pupils.map(({ player }) => phase(player, 'drawing')));
    for (const { player } of pupils) stroke(player, [10, 10, 90, 90]);
    await agreement(pupils.map(({ player }) => player));
    const { pupils: people } = teacherView(host);
    const words = [...people.map(({ name }) => name), ...qualities.map((each) => `${each}-`)];
    const found = async () => {
      const heap = await heapOf(server.pid, dir);
      return words.filter((word) => heap.includes(word));
    };
    expect(await found()).toEqual(expect.arrayContaining(people.map(({ name }) => name)));
    await host.lesson.conduct({ do: 'end' });
    await until(() => [host, ...pupils].every(({ lesson }) => lesson.state().at === 'outside'), 'the end');
    // What is on its way to sockets, or was decoded just now, goes with the next messages.
    await pause(2000);
    expect(await found()).toEqual([]);
  } finally {
    closeAll();
    await server.end('SIGKILL');
    rmSync(dir, { recursive: true });
  }
}, 120_000);

/** All that the process has in memory, as V8 writes it down. */
async function heapOf(pid: number, dir: string): Promise<string> {
  process.kill(pid, 'SIGUSR2');
  const written = () => readdirSync(dir).find((name) => name.endsWith('.heapsnapshot'));
  for (let size = -1; ; await pause(500)) {
    const name = written();
    const now = name ? statSync(join(dir, name)).size : 0;
    if (name && now > 0 && now === size) {
      const heap = readFileSync(join(dir, name), 'latin1');
      rmSync(join(dir, name));
      return heap;
    }
    size = now;
  }
}
