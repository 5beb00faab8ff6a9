/** What the reveal adds to the drawings: which stroke was recognized, what the points are made of, and how to go on. */
import { afterEach, describe, expect, test } from 'vitest';
import { step } from '../../server/game/step.ts';
import { inkSize } from '../../shared/ink.ts';
import { byId, DESKTOP, hasBrowser, inPhase, PHONE, picture, useBrowser } from '../support/browser.ts';
import { drawn } from '../support/drawings.ts';
import { endPhase, party } from '../support/party.ts';
import { closeAll, phase, stroke, until } from '../support/player.ts';
import { cut, inked, settled } from '../support/seen.ts';
import { QUICK, useServer } from '../support/server.ts';

describe.skipIf(!hasBrowser)('a reveal', () => {
  const server = useServer({ pace: { ...QUICK, countdown: 700, reveal: 60_000, hold: 20_000 } });
  const browser = useBrowser();
  afterEach(closeAll);

  test.each([
    ['phone', { viewport: PHONE, isMobile: true, hasTouch: true }],
    ['desktop', { viewport: DESKTOP }],
  ])(
    'marks the stroke that was recognized, adds up the points, and ends when all want to go on (%s)',
    async (name, options) => {
      const { host, page, start } = await party(server, browser, { ...options, settings: { rounds: 3, seconds: 60 } });
      const ann = host.room!.players.find(({ nick }) => nick === 'Ann')!.id;
      await start();
      await inPhase(page, 'drawing');
      const { round, prompt } = await phase(host, 'drawing');
      const shape = Object.values(drawn).find(({ strokes }) => strokes.length > 2)!.strokes;
      for (const points of shape) stroke(host, points);
      host.send();
      const { local } = host.client.room.drawings();
      await until(() => local.sent > 0 && local.confirmed === inkSize(local.ink), 'the drawing on the server');

      const ink = { rev: 0, strokes: 2, points: host.client.room.strokes(host.id!)[1]!.length / 2 };
      const recognized = { type: 'recognized', round, word: prompt, probability: 0.9 } as const;
      for (const action of [
        { ...recognized, id: ann, at: 1000 },
        { ...recognized, id: host.id!, at: 5000, ink },
      ])
        await server.store.update(host.code!, (game) => step(game, action, Date.now()));
      await endPhase(server, host.code!);
      await inPhase(page, 'reveal');
      await settled(page);

      const tile = `[data-testid="result"][data-player="${host.id}"]`;
      await expect.poll(() => inked(page, `${tile} [data-testid="deciding"] canvas`)).toBeGreaterThan(20);
      const whole = await inked(page, `${tile} canvas`);
      expect(await inked(page, `${tile} [data-testid="deciding"] canvas`)).toBeLessThan(whole);
      // Ann's verdict did not say which ink it was about.
      expect(await page.locator(`[data-player="${ann}"] [data-testid="deciding"]`).count()).toBe(0);

      const { result } = await phase(host, 'reveal');
      const { points, parts } = result.recognized.find(({ player }) => player === ann)!;
      const shown = (await byId(page, 'parts').textContent())!;
      const sum = [...shown.matchAll(/\+(\d+)/g)].reduce((all, [, each]) => all + Number(each), 0);
      expect(sum).toBe(points);
      expect(shown).toContain(`+${parts!.place}`);
      await picture(page, `reveal-parts-${name}`);
      expect(await cut(page, '[data-testid="parts"] span, [data-testid="skip"]')).toEqual([]);

      // Both have to want it, while both are here.
      await byId(page, 'skip').click();
      await expect.poll(() => byId(page, 'skip').textContent()).toContain('1/2');
      await host.ask('skip', { round });
      await inPhase(page, 'drawing');

      // Alone, a tap anywhere does it.
      await host.ask('leave', {});
      await endPhase(server, host.code!);
      await inPhase(page, 'reveal');
      await byId(page, 'prompt').click();
      await inPhase(page, 'drawing');
    },
    60_000,
  );
});
