/** The race as one plays it: by touch on a phone and with a mouse at a desk, in one room, judged by the real network. */
import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterEach, describe, expect, test } from 'vitest';
import type { Stroke } from '../../shared/ink.ts';
import { BOARD, prefix } from '../../shared/ink.ts';
import type { PhaseView } from '../../shared/protocol.ts';
import { byId, drawWithMouse, hasBrowser, inPhase, PHONE, useBrowser } from '../support/browser.ts';
import { scribble } from '../support/drawings.ts';
import { endPhase, enter, recognize, setPace } from '../support/party.ts';
import { closeAll, create, eraseAll, join, type Player, phase, stroke, strokes } from '../support/player.ts';
import { drawingsOf, SAMPLE_WORDS } from '../support/quickdraw.ts';
import { difference, inkOf, settled } from '../support/seen.ts';
import { QUICK, useServer } from '../support/server.ts';

const TOUCH: BrowserContextOptions = { viewport: PHONE, hasTouch: true, isMobile: true };
const LONG_NICK = 'WWWWWWWWWWWWWWWW';

const tenths = new Intl.NumberFormat('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 });

const until = <T>(value: () => T, options = {}) => expect.poll(value, { timeout: 8000, interval: 50, ...options });

describe.skipIf(!hasBrowser)('in the race', () => {
  const server = useServer({ pace: { ...QUICK, countdown: 700, reveal: 1000 } });
  const browser = useBrowser();
  afterEach(closeAll);

  /** A room with a phone and a desk in it, and with players without a page who do nothing by themselves. */
  async function room(settings: { seconds: number; rounds?: number }, ...nicks: string[]) {
    const host = await create(server.url, 'Hana', { rounds: 1, seats: 12, difficulty: 'easy', ...settings });
    for (const nick of nicks) await join(server.url, host.code!, nick);
    const [phone, desk] = await Promise.all([
      enter(browser, server, host.code!, 'Ann', TOUCH),
      enter(browser, server, host.code!, 'Ben'),
    ]);
    return { host, phone, desk };
  }

  async function start(host: Player, ...pages: Page[]): Promise<PhaseView & { name: 'drawing' }> {
    await host.ask('start', {});
    await Promise.all(pages.map((page) => inPhase(page, 'drawing')));
    return phase(host, 'drawing');
  }

  test('the clock and the line around the board run out, hurry, and have a last second', async () => {
    const { host, phone, desk } = await room({ seconds: 10 });
    await start(host, phone, desk);
    await Promise.all([phone, desk].map((page) => page.evaluate(watchLastSecond)));
    await Promise.all(
      [phone, desk].map(async (page) => {
        const before = await clock(page);
        expect(before.colour).not.toBe(before.flag);
        expect(before.line).not.toBe(before.flag);
        await until(async () => (await clock(page)).seconds, { timeout: 5000 }).toBeLessThan(before.seconds);
        expect((await clock(page)).rest).toBeLessThan(before.rest);
        await until(async () => (await clock(page)).seconds, { timeout: 9000 }).toBeLessThanOrEqual(4);
        const hurry = await clock(page);
        expect(hurry.colour).toBe(hurry.flag);
        expect(hurry.line).toBe(hurry.flag);
        await until(async () => (await clock(page)).beat, { interval: 20 }).toBeGreaterThan(0.3);
      }),
    );
    await Promise.all([phone, desk].map((page) => inPhase(page, 'reveal', 'podium')));
    // A figure that beats is small again soon; that of the last second has grown.
    for (const page of [phone, desk])
      expect(await page.evaluate(() => (globalThis as never as { grown: number }).grown)).toBeGreaterThan(1.3);
  }, 60_000);

  test('the line keeps pace with the clock after a recognition, for spectators too', async () => {
    const { host, phone, desk } = await room({ seconds: 30 }, 'Kim');
    const eve = await browser.open(`${server.url}/r/${host.code}?watch`);
    const { started, ends } = await start(host, phone, desk, eve);
    await until(async () => (await clock(phone)).seconds).toBeLessThanOrEqual(26);
    const kim = host.room!.players.find(({ nick }) => nick === 'Kim')!.id;
    await recognize(server, host, [[kim, 3000]]);
    for (const page of [phone, desk, eve]) {
      await until(() => page.locator(`.done[data-player="${kim}"]`).count()).toBe(1);
      const { now, rest } = page === eve ? await fuse(page) : await clock(page);
      expect(rest).toBeGreaterThan((ends - now) / (ends - started) - 0.05);
      expect(rest).toBeLessThan((ends - now) / (ends - started) + 0.05);
    }
  }, 60_000);

  test('the end of a round comes early, calmly: most hurry the others, and all can finish', async () => {
    const { host, phone, desk } = await room({ seconds: 60, rounds: 2 }, 'Kim');
    await setPace(server, host.code!, { hurry: 8000, finish: 7000 });
    const eve = await browser.open(`${server.url}/r/${host.code}?watch`);
    await start(host, phone, desk, eve);
    expect(await phone.getByTestId('double').count()).toBe(0);
    const board = await byId(phone, 'board').boundingBox();
    const idOf = (name: string) => host.room!.players.find(({ nick }) => nick === name)!.id;
    const says = (page: Page, text: RegExp) => until(() => byId(page, 'closing').textContent()).toMatch(text);
    const reads = (page: Page, text: RegExp) => until(() => byId(page, 'live').textContent()).toMatch(text);
    const before = (await clock(phone)).rest;
    await recognize(server, host, [
      [host.id!, 800],
      [idOf('Kim'), 900],
      [idOf('Ben'), 1000],
    ]);
    await says(phone, /^\s*Hurry! [78] seconds left\s*$/);
    await reads(phone, /Hurry! [78] seconds left/);
    for (const page of [desk, eve]) await says(page, /^\s*Most are done: \d+ seconds left\s*$/);
    const hurried = await clock(phone);
    expect(hurried.rest).toBeGreaterThan(before - 0.08);
    await until(async () => (await clock(phone)).seconds, { timeout: 9000 }).toBeLessThanOrEqual(5);
    expect((await clock(phone)).colour).toBe(hurried.flag);
    expect((await clock(desk)).colour).not.toBe(hurried.flag);

    await recognize(server, host, [[idOf('Ann'), 2000]]);
    for (const page of [phone, desk]) await says(page, /^\s*Finish your drawing! \d+ seconds left\s*$/);
    await says(eve, /^\s*Finishing touches: \d+ seconds left\s*$/);
    await reads(desk, /Finish your drawing! \d+ seconds left/);
    await reads(eve, /Finishing touches: \d+ seconds left/);
    await until(async () => (await clock(phone)).seconds, { timeout: 9000 }).toBeLessThanOrEqual(2);
    for (const page of [phone, desk]) {
      const last = await clock(page);
      expect(last.colour).not.toBe(last.flag);
      expect(last.line).not.toBe(last.flag);
      expect(last.beat).toBe(0);
      expect(last.rest).toBeLessThan(0.25);
    }
    expect(await byId(phone, 'board').boundingBox()).toEqual(board);
    await setPace(server, host.code!, { countdown: 60_000 });
    await Promise.all([phone, desk, eve].map((page) => inPhase(page, 'countdown')));
    for (const page of [phone, desk, eve]) expect(await byId(page, 'double').textContent()).toBe('×2 Double points!');
    for (const page of [phone, desk]) expect(await byId(page, 'subtitle').textContent()).toBe('');
    await endPhase(server, host.code!);
    await Promise.all([phone, desk, eve].map((page) => inPhase(page, 'drawing')));
    for (const page of [phone, desk, eve]) expect(await byId(page, 'double').textContent()).toBe('×2 Double points!');
  }, 120_000);

  test('words that are accepted for the prompt are named beside it, for spectators and screen readers too', async () => {
    const { words } = server.recognizer.words;
    const alike = ['swimming pool', 'aircraft carrier', 'hot air balloon'];
    const text = 'Also counts: swimming pool, aircraft carrier, and hot air balloon';
    for (const each of words) each.alike = alike;
    try {
      const { host, phone, desk } = await room({ seconds: 60 });
      const eve = await browser.open(`${server.url}/r/${host.code}?watch`, { viewport: { width: 360, height: 640 } });
      await phone.setViewportSize({ width: 360, height: 640 });
      await start(host, phone, desk, eve);
      for (const page of [phone, desk, eve]) {
        expect(await byId(page, 'alike').textContent()).toBe(text);
        await until(() => byId(page, 'live').textContent()).toContain(text);
        expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
      }
      await endPhase(server, host.code!);
      expect((await phase(host, 'reveal')).alike).toEqual(alike);
    } finally {
      for (const each of words) delete each.alike;
    }
  }, 60_000);

  test('the guesses move, the prompt’s bar among them', async () => {
    const { host, phone, desk } = await room({ seconds: 60 });
    const { prompt } = await start(host, phone, desk);
    for (const page of [phone, desk]) expect((await bars(page))[0]).toEqual({ word: prompt, share: 0 });
    const [drawing] = drawingsOf(prompt, 1);
    await drawWithTouch(phone, prefix(drawing!, 0.3).strokes);
    await drawWithMouse(desk, scribble(1));
    for (const page of [phone, desk]) {
      await until(async () => (await bars(page)).filter(({ share }) => share > 0).length).toBeGreaterThan(1);
      const shown = await bars(page);
      expect(shown.map(({ word }) => word).filter((word) => word === prompt)).toEqual([prompt]);
      expect(shown[0]!.word).toBe(prompt);
      expect(await visibleBar(page, 0)).toBe(true);
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        for (const contrast of await contrasts(page)) expect(contrast).toBeGreaterThanOrEqual(3);
      }
    }
    const first = await bars(desk);
    await drawWithMouse(desk, scribble(4));
    await until(() => bars(desk)).not.toEqual(first);
  }, 60_000);

  test('it says that it is not sure only while that is so, to drawer and rivals', async () => {
    const { host, phone, desk } = await room({ seconds: 120 });
    await start(host, phone, desk);
    const ann = host.room!.players.find(({ nick }) => nick === 'Ann')!.id;
    const guess = desk.locator(`[data-player="${ann}"] [data-testid="rival-guess"]`);
    const sureness = () => host.guesses.get(ann)?.sureness;
    await drawWithTouch(phone, await puzzling());
    await until(sureness).toBe('unsure');
    await until(() => byId(phone, 'subtitle').textContent(), { timeout: 6000 }).toMatch(/not sure yet/i);
    await until(async () => (await guess.textContent())!.trim()).toBe('not sure yet');
    await byId(phone, 'clear').tap();
    await until(() => byId(phone, 'subtitle').textContent()).toBe('Nothing yet. Draw!');
    await until(async () => (await guess.textContent())!.trim()).toBe('blank');
  }, 90_000);

  test('recognition is a moment, with place, time and points; then it is over, and the next round has ranks', async () => {
    const { host, phone, desk } = await room({ seconds: 60, rounds: 2 });
    const { prompt } = await start(host, phone, desk);
    expect(await desk.getByTestId('rank').count()).toBe(0);
    await recognized(desk, drawWithMouse, prompt);
    expect(await covered(desk)).toBeLessThan(0.02);
    await told(desk, host, 0, '1st');
    const frozen = await bars(desk);
    expect(frozen).toEqual([{ word: prompt, share: 1 }]);
    const ben = host.room!.players.find(({ nick }) => nick === 'Ben')!.id;
    const before = strokes(host, ben).length;
    await drawWithMouse(desk, scribble(3));
    await until(() => strokes(host, ben).length).toBeGreaterThan(before);
    // A drawing of later is looked at later: what there would be of this one has come with it.
    for (const each of scribble(4)) stroke(host, each);
    await until(() => desk.locator(`[data-player="${host.id}"] [data-testid="rival-guess"]`).textContent()).toMatch(
      /\S/,
    );
    await until(() => host.guesses.has(host.id!)).toBe(true);
    expect(await bars(desk)).toEqual(frozen);
    expect(await byId(desk, 'subtitle').textContent()).toContain(prompt);

    await recognized(phone, drawWithTouch, prompt);
    expect(await covered(phone)).toBeLessThan(0.03);
    expect(await byId(phone, 'clear').isVisible()).toBe(false);
    await told(phone, host, 1, '2nd');
    await until(() => rivals(phone)).toEqual(['Ben', 'Hana']);
    expect(await byId(phone, 'rival-guess').textContent()).toMatch(/1st\s+\d+\.\d s/);

    eraseAll(host);
    const hana = drawingsOf(prompt, 1)[0]!;
    for (const each of hana.strokes) stroke(host, each);
    await until(() => (host.room!.phase as { number?: number }).number).toBe(2);
    const { score } = host.room!.players.find(({ nick }) => nick === 'Ben')!;
    await until(() => byId(phone, 'rank').textContent()).toContain(`#1 ${score}`);
    await until(() => desk.getByTestId('rank').count()).toBe(2);
  }, 120_000);

  test('once recognized, and for spectators, a drawing opens large, with its best guesses and cheers for it', async () => {
    const { host, phone, desk } = await room({ seconds: 120 });
    const eve = await browser.open(`${server.url}/r/${host.code}?watch`);
    await start(host, phone, desk, eve);
    const idOf = (name: string) => host.room!.players.find(({ nick }) => nick === name)!.id;
    const [ann, hana] = [idOf('Ann'), host.id!];
    const look = (page: Page, id: string) => page.locator(`[data-player="${id}"] [data-testid="look"]`);
    expect(await desk.getByTestId('look').count()).toBe(0);
    for (const each of await puzzling()) stroke(host, each);
    await recognize(server, host, [[idOf('Ben'), 500]]);
    await until(() => desk.getByTestId('look').count()).toBe(2);
    expect(await phone.getByTestId('look').count()).toBe(0);
    await until(() => host.guesses.get(hana)?.top.length ?? 0).toBeGreaterThan(2);

    await look(desk, hana).focus();
    await desk.keyboard.press('Enter');
    await desk.getByRole('dialog', { name: 'Hana' }).waitFor();
    expect(Math.max(...(await inkOf(desk, '[data-testid="enlarged"] canvas')))).toBeGreaterThan(0.3);
    const slices = () => host.guesses.get(hana)!.top.slice(0, 3);
    await until(async () => (await pie(desk)).map(({ word }) => word)).toEqual(slices().map(([word]) => word));
    for (const [i, { share }] of (await pie(desk)).entries())
      expect(share).toBeCloseTo(Math.max(0, slices()[i]![1] - 0.008), 1);

    // At the drawer's board beside the pen, and on the tile for everybody else.
    const risen = (page: Page, within: string) => page.locator(`${within} [data-testid="risen"]`).first().waitFor();
    const seen = [phone, eve].map((page) => risen(page, `article[data-player="${hana}"]`));
    await desk.getByRole('button', { name: 'Cheer for Hana with 🔥' }).click();
    await Promise.all(seen);
    await desk.keyboard.press('Escape');
    await byId(desk, 'enlarged').waitFor({ state: 'detached' });
    expect(await desk.evaluate(() => document.activeElement!.getAttribute('data-testid'))).toBe('look');

    await look(eve, ann).click();
    const own = risen(phone, '.frame');
    await eve.getByTestId('cheer').first().click();
    await own;
    const inTheWay = await phone.getByTestId('risen').evaluateAll((all) =>
      all.filter((each) => {
        const { left, top } = each.getBoundingClientRect();
        return document.elementsFromPoint(left + 4, top + 4).includes(each);
      }),
    );
    expect(inTheWay).toEqual([]);
    await byId(eve, 'enlarged').locator('canvas').click();
    await byId(eve, 'enlarged').waitFor({ state: 'detached' });

    await look(desk, ann).click();
    await byId(desk, 'enlarged').waitFor();
    await endPhase(server, host.code!);
    await Promise.all([desk, eve].map((page) => inPhase(page, 'reveal')));
    expect(await desk.getByTestId('enlarged').count()).toBe(0);
  }, 90_000);

  test('a rival’s picture is square whatever the name, and the same as on the drawer’s board', async () => {
    const { host, phone, desk } = await room({ seconds: 60 }, LONG_NICK);
    const { prompt } = await start(host, phone, desk);
    await drawWithTouch(phone, drawingsOf(prompt, 2)[1]!.strokes);
    await until(() => host.drawings.remote.size).toBeGreaterThan(0);
    for (const page of [phone, desk]) {
      const cards = await page.getByTestId('rival').evaluateAll((all) =>
        all.map((card) => {
          const canvas = card.querySelector('canvas')!.getBoundingClientRect();
          return { card: card.clientWidth, width: canvas.width, height: canvas.height };
        }),
      );
      expect(cards.length).toBe(3);
      for (const { card, width, height } of cards) {
        expect(card).toBe(cards[0]!.card);
        expect(Math.abs(width - height)).toBeLessThan(1);
        expect(Math.abs(width - card)).toBeLessThan(1);
      }
      expect(await overflow(page)).toEqual([0, 0]);
    }
    const ann = host.room!.players.find(({ nick }) => nick === 'Ann')!.id;
    const own = () => inkOf(phone, '[data-testid="board"] canvas');
    const seen = () => inkOf(desk, `[data-player="${ann}"] canvas`);
    await until(async () => difference(await own(), await seen())).toBeLessThan(0.1);
    // Not two empty ones.
    expect(Math.max(...(await own()))).toBeGreaterThan(0.3);
  }, 60_000);

  test('twelve players and a long word fit on every screen', async () => {
    const friends = Array.from({ length: 9 }, (_, i) => (i === 0 ? LONG_NICK : `Rival ${i}`));
    const { host, phone, desk } = await room({ seconds: 60 }, ...friends);
    await start(host, phone, desk);
    for (const [page, width, height] of [
      [phone, 390, 844],
      [phone, 320, 568],
      [phone, 844, 390],
      [desk, 1280, 800],
    ] as const) {
      await page.setViewportSize({ width, height });
      // No word of the game is as long in English; its letters are counted as the page counts them.
      await byId(page, 'prompt').evaluate((heading) => {
        heading.textContent = 'Feuerwehrhydrant und Schlagzeug';
        heading.parentElement!.style.setProperty('--letters', `${heading.textContent.length}`);
      });
      expect(await overflow(page), `${width}x${height}`).toEqual([0, 0]);
      const board = (await byId(page, 'board').boundingBox())!;
      expect(Math.abs(board.width - board.height)).toBeLessThan(1);
      expect(board.width).toBeGreaterThanOrEqual(Math.min(width, height) * 0.44);
      expect(await page.evaluate(() => [innerWidth, innerHeight])).toEqual([width, height]);
      // The first rivals can be seen.
      const card = (await byId(page, 'rival').boundingBox())!;
      expect(card.y + card.height).toBeLessThanOrEqual(height);
      expect(card.x + card.width).toBeLessThanOrEqual(width);
    }
  }, 60_000);

  test.each([1, 2, 3])(
    'up to three rivals (%i) are large at a desk',
    async (count) => {
      const host = await create(server.url, 'Hana', { rounds: 1, seconds: 60 });
      for (let i = 1; i < count; i++) await join(server.url, host.code!, `Rival ${i}`);
      const desk = await enter(browser, server, host.code!, 'Ben', { viewport: { width: 1440, height: 900 } });
      await start(host, desk);
      const cards = await desk.getByTestId('rival').evaluateAll((all) =>
        all.map((card) => {
          const { width, bottom } = card.getBoundingClientRect();
          return { width, isShown: bottom <= innerHeight };
        }),
      );
      expect(cards).toHaveLength(count);
      for (const { width, isShown } of cards) {
        expect(isShown).toBe(true);
        expect(width).toBeGreaterThan(count === 3 ? 190 : 280);
      }
      expect(await overflow(desk)).toEqual([0, 0]);
    },
    30_000,
  );

  test('made no errors', () => expect(browser.errors).toEqual([]));

  /** Draws one drawing after the other until one is recognized. */
  async function recognized(page: Page, draw: typeof drawWithMouse, prompt: string): Promise<void> {
    for (const { strokes } of drawingsOf(prompt, 12)) {
      await byId(page, 'clear').click();
      await draw(page, strokes);
      const stamp = byId(page, 'stamp').waitFor({ state: 'attached', timeout: 4000 });
      if (await stamp.then(() => true).catch(() => false)) return;
    }
    throw new Error(`no drawing of ${prompt} was recognized`);
  }

  /** The beginning of a real drawing, of which the network makes least. */
  async function puzzling(): Promise<Stroke[]> {
    const all = SAMPLE_WORDS.flatMap((word) => drawingsOf(word, 3)).map((ink) => prefix(ink, 0.3));
    const looks = await server.recognizer.recognize(all);
    const best = looks.map((look) => Math.max(...look));
    return all[best.indexOf(Math.min(...best))]!.strokes;
  }

  /** The stamp says what the server says. */
  async function told(page: Page, host: Player, at: number, place: string): Promise<void> {
    const { recognized } = await phase(host, 'drawing');
    const seconds = tenths.format(recognized[at]!.at / 1000);
    const text = (await byId(page, 'stamp').textContent())!.replace(/\s+/g, ' ').trim();
    expect(text).toBe(`${place} ${seconds} s · +${recognized[at]!.points}`);
    await until(() => byId(page, 'stamp').isVisible()).toBe(true);
  }
});

