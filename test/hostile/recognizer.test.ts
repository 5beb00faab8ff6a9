/** A recognizer that failed is known to work again without anybody's help. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { App } from '../../server/app.ts';
import { createApp } from '../../server/app.ts';
import { readConfig } from '../../server/config.ts';
import { startRecognizer } from '../../server/inference/thread.ts';
import { createLog } from '../../server/log.ts';
import { closeAll, create, eraseAll, stroke } from '../support/player.ts';
import { begin } from '../support/race.ts';
import { QUICK } from '../support/server.ts';

let app: App;
let url: string;
let isBroken = false;

beforeAll(async () => {
  const recognizer = await startRecognizer();
  app = createApp({
    config: readConfig({ PORT: '0', HOST: '127.0.0.1' }),
    recognizer: {
      ...recognizer,
      recognize: async (inks) => (isBroken ? Promise.reject(new Error('broken')) : recognizer.recognize(inks)),
    },
    log: createLog('silent'),
    pace: QUICK,
  });
  url = `http://127.0.0.1:${await app.listen()}`;
}, 60_000);
afterEach(closeAll);
afterAll(() => app?.close());

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
