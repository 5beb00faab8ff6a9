/** Networks that learners in one room or class share: one trains and lends, the other races it, and all goes with the room. */
import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { PACE } from '../../server/game/game.ts';
import { MODEL_FILE, WEIGHTS_FILE } from '../../client/lab/engine/file-names.ts';
import { checksumOf } from '../../shared/lab/network.ts';
import { FIRST_RECIPE, PRESETS, RACE_DATA, type Recipe } from '../../shared/lab/recipe.ts';
import { unpackDrawing } from '../../shared/lab/sample.ts';
import { packShared, SHARED_LIMIT } from '../../shared/lab/shared-network.ts';
import { violations } from '../support/axe.ts';
import { byId, drawWithMouse, hasBrowser, useBrowser } from '../support/browser.ts';
import { sampleOf } from '../support/lab.ts';
import { pupil, pupilView, teacher, teacherView } from '../support/lesson.ts';
import { closeAll } from '../support/player.ts';
import { useServer } from '../support/server.ts';
import { someNetwork } from '../support/shared-network.ts';
import { founded, joined, MOUSE } from '../support/visitors.ts';

const WORDS: Recipe['words'] = ['cat', 'house', 'bicycle'];
const QUICK: Recipe = { ...FIRST_RECIPE, ...RACE_DATA, words: WORDS, drawings: 20, layers: PRESETS.small };
const NARROW: BrowserContextOptions = { viewport: { width: 360, height: 740 } };