async function drawWithTouch(page: Page, strokes: Stroke[]): Promise<void> {
  const box = (await byId(page, 'board').boundingBox())!;
  const cdp = await page.context().newCDPSession(page);
  const at = (stroke: Stroke, i: number) => [
    {
      x: box.x + box.width * (0.1 + (0.8 * stroke[i]!) / BOARD),
      y: box.y + box.height * (0.1 + (0.8 * stroke[i + 1]!) / BOARD),
    },
  ];
  for (const stroke of strokes) {
    await cdp.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: at(stroke, 0) });
    for (let i = 2; i < stroke.length; i += 2)
      await cdp.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: at(stroke, i) });
    await cdp.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  }
}

/** What the clock and the line around the board show at this moment. */
const clock = (page: Page) =>
  page.evaluate(() => {
    const find = (id: string) => document.querySelector(`[data-testid="${id}"]`)!;
    const scale = (element: Element) => new DOMMatrix(getComputedStyle(element).transform);
    const probe = document.body.appendChild(document.createElement('i'));
    probe.style.color = 'var(--flag)';
    const flag = getComputedStyle(probe).color;
    probe.remove();
    const lines = [...find('track').querySelectorAll('i')];
    const figure = find('clock').querySelector('span')!;
    return {
      seconds: Number(figure.textContent),
      colour: getComputedStyle(figure).color,
      flag,
      /** Of what is left of it, and how much of the whole way that is. */
      line: getComputedStyle(lines.at(-1)!).backgroundColor,
      rest: lines.reduce((sum, line, i) => sum + (scale(line).a * scale(line).d * [1, 2, 2, 2, 1][i]!) / 8, 0),
      now: Date.now(),
      beat: Number(getComputedStyle(find('track').querySelector('b')!).opacity),
    };
  });

