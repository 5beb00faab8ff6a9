/** The machine's clock is set back in the middle of a round: nobody is refused, and the round lasts as long as it should. */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { known } from '../support/model.ts';
import { closeAll, phase, stroke, strokes, until } from '../support/player.ts';
import type { Process } from '../support/processes.ts';
import { endAll, startProcess } from '../support/processes.ts';
import { begin, room } from '../support/race.ts';

let server: Process;
beforeAll(async () => {
  const step = new URL('../support/stepping-clock.mjs', import.meta.url).href;
  server = await startProcess(known, { command: [process.execPath, '--import', step, 'dist/server/main.js'] });
}, 60_000);
afterAll(async () => {
  closeAll();
  await endAll([server]);
});

test('a clock that is set back 15 s refuses no ink and lengthens no round', async () => {
  const [ann, bob] = await room([server.url], 2, { seconds: 10, rounds: 1 });
  await begin([ann!, bob!]);
  const begun = performance.now();
  stroke(ann!, [100, 100, 900, 900]);
  await until(() => strokes(bob!, ann!.id!).length === 1, 'the first stroke');
  process.kill(server.pid, 'SIGUSR2');
  await pause(500);
  for (let i = 1; i <= 5; i++) {
    stroke(ann!, [100 * i, 100, 100 * i, 900]);
    await until(() => strokes(bob!, ann!.id!).length === i + 1, 'another stroke');
  }
  expect(ann!.refused).toEqual([]);
  await phase(bob!, 'reveal', 15_000);
  const lasted = performance.now() - begun;
  expect(lasted).toBeGreaterThan(8_500);
  expect(lasted).toBeLessThan(12_500);
}, 40_000);
