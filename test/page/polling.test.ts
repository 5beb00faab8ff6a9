/** A browser in which no WebSocket opens plays a whole match with one in which they do. */
import { describe, expect, test } from 'vitest';
import { byId, drawWithMouse, hasBrowser, inLobby, inPhase, step, useBrowser } from '../support/browser.ts';
import { endPhase } from '../support/party.ts';
import { drawingsOf } from '../support/quickdraw.ts';
import { QUICK, useServer } from '../support/server.ts';
import { codeOf, joined, MOUSE, TOUCH } from '../support/visitors.ts';

describe.skipIf(!hasBrowser)('without WebSocket', () => {
  const server = useServer({ pace: { ...QUICK, countdown: 1200, reveal: 60_000, finish: 800, hold: 20_000 } });
  const browser = useBrowser();

  test.each([
    ['they cannot be made', 'throws'],
    ['they close at once', 'closes'],
  ])(
    'a match is played to its end although %s',
    async (_, how) => {
      const ann = await browser.open('about:blank', MOUSE);
      await ann.addInitScript((how) => {
        const Real = window.WebSocket;
        window.WebSocket = function WebSocket(url: string) {
          if (how === 'throws') throw new Error('no WebSocket here');
          const socket = new Real(url);
          socket.close();
          return socket;
        } as unknown as typeof WebSocket;
      }, how);
      await ann.goto(server.url);
      await byId(ann, 'nick').fill('Ann');
      await byId(ann, 'create-room').click();
      await inLobby(ann);
      const code = codeOf(ann);
      const bob = await joined(browser, server, code, 'Bob', TOUCH);

      await step(ann, 'settings-rounds', 'first', '1');
      await byId(ann, 'start').click();
      await Promise.all([ann, bob].map((page) => inPhase(page, 'drawing')));
      const prompt = ((await byId(ann, 'prompt').textContent()) ?? '').trim();
      const [first, second] = drawingsOf(prompt, 2);
      await drawWithMouse(ann, first!.strokes);
      await expect.poll(() => byId(bob, 'rival-guess').textContent()).toBeTruthy();
      await drawWithMouse(bob, second!.strokes);
      await Promise.all([ann, bob].map((page) => inPhase(page, 'reveal')));
      await endPhase(server, code);
      await Promise.all([ann, bob].map((page) => inPhase(page, 'podium')));
      expect(await byId(bob, 'podium').textContent()).toMatch(/Ann[\s\S]*Bob|Bob[\s\S]*Ann/);
    },
    120_000,
  );
});