/** Remembers how large the last second's figure ever was. */
function watchLastSecond(): void {
  const seen = Object.assign(globalThis, { grown: 0 });
  requestAnimationFrame(function look() {
    const figure = document.querySelector('[data-testid="clock"] span');
    if (figure?.textContent === '1')
      seen.grown = Math.max(seen.grown, new DOMMatrix(getComputedStyle(figure).transform).a);
    requestAnimationFrame(look);
  });
}

const fuse = (page: Page) =>
  page.evaluate(() => {
    const line = document.querySelector('.fuse > *')!;
    return { rest: new DOMMatrix(getComputedStyle(line).transform).a, now: Date.now() };
  });

interface Bar {
  word: string;
  share: number;
}
const bars = (page: Page): Promise<Bar[]> =>
  page.getByTestId('guess-bar').evaluateAll((rows) =>
    rows
      .filter((row) => row instanceof HTMLElement && row.dataset.word)
      .map((row) => ({
        word: (row as HTMLElement).dataset.word!,
        share: Number((row as HTMLElement).dataset.share),
      })),
  );

const visibleBar = (page: Page, i: number) => page.getByTestId('guess-bar').nth(i).isVisible();

/** The words of the pie's slices, and their shares of the circle but for the gaps. */
const pie = (page: Page): Promise<Bar[]> =>
  byId(page, 'pie').evaluate((svg) =>
    [...svg.querySelectorAll('[data-word]')].map((slice) => ({
      word: slice.getAttribute('data-word')!,
      share: Number.parseFloat(slice.getAttribute('stroke-dasharray')!) / 100,
    })),
  );