describe.skipIf(!hasBrowser)('networks that are shared', () => {
  // Whoever is at the lab has left the page of the room, which must not close meanwhile.
  const server = useServer({ pace: PACE });
  const browser = useBrowser();
  afterEach(closeAll);
  let notes: string;
  beforeAll(() => {
    const { recipe, weights } = someNetwork(QUICK);
    notes = JSON.stringify({ recipe, weights: Buffer.from(weights.buffer).toString('base64') });
  });

  /** To the race, with a network that knows nothing, unless the tab has one. */
  async function toRace(page: Page): Promise<void> {
    await page.goto(`${server.url}/lab`);
    await page.evaluate((notes) => {
      if (!sessionStorage.getItem('derby.lab.network')) sessionStorage.setItem('derby.lab.network', notes);
    }, notes);
    await page.goto(`${server.url}/lab/race`);
    await byId(page, 'rounds').waitFor();
  }
  async function inRoom(options: BrowserContextOptions = MOUSE): Promise<{ one: Page; two: Page; code: string }> {
    const { page: one, code } = await founded(browser, server, MOUSE);
    const two = await joined(browser, server, code, 'Tom', MOUSE);
    await two.setViewportSize(options.viewport!);
    return { one, two, code };
  }
  /** A browser that was in the class before. */
  async function inClass(role: 'pupil' | 'teacher', kept: string, options = NARROW): Promise<Page> {
    const page = await browser.open(`${server.url}/lab`, options);
    await page.evaluate(([role, kept]) => localStorage.setItem(`derby.${role}`, kept!), [role, kept]);
    await toRace(page);
    await byId(page, 'share').waitFor();
    return page;
  }
  const shared = (page: Page) => page.getByTestId('shared-network');
  const status = async (page: Page) => (await byId(page, 'share-status').textContent())!.trim();
  const fits = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  const focused = (page: Page) => page.evaluate(() => (document.activeElement as HTMLInputElement).value);

  test('one trains and shares; the other races it, also after a reload, until the room is closed', async () => {
    const { one, two, code } = await inRoom(NARROW);
    await one.goto(`${server.url}/lab`);
    await one.evaluate((recipe) => sessionStorage.setItem('derby.lab.recipe', recipe), JSON.stringify(QUICK));
    await one.goto(`${server.url}/lab/train`);
    await byId(one, 'train').click();
    await one.waitForSelector('[data-testid="train-state"][data-state="resting"]', { timeout: 60_000 });
    await byId(one, 'lab-race').click();
    await byId(one, 'share').waitFor();
    expect(await byId(one, 'share').getAttribute('data-code')).toBe(code);
    await byId(one, 'share-none').waitFor();
    await toRace(two);
    await byId(two, 'share').waitFor();

    // By keyboard alone.
    await byId(one, 'share-mine').focus();
    await one.keyboard.press('Enter');
    await expect.poll(() => status(one)).toBe('Your network is shared.');
    // The other page finds it without being asked.
    await expect.poll(() => shared(two).count(), { timeout: 10_000 }).toBe(1);
    const line = await shared(two).textContent();
    expect(line).toMatch(/Hana.*\d+ ?% right.*cat · house · bicycle/s);
    expect([await fits(two), await violations(two)]).toEqual([0, []]);
    await byId(two, 'share-test').focus();
    await two.keyboard.press('Enter');
    await byId(two, 'standing-guest').waitFor();
    expect(await focused(two)).toBe('guest');
    expect(await shared(two).textContent()).toContain('Racing against yours now');
    await drawWithMouse(two, unpackDrawing(sampleOf('house').training[0]!));
    const best = () => byId(two, 'standing-guest').locator('.share').first().textContent();
    await expect.poll(best, { timeout: 15_000 }).toMatch(/%/);
    expect([await fits(two), await violations(two)]).toEqual([0, []]);

    // A reload: it is still there, and so is what this page shares.
    for (const page of [one, two]) await page.reload();
    await expect.poll(() => shared(two).count()).toBe(1);
    await expect.poll(() => status(one)).toBe('Your network is shared.');
    await byId(one, 'share-take-back').click();
    await expect.poll(() => status(one)).toBe('');
    expect(await one.evaluate(() => (document.activeElement as HTMLElement).dataset.testid)).toBe('share-mine');
    await byId(two, 'share-refresh').click();
    await byId(two, 'share-none').waitFor();

    await byId(one, 'share-mine').click();
    await expect.poll(() => shared(two).count(), { timeout: 10_000 }).toBe(1);
    await server.store.update(code, (game) => ({ ...game, version: game.version + 1, phase: { name: 'closed' } }));
    expect(await server.backend.networks.list(code)).toEqual(new Map());
    await byId(two, 'share-over').waitFor();
    expect(await shared(two).count()).toBe(0);
    expect(await violations(two)).toEqual([]);
    // To those who come now, nothing is said of it.
    await one.reload();
    await byId(one, 'rounds').waitFor();
    await one.waitForTimeout(500);
    expect(await one.getByTestId('share').count()).toBe(0);
    expect(browser.errors.splice(0).filter((error) => !error.includes('404'))).toEqual([]);
  }, 120_000);

  test('in a class, the teacher shares with all; after its end nothing is left', async () => {
    const host = await teacher(server.url);
    const one = await pupil(server.url, host);
    const page = await inClass('pupil', one.player.client.memory.get('pupil')!);
    const desk = await inClass('teacher', host.player.client.memory.get('teacher')!);
    expect(await byId(page, 'share').getAttribute('data-in')).toBe('class');
    await byId(desk, 'share-mine').click();
    await expect.poll(() => shared(page).count(), { timeout: 10_000 }).toBe(1);
    expect(await shared(page).textContent()).toContain('Your teacher');
    await byId(page, 'share-mine').click();
    await expect.poll(() => shared(desk).count(), { timeout: 10_000 }).toBe(1);
    expect(await shared(desk).textContent()).toContain(pupilView(one).name);
    const { code } = teacherView(host);
    await host.lesson.conduct({ do: 'end' });
    for (const each of [page, desk]) await byId(each, 'share-over').waitFor();
    expect(await server.backend.networks.list(code)).toEqual(new Map());
    expect(browser.errors.splice(0).filter((error) => !error.includes('404'))).toEqual([]);
  }, 60_000);

  test('hostile networks are refused, or do not run, and the page goes on', async () => {
    const { one, two, code } = await inRoom();
    await one.close();
    const { seats } = (await server.store.read(code))!;
    const [hana] = seats;
    const about = JSON.stringify({ words: WORDS, own: false, accuracy: 1, bytes: 1000 });
    const put = (bytes: Uint8Array) => server.backend.networks.save(code, hana!.id, { about, bytes });
    const huge = someNetwork(QUICK);
    huge.weights.fill(65_000);
    // What got past the server, the page refuses as well.
    await put(new Uint8Array(SHARED_LIMIT));
    await toRace(two);
    await byId(two, 'share-test').click();
    await expect.poll(() => status(two)).toContain('broken');
    expect(await violations(two)).toEqual([]);
    const infinite = packShared(huge);
    infinite.fill(0x7c, -4);
    await put(infinite);
    await byId(two, 'share-test').click();
    await expect.poll(() => status(two)).toContain('broken');
    expect(await two.getByTestId('standing-guest').count()).toBe(0);
    // As large as weights get: it runs, and is as wrong as it likes.
    await put(packShared(huge));
    await byId(two, 'share-test').click();
    const state = () => byId(two, 'standing-guest').getAttribute('data-state');
    await expect.poll(state).toBe('looking');
    // A file may have larger ones, whose sums are no numbers.
    huge.weights.fill(3e38);
    const metadata = { recipe: QUICK, checksum: checksumOf(huge.weights.buffer as ArrayBuffer) };
    await byId(two, 'open-guest').setInputFiles([
      {
        name: MODEL_FILE,
        mimeType: 'application/json',
        buffer: Buffer.from(JSON.stringify({ userDefinedMetadata: metadata })),
      },
      { name: WEIGHTS_FILE, mimeType: 'application/octet-stream', buffer: Buffer.from(huge.weights.buffer) },
    ]);
    await expect.poll(state).toBe('failed');
    await drawWithMouse(two, unpackDrawing(sampleOf('house').training[0]!));
    await expect.poll(() => byId(two, 'standing-mine').locator('.share').first().textContent()).toMatch(/%/);
    await two.getByRole('radio').first().check();
    await byId(two, 'standing-game').waitFor();
    expect(browser.errors).toEqual([]);
  }, 60_000);

  test('one that is too large says so, and without a room there is nothing', async () => {
    const stranger = await browser.open(`${server.url}/lab`, NARROW);
    await toRace(stranger);
    expect(await stranger.getByTestId('share').count()).toBe(0);
    const host = await teacher(server.url);
    const large: Recipe = {
      ...QUICK,
      layers: { convolutions: [{ filters: 8, size: 3, pool: true }], dense: 128, dropout: 0 },
    };
    const { recipe, weights } = someNetwork(large);
    notes = JSON.stringify({ recipe, weights: Buffer.from(weights.buffer).toString('base64') });
    const desk = await inClass('teacher', host.player.client.memory.get('teacher')!);
    await byId(desk, 'share-too-large').waitFor();
    expect(await desk.getByTestId('share-mine').count()).toBe(0);
    expect([await fits(desk), await violations(desk)]).toEqual([0, []]);
    expect(browser.errors).toEqual([]);
  }, 60_000);
});
