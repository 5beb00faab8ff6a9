/** 500 bots at the school's own address, which know the codes of a class and of its rooms, evict nobody of it and keep nobody out. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { launch } from '../support/honest.ts';
import { pupil, pupilView, seated, teacher, teacherView, type Visitor, visitor } from '../support/lesson.ts';
import { known } from '../support/model.ts';
import { closeAll, phase, stroke, strokes, until } from '../support/player.ts';
import type { Process } from '../support/processes.ts';
import { endAll, startProcess } from '../support/processes.ts';
import { agreement, pause } from '../support/race.ts';

const PUPILS = 8;
const SCHOOL = '198.51.100.7';

let server: Process;
beforeAll(async () => {
  server = await startProcess({ ...known, TRUSTED_HOPS: '1' });
}, 60_000);
afterEach(closeAll);
afterAll(() => endAll([server]));

/** A browser at the address. */
async function browser(address = SCHOOL): Promise<Record<string, string>> {
  const headers = { 'x-forwarded-for': address };
  const page = await fetch(server.url, { headers });
  return { ...headers, Cookie: page.headers.get('set-cookie')!.split(';')[0]! };
}

/** A class in a round, and what befell its people. */
async function racing() {
  const host = await teacher(server.url, undefined, await browser());
  const pupils: Visitor[] = [];
  const headers = await Promise.all(Array.from({ length: PUPILS }, () => browser()));
  for (const each of headers) pupils.push(await pupil(server.url, host, each));
  await host.lesson.conduct({ do: 'settings', settings: { rounds: 1, seconds: 120, size: 4 } });
  await host.lesson.conduct({ do: 'deal' });
  await seated(pupils);
  await host.lesson.conduct({ do: 'start' });
  await Promise.all(pupils.map(({ player }) => phase(player, 'drawing')));
  const losses: string[] = [];
  for (const [i, { player }] of [host, ...pupils].entries())
    for (const event of ['disconnect', 'dismissed', 'gone'] as const)
      player.socket.on(event, (why: string) => losses.push(`${i}: ${event} ${why}`));
  return { host, pupils, headers, losses };
}

const inRoomOf = (one: Visitor, all: Visitor[]) =>
  all.filter((each) => pupilView(each).room === pupilView(one).room).map(({ player }) => player);

/** Loads the page again: the same browser, and nothing of the tab. */
async function reload(one: Visitor, headers: Record<string, string>): Promise<Visitor> {
  const { code } = pupilView(one);
  const kept = one.player.client.memory.get('pupil');
  one.player.close();
  const again = visitor(server.url, headers);
  again.player.client.memory.set('pupil', kept);
  again.lesson.comeBack(code);
  await until(() => again.lesson.state().at === 'inside', 'the class');
  await seated([again]);
  return again;
}

test('nobody loses a seat, ink flows, who reloads is back at once, and who has the pictures comes in', async () => {
  const { host, pupils, headers, losses } = await racing();
  const { code, rooms, version } = teacherView(host);
  const target = { url: server.url, code, others: rooms, headers: { 'x-forwarded-for': SCHOOL } };
  const stop = await launch('500 bots that know the codes of a class', target);
  try {
    for (let i = 0; i < 60; i++) {
      for (const { player } of pupils) stroke(player, [i * 30, 100, i * 30 + 40, 1900]);
      await pause(100);
    }
    expect(losses).toEqual([]);
    for (const one of pupils) await agreement(inRoomOf(one, pupils));
    expect(pupils.map(({ player }) => strokes(player, player.id!).length)).toEqual(pupils.map(() => 60));
    // Nobody came in, and nothing else changed.
    expect(teacherView(host).version).toBe(version);

    const began = performance.now();
    const [one, ...others] = pupils;
    const back = await reload(one!, headers[0]!);
    expect(performance.now() - began).toBeLessThan(4000);
    stroke(back.player, [10, 10, 900, 900]);
    await agreement(inRoomOf(back, [back, ...others]));

    const home = await pupil(server.url, host, await browser('203.0.113.9'));
    await seated([home]);
    for (const on of [true, false]) {
      const asked = performance.now();
      expect(await host.lesson.conduct({ do: 'pause', on })).toEqual({ ok: true });
      await until(() => others.every(({ player }) => (player.room!.paused !== undefined) === on), 'the pause');
      expect(performance.now() - asked).toBeLessThan(1000);
    }
    expect(losses.filter((loss) => !loss.startsWith('1:'))).toEqual([]);
    expect(teacherView(host).pupils.every(({ here }) => here)).toBe(true);
    expect(server.output()).not.toContain('a bug');
  } finally {
    stop();
  }
}, 60_000);