/** Of each bar against the trough it moves in. */
const contrasts = (page: Page): Promise<number[]> =>
  page.locator('[data-testid="guess-bar"] .meter').evaluateAll((meters) => {
    const light = (colour: string) => {
      const [r, g, b] = colour
        .match(/[\d.]+/g)!
        .map((value) => Number(value) / 255)
        .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
      return 0.2126 * r! + 0.7152 * g! + 0.0722 * b! + 0.05;
    };
    return meters.map((meter) => {
      const { color, backgroundColor } = getComputedStyle(meter);
      const [one, other] = [light(color), light(backgroundColor)];
      return Math.max(one, other) / Math.min(one, other);
    });
  });

const rivals = (page: Page) => page.locator('[data-testid="rival"] .nick').allTextContents();

const overflow = (page: Page) =>
  page.evaluate(() => {
    const { scrollWidth, scrollHeight } = document.documentElement;
    return [Math.max(0, scrollWidth - innerWidth), Math.max(0, scrollHeight - innerHeight)];
  });

/** How much of the board's inside the stamp covers, once it is there. */
async function covered(page: Page): Promise<number> {
  await settled(page);
  return page.evaluate(() => {
    const box = (id: string) => document.querySelector(`[data-testid="${id}"]`)!.getBoundingClientRect();
    const [board, stamp] = [box('board'), box('stamp')];
    const thick = document.querySelector('.track .top')!.clientHeight;
    const wide = Math.min(board.right, stamp.right) - Math.max(board.left, stamp.left);
    const high = Math.min(board.bottom - thick, stamp.bottom) - Math.max(board.top, stamp.top);
    return (Math.max(0, wide) * Math.max(0, high)) / (board.width * board.height);
  });
}
