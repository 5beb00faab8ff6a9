/** The inference worker crashes, or hangs, in a running round: the game goes on, a metric tells, everything is looked at again. */
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { App } from '../../server/app.ts';
import { createApp } from '../../server/app.ts';
import { readConfig } from '../../server/config.ts';
import { startRecognizer } from '../../server/inference/thread.ts';
import { createLog } from '../../server/log.ts';
import { knownWords } from '../support/known.ts';
import { closeAll, create, eraseAll, stroke, strokes, until } from '../support/player.ts';
import { begin, room } from '../support/race.ts';
import { freePort } from '../support/redis.ts';
import { QUICK } from '../support/server.ts';
import { asking } from '../support/words.ts';
import { workers } from '../support/workers.ts';

vi.mock('node:worker_threads', async (original) =>
  (await import('../support/workers.ts')).remembering(await original()),
);

let app: App;
let url: string;
let metricsPort: number;
let isBroken = false;
/** Drawings that the recognizer has looked at. */
let looked = 0;
beforeAll(async () => {
  const started = await startRecognizer();
  const recognizer = {
    ...started,
    async recognize(inks: Parameters<typeof started.recognize>[0]) {
      if (isBroken) throw new Error('broken');
      const looks = await started.recognize(inks);
      looked += inks.length;
      return looks;
    },
  };
  metricsPort = await freePort();
  app = createApp({
    config: readConfig({ PORT: '0', HOST: '127.0.0.1', METRICS_PORT: `${metricsPort}` }),
    recognizer: asking(recognizer, await knownWords(recognizer)),
    log: createLog('silent'),
    pace: QUICK,
  });
  url = `http://127.0.0.1:${await app.listen()}`;
}, 60_000);
afterEach(closeAll);
afterAll(() => app?.close());

const restarts = async () =>
  Number(
    /doodle_recognizer_restarts_total (\d+)/.exec(
      await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text(),
    )![1],
  );

test.each([
  ['crashes', () => workers.at(-1)!.terminate(), 0],
  ['hangs', () => workers.at(-1)!.postMessage('hang'), 1],
])(
  'a worker that %s pauses the guesses, and loses no drawing',
  async (_, harm, before) => {
    const players = await room([url], 3, { seconds: 60, rounds: 1 });
    await begin(players);
    const seen = () => players.every(({ id }) => players[0]!.guesses.has(id!));
    const draw = () => {
      for (const player of players) stroke(player, [100, 100, 1500, 300, 900, 1700]);
    };
    draw();
    await until(seen, 'guesses');
    expect(await restarts()).toBe(before);

    await harm();
    looked = 0;
    for (const player of players) player.guesses.clear();
    draw();
    // The strokes go on where nobody can look at them.
    await until(() => players.every(({ id }) => strokes(players[0]!, id!).length === 2), 'strokes', 5000);
    expect(looked).toBe(0);
    await expect.poll(restarts, { timeout: 30_000 }).toBe(before + 1);
    await expect.poll(() => looked, { timeout: 30_000 }).toBeGreaterThan(0);
    await until(seen, 'guesses by a new worker', 30_000);
    expect(await restarts()).toBe(before + 1);
    await expect.poll(async () => (await fetch(`${url}/readyz`)).status).toBe(200);
  },
  90_000,
);

test('after a failed batch /readyz recovers by itself, although nobody draws', async () => {
  const ready = async () => ((await (await fetch(`${url}/readyz`)).json()) as { recognizer: boolean }).recognizer;
  const ann = await create(url, 'ann', { seconds: 60, rounds: 1 });
  await begin([ann]);
  isBroken = true;
  stroke(ann, [100, 100, 900, 900]);
  await expect.poll(ready).toBe(false);
  // Nothing waits for a batch any more.
  eraseAll(ann);
  await expect.poll(async () => (await (await fetch(`${url}/healthz`)).json()).waiting).toBe(0);
  expect(await ready()).toBe(false);
  isBroken = false;
  await expect.poll(ready, { timeout: 3000 }).toBe(true);
});
