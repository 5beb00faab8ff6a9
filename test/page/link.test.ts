/** The page and its link: lost, dead, slow, refused, away. What it says then, what still works, and how it comes back. */
import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Stroke } from '../../shared/ink.ts';
import { byId, drawWithFinger, hasBrowser, inPhase, PHONE, useBrowser } from '../support/browser.ts';
import { drawn } from '../support/drawings.ts';
import { enter } from '../support/party.ts';
import { closeAll, create, type Player, phase, stroke, strokes, until } from '../support/player.ts';
import { type Cable, startProxy } from '../support/proxy.ts';
import { inked } from '../support/seen.ts';
import { QUICK, useServer } from '../support/server.ts';

const FINGER = { viewport: PHONE, hasTouch: true, isMobile: true };
const pace = { ...QUICK, countdown: 700, reveal: 4000, hold: 20_000, hostHold: 20_000 };

describe.skipIf(!hasBrowser)('the link of the page', () => {
  const server = useServer({ pace });
  /** It knows none of the other's rooms, and has place for one. */
  const other = useServer({ pace, env: { MAX_ROOMS: '1' } });
  const browser = useBrowser();
  let cable: Cable;
  /** Where the cable leads; nowhere at times. */
  let ends: number[] = [];
  const portOf = ({ url }: { url: string }) => Number(new URL(url).port);

  beforeAll(async () => {
    cable = await startProxy(() => ends);
  });
  afterEach(closeAll);
  afterAll(() => cable?.close());

  const plug = (...servers: { url: string }[]) => {
    ends = servers.map(portOf);
  };
  const pull = () => {
    plug();
    cable.cut();
  };

  const room = async (): Promise<Player> => create(server.url, 'Hana', { rounds: 1, seconds: 60, public: true });

  function seat(host: Player, options: BrowserContextOptions = {}): Promise<Page> {
    plug(server);
    return enter(browser, cable, host.code!, 'Ann', options);
  }

  async function race(options: BrowserContextOptions = {}) {
    const host = await room();
    const page = await seat(host, options);
    const ann = host.room!.players.find(({ nick }) => nick === 'Ann')!.id;
    await host.ask('start', {});
    await inPhase(page, 'drawing');
    await phase(host, 'drawing');
    return { host, page, ann };
  }

  /** Its service worker is at work. */
  const controlled = (page: Page) =>
    page.waitForFunction(() => navigator.serviceWorker.controller?.state === 'activated');
  /** When the page, from now on, holds the link for lost; that may not last long enough to be asked for. */
  const lost = (page: Page): Promise<number> =>
    page.evaluate(
      () =>
        new Promise<number>((done, fail) => {
          const began = performance.now();
          const app = document.querySelector('[data-link]')!;
          new MutationObserver(() => {
            if (app.getAttribute('data-link') === 'down') done(performance.now() - began);
          }).observe(app, { attributes: true });
          setTimeout(() => fail(new Error('the link was not missed in 10 s')), 10_000);
        }),
    );
  const isUp = (page: Page) => page.waitForSelector('[data-link="up"]');
  const seatOf = ({ room }: Player, id: string) => room!.players.find((player) => player.id === id);
  const line = (y: number): Stroke => [400, y, 800, y, 1200, y, 1600, y];

  test('without a server, the home page says so, offers practice, and nothing that needs one', async () => {
    plug(server);
    const page = await browser.open(cable.url, FINGER);
    await Promise.all([isUp(page), controlled(page)]);
    const kept = () => page.evaluate(async () => (await (await caches.open('machine')).keys()).length);
    await expect.poll(kept, { timeout: 20_000 }).toBe(5);
    pull();
    expect(await byId(page, 'link').textContent()).toBe('Connecting…');
    for (const id of ['play-alone', 'create-room']) expect(await byId(page, id).isDisabled()).toBe(true);
    await byId(page, 'practise').waitFor();
    // Nor what would not work: a part of the recognizer is missing.
    await page.evaluate(async () => {
      const cache = await caches.open('machine');
      const [first] = await cache.keys();
      Object.assign(window, { part: [first, await cache.match(first!)] });
      await cache.delete(first!);
    });
    await byId(page, 'practise').waitFor({ state: 'detached' });
    await page.evaluate(async () => {
      const { part } = window as unknown as { part: [Request, Response] };
      await (await caches.open('machine')).put(...part);
    });
    await byId(page, 'practise').tap();
    await byId(page, 'practice').waitFor();
    plug(server);
    await isUp(page);
    await byId(page, 'link').waitFor({ state: 'detached' });
    expect(await byId(page, 'play-alone').isEnabled()).toBe(true);
    // It is not taken from under the pen.
    expect(await byId(page, 'practice').isVisible()).toBe(true);
  });

  test('a short outage shows no message and loses nothing', async () => {
    const { page } = await race();
    let away = Number.POSITIVE_INFINITY;
    let told = true;
    // On loaded cores it may last too long to be a blip: then another.
    for (let tries = 0; away > 1100 && tries < 5; tries++) {
      const blip = page.evaluate(watchBlip);
      await page.title();
      cable.cut();
      ({ away, told } = await blip);
    }
    expect(away).toBeLessThan(1100);
    expect(told).toBe(false);
  }, 60_000);

  test('ink drawn offline is sent when the link is back', async () => {
    const { host, page, ann } = await race(FINGER);
    await drawWithFinger(page, [line(500)]);
    await until(() => strokes(host, ann).length === 1, 'the first stroke');
    pull();
    expect(await byId(page, 'link').textContent()).toContain('your ink will catch up');
    await drawWithFinger(page, [line(900), line(1300)]);
    await until(() => !seatOf(host, ann)!.connected, 'she is away');
    plug(server);
    await until(() => strokes(host, ann).length === 3, 'the strokes drawn meanwhile');
    expect(strokes(host, ann)[2]!.length).toBeGreaterThanOrEqual(4);
    await byId(page, 'link').waitFor({ state: 'detached' });
  });

  test('a player returns to their seat even if nothing can be stored', async () => {
    plug(server);
    const host = await room();
    const page = await enter(browser, cable, host.code!, 'Ann', {}, () => {
      Storage.prototype.setItem = () => {
        throw new DOMException('It is full.', 'QuotaExceededError');
      };
    });
    const down = lost(page);
    await page.title();
    cable.cut();
    await down;
    await isUp(page);
    await until(() => host.room!.players.some(({ nick, connected }) => nick === 'Ann' && connected), 'Ann');
    // What the page shows next, it shows in its seat.
    await host.ask('settings', { rounds: 7 });
    await expect.poll(() => byId(page, 'settings-summary').textContent()).toContain('7');
    expect(await page.locator('.app').getAttribute('data-phase')).toBe('lobby');
    expect(host.room!.players).toHaveLength(2);
  });

  test('a spectator’s outage message promises no ink', async () => {
    const { host } = await race();
    const page = await browser.open(`${cable.url}/r/${host.code}?watch`);
    await inPhase(page, 'drawing');
    pull();
    expect(await byId(page, 'link').textContent()).toBe('Connection lost. Trying again…');
  });

  test('a dead link is noticed within three seconds while drawing, and the ink follows', async () => {
    const { host, page, ann } = await race(FINGER);
    await drawWithFinger(page, [line(500)]);
    await until(() => strokes(host, ann).length === 1, 'the first stroke');
    cable.swallow();
    const dead = Date.now();
    const down = lost(page);
    await drawWithFinger(page, [line(900)]);
    const noticed = await down;
    await until(() => strokes(host, ann).length === 2, 'the stroke that was swallowed');
    console.log(`link: a dead one noticed after ${noticed} ms, the ink there after ${Date.now() - dead} ms`);
    // SILENCE and PROBE are three seconds; two loaded cores get some more.
    expect(noticed).toBeLessThan(4500);
  });

  test.each([
    ['visibilitychange', 'document'],
    ['pageshow', 'window'],
    ['online', 'window'],
  ])('%s: a link that died during sleep is replaced', async (event, target) => {
    const page = await seat(await room(), FINGER);
    cable.swallow();
    // By itself it would be noticed after 18 s.
    const down = lost(page);
    await page.evaluate(
      ([event, on]) =>
        (on === 'window' ? window : document).dispatchEvent(new PageTransitionEvent(event!, { persisted: true })),
      [event, target] as const,
    );
    await down;
    await isUp(page);
    await inPhase(page, 'lobby');
  });

  test('a restored network is used at once, even during another attempt', async () => {
    const page = await seat(await room());
    cable.hold();
    const attempt = page.waitForEvent('websocket');
    cable.cut();
    await attempt;
    await expect.poll(cable.connections).toBeGreaterThan(0);
    cable.swallow();
    cable.resume();
    const back = Date.now();
    await page.evaluate(() => dispatchEvent(new Event('online')));
    await isUp(page);
    // An attempt is given up after 4 s, and the next one waits up to 3 s.
    expect(Date.now() - back).toBeLessThan(3000);
  });

  test('a full server says so, and the page stays usable', async () => {
    await create(other.url, 'Hana');
    const page = await browser.open(other.url, FINGER);
    await isUp(page);
    await byId(page, 'create-room').tap();
    await byId(page, 'refusal').waitFor();
    expect(await byId(page, 'refusal').getAttribute('data-why')).toBe('server-full');
    expect(await byId(page, 'refusal').textContent()).toContain('full');
    expect(await byId(page, 'play-alone').isEnabled()).toBe(true);
  });

  test('if the room is gone when the link is back, the page says so and offers a way home', async () => {
    const page = await seat(await room(), FINGER);
    plug(other);
    cable.cut();
    await byId(page, 'gone').waitFor();
    expect(await byId(page, 'gone').getAttribute('data-why')).toBe('room-lost');
    await byId(page, 'to-home').tap();
    await byId(page, 'play-alone').waitFor();
    expect(new URL(page.url()).pathname).toBe('/');
    // And at the door of one that never was.
    await page.goto(`${cable.url}/r/AAAAA`);
    await byId(page, 'refusal').waitFor();
    expect(await byId(page, 'enter').count()).toBe(0);
    await byId(page, 'to-home').tap();
    await byId(page, 'play-alone').waitFor();
  });

  test('a removed player gets a message, even if away at the time, and stays out', async () => {
    const host = await room();
    const kick = () => host.ask('kick', { player: host.room!.players.find(({ nick }) => nick === 'Ann')!.id });
    const page = await seat(host, FINGER);
    await kick();
    await byId(page, 'gone').waitFor();
    expect(await byId(page, 'gone').getAttribute('data-why')).toBe('kicked');
    await byId(page, 'to-home').tap();

    const again = await seat(host);
    pull();
    await until(() => host.room!.players.some(({ connected }) => !connected), 'she is away');
    await kick();
    plug(server);
    await byId(again, 'refusal').waitFor();
    expect(await byId(again, 'refusal').getAttribute('data-why')).toBe('kicked');
    expect(host.room!.players.length).toBe(1);
    // The door has no way in for her.
    expect(await byId(again, 'enter').count()).toBe(0);
    await byId(again, 'to-home').click();
    await byId(again, 'play-alone').waitFor();
  }, 60_000);

  test('a restarting server and a closed room have their own messages', async () => {
    const { host, page } = await race();
    server.app.io.local.emit('gone', 'server-closing');
    await until(() => host.gone.includes('server-closing'), 'what the server says');
    // What the server sent before has come before it.
    for (const points of drawn.house.strokes) stroke(host, points);
    await expect.poll(() => inked(page, `[data-player="${host.id}"] canvas`)).toBeGreaterThan(0);
    pull();
    await expect.poll(() => byId(page, 'link').textContent()).toContain('The server is restarting');
    plug(server);
    await isUp(page);
    await byId(page, 'link').waitFor({ state: 'detached' });
    await server.store.update(host.code!, (game) => ({
      ...game,
      version: game.version + 1,
      phase: { name: 'closed' },
    }));
    await byId(page, 'gone').waitFor();
    expect(await byId(page, 'gone').getAttribute('data-why')).toBe('room-closed');
    await byId(page, 'to-home').click();
    await byId(page, 'play-alone').waitFor();
  }, 60_000);

  test('the race’s clock is right on a device with a wrong clock, even offline', async () => {
    plug(server);
    const host = await room();
    const page = await enter(browser, cable, host.code!, 'Ann', FINGER, () => {
      const now = Date.now;
      Date.now = () => now() + 3_600_000;
    });
    await host.ask('start', {});
    await inPhase(page, 'drawing');
    const left = async () => Number(await byId(page, 'clock').locator('span').textContent());
    await expect.poll(left).toBeGreaterThan(40);
    pull();
    await byId(page, 'link').waitFor();
    const before = await left();
    await expect.poll(left).toBeLessThan(before);
    expect(await left()).toBeGreaterThan(before - 20);
    plug(server);
    await isUp(page);
    expect(await left()).toBeGreaterThan(before - 25);
  }, 60_000);

  test('two tabs: the first says so and can take the seat back; watching in another tab takes no seat', async () => {
    const host = await room();
    const first = await seat(host);
    const second = await first.context().newPage();
    await second.goto(first.url());
    await inPhase(second, 'lobby');
    await byId(first, 'gone').waitFor();
    await byId(first, 'play-here').click();
    await inPhase(first, 'lobby');
    expect(await byId(second, 'gone').getAttribute('data-why')).toBe('replaced');
    await second.goto(`${first.url()}?watch`);
    await inPhase(second, 'lobby');
    // By way of the home page, which every room has below it.
    await second.goBack();
    await byId(second, 'return').waitFor();
    await second.goBack();
    await byId(first, 'gone').waitFor();
    await first.reload();
    await inPhase(first, 'lobby');
    expect(host.room!.players.length).toBe(2);
  }, 60_000);

  test('Back in mid-race warns; a second time it leaves with the seat kept, and Forward returns to it', async () => {
    const host = await room();
    plug(server);
    const page = await browser.open(cable.url, FINGER);
    await byId(page, 'nick').fill('Ann');
    await byId(page, 'join-code').fill(host.code!);
    await byId(page, 'enter').tap();
    await inPhase(page, 'lobby');
    const ann = host.room!.players.find(({ nick }) => nick === 'Ann')!.id;
    await host.ask('start', {});
    await inPhase(page, 'drawing');
    await drawWithFinger(page, [line(500)]);
    await until(() => strokes(host, ann).length === 1, 'a stroke');

    await page.evaluate(() => history.back());
    await byId(page, 'refusal').waitFor();
    expect(await byId(page, 'refusal').textContent()).toContain('still in the race');
    await expect.poll(() => new URL(page.url()).pathname).toBe(`/r/${host.code}`);
    expect(seatOf(host, ann)!.connected).toBe(true);
    await drawWithFinger(page, [line(900)]);
    await until(() => strokes(host, ann).length === 2, 'she draws on');

    await page.evaluate(() => history.back());
    await byId(page, 'play-alone').waitFor();
    await until(() => seatOf(host, ann)?.connected === false, 'the seat waits');
    await page.evaluate(() => history.forward());
    await inPhase(page, 'drawing');
    await until(() => seatOf(host, ann)!.connected, 'she is back in her seat');
    await drawWithFinger(page, [line(1300)]);
    await until(() => strokes(host, ann).length === 3, 'with her ink');
  });

  test('a part of the page that can’t load shows a message, and Reload loads it', async () => {
    plug(server);
    const page = await browser.open('about:blank', { ...FINGER, serviceWorkers: 'block' });
    await page.route(/Room-.*\.js/, (route) => route.abort());
    await page.goto(cable.url);
    await byId(page, 'create-room').tap();
    await byId(page, 'missing').waitFor();
    await page.unroute(/Room-.*\.js/);
    await byId(page, 'missing').getByRole('button').tap();
    await inPhase(page, 'lobby');
    await byId(page, 'start').waitFor();
  });
});

/** How long the link is away once it is lost, ms, and whether the page told that. */
function watchBlip(): Promise<{ away: number; told: boolean }> {
  const app = document.querySelector('[data-link]')!;
  const isUp = () => app.getAttribute('data-link') === 'up';
  return new Promise((done) => {
    let lost = 0;
    let told = false;
    const watch = new MutationObserver(() => {
      told ||= document.querySelector('[data-testid="link"]') !== null;
      if (!isUp()) lost ||= performance.now();
      else if (lost) {
        watch.disconnect();
        done({ away: performance.now() - lost, told });
      }
    });
    watch.observe(document.body, { subtree: true, childList: true, attributes: true });
  });
}
