/** What the page says, sounds and buzzes. The one thing put in the browser's place is a voice, for it has none here. */
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { byId, drawWithMouse, hasBrowser, inPhase, PHONE, useBrowser } from '../support/browser.ts';
import { drawn } from '../support/drawings.ts';
import { party, recognize } from '../support/party.ts';
import { eraseAll, join, phase, stroke, until } from '../support/player.ts';
import { drawingsOf } from '../support/quickdraw.ts';
import { QUICK, useServer } from '../support/server.ts';

interface Heard {
  spoken: { text: string; lang: string; loud: number; at: number }[];
  contexts: AudioContext[];
  tones: { hertz: number; at: number }[];
  buzzes: VibratePattern[];
  read: { text: string; at: number }[];
  phases: { name: string; at: number }[];
}
declare const heard: Heard;

/** Listens in the page: to the voice instead of it, and to the rest beside it. */
function listen(): void {
  const heard: Heard = { spoken: [], contexts: [], tones: [], buzzes: [], read: [], phases: [] };
  Object.assign(globalThis, { heard });
  speechSynthesis.getVoices = () => [{ lang: 'de-DE' }, { lang: 'en_GB' }] as SpeechSynthesisVoice[];
  speechSynthesis.speak = ({ text, lang, volume }) =>
    void heard.spoken.push({ text, lang, loud: volume, at: performance.now() });
  const Context = AudioContext;
  globalThis.AudioContext = class extends Context {
    constructor() {
      super();
      heard.contexts.push(this);
    }
  };
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (when) {
    heard.tones.push({ hertz: this.frequency.value, at: performance.now() });
    start.call(this, when);
  };
  navigator.vibrate = (pattern) => heard.buzzes.push(pattern as VibratePattern) > 0;
  new MutationObserver((changes) => {
    const name = document.querySelector('[data-phase]')?.getAttribute('data-phase');
    if (name && name !== heard.phases.at(-1)?.name) heard.phases.push({ name, at: performance.now() });
    for (const { target, addedNodes } of changes)
      if ((target as Element).getAttribute?.('data-testid') === 'live')
        for (const node of addedNodes)
          if (node.textContent) heard.read.push({ text: node.textContent, at: performance.now() });
  }).observe(document, { childList: true, subtree: true, attributes: true });
}

describe.skipIf(!hasBrowser)('ears', () => {
  const server = useServer({ pace: { ...QUICK, countdown: 2500, reveal: 1500, hold: 20_000 } });
  const browser = useBrowser();
  const hear = <K extends keyof Heard>(page: Page, what: K): Promise<Heard[K]> =>
    page.evaluate((what) => heard[what], what) as Promise<Heard[K]>;
  const aloud = async (page: Page) => (await hear(page, 'spoken')).filter((each) => each.loud > 0);
  const gaps = (all: { at: number }[]) => all.slice(1).map((each, i) => each.at - all[i]!.at);

  /** Different things, one after the other: there is always another guess. */
  async function scrawl(page: Page, until: () => Promise<boolean>): Promise<void> {
    const shapes = [drawn.house, drawn.envelope, drawn['smiley face'], drawn.ladder, drawn.circle, drawn.square];
    for (let i = 0; i < 3 * shapes.length; i++) {
      await drawWithMouse(page, shapes[i % shapes.length]!.strokes);
      const end = Date.now() + 1500;
      while (Date.now() < end) if (await until()) return;
      await byId(page, 'clear').click();
    }
    throw new Error('drew in vain');
  }

  test('the voice speaks each remark once, in the chosen language, at a followable pace, until it is muted', async () => {
    const { page, start } = await party(server, browser, {
      locale: 'de-DE',
      before: listen,
      settings: { seconds: 120, difficulty: 'hard' },
    });
    // The first click let it speak, on systems that wait for one.
    expect((await hear(page, 'spoken')).filter((each) => each.loud === 0).length).toBe(1);
    await start();
    await inPhase(page, 'drawing');
    await scrawl(page, async () => (await aloud(page)).length >= 3);
    const said = await aloud(page);
    expect(said.length).toBeGreaterThanOrEqual(3);
    expect(new Set(said.map((each) => each.lang))).toEqual(new Set(['de-DE']));
    expect(new Set(said.map((each) => each.text)).size).toBe(said.length);
    expect(said.some((each) => each.text.startsWith('Ich sehe'))).toBe(true);
    expect(Math.min(...gaps(said))).toBeGreaterThan(1300);
    // What was heard is not read out as well.
    const read = (await hear(page, 'read')).map((each) => each.text);
    expect(read.filter((text) => said.some((each) => each.text === text))).toEqual([]);

    await byId(page, 'toggle-voice').click();
    const count = (await aloud(page)).length;
    await byId(page, 'clear').click();
    await scrawl(page, async () => /^Ich sehe/.test((await byId(page, 'subtitle').textContent())!));
    expect((await aloud(page)).length).toBe(count);
  }, 60_000);

  test('no voice of another language reads Arabic; subtitle and screen reader do, unhurried', async () => {
    const { page, start } = await party(server, browser, {
      locale: 'ar-EG',
      before: listen,
      settings: { seconds: 120, difficulty: 'hard' },
    });
    await start();
    await inPhase(page, 'drawing');
    const guesses = async () => (await hear(page, 'read')).filter((each) => each.text.includes('…'));
    await scrawl(page, async () => (await guesses()).length >= 2);
    const read = await guesses();
    expect(read.length).toBeGreaterThanOrEqual(2);
    expect(Math.min(...gaps(read))).toBeGreaterThan(3900);
    expect(await aloud(page)).toEqual([]);
  }, 60_000);

  test('a touch on the home page unlocks sound; the start, the last seconds and the end each have their own', async () => {
    const page = await browser.open('about:blank', { viewport: PHONE, hasTouch: true, isMobile: true });
    await page.addInitScript(listen);
    await page.goto(server.url);
    await byId(page, 'play-alone').waitFor();
    expect((await hear(page, 'contexts')).length).toBe(0);
    await byId(page, 'play-alone').tap();
    await inPhase(page, 'countdown');
    await expect.poll(() => page.evaluate(() => heard.contexts.map((each) => each.state))).toEqual(['running']);
    const hertz = async () => (await hear(page, 'tones')).map((tone) => Math.round(tone.hertz));
    await expect.poll(hertz).toContain(440);
    await inPhase(page, 'drawing');
    await expect.poll(hertz).toContain(880);
    await inPhase(page, 'reveal');
    const tones = await hear(page, 'tones');
    const first = (pitch: number) => tones.find((tone) => Math.round(tone.hertz) === pitch)!.at;
    const began = (await hear(page, 'phases')).find(({ name }) => name === 'drawing')!.at;
    const [ready, go] = [440, 880].map((pitch) => first(pitch)) as [number, number];
    expect(ready).toBeLessThan(began);
    expect(go).toBeGreaterThan(began - 50);
    const all = await hertz();
    // Four beats, and the roll of the last second, that begins as they sound and rises.
    expect(all.filter((each) => each === 1240).length).toBe(5);
    expect(all.filter((each) => each > 1240).length).toBeGreaterThan(4);
    expect(await hear(page, 'buzzes')).toEqual([[15], [15], [90, 60, 90]]);
  }, 60_000);

  test('announces every recognition once, even two at a time, and none from before joining', async () => {
    const { page, host, start } = await party(server, browser, {
      before: listen,
      settings: { seconds: 120, difficulty: 'easy' },
    });
    const kim = await join(server.url, host.code!, 'Kim');
    await start();
    await inPhase(page, 'drawing');
    const { prompt } = host.room!.phase as { prompt: string };
    const rivals = [host, kim];
    const known = () => (host.room!.phase as { recognized?: object[] }).recognized?.length ?? 2;
    for (const ink of drawingsOf(prompt, 8)) {
      for (const rival of rivals) for (const each of ink.strokes) stroke(rival, each);
      await expect
        .poll(known, { timeout: 1500 })
        .toBe(2)
        .catch(() => {});
      if (known() === 2) break;
      for (const rival of rivals) eraseAll(rival);
    }
    const told = async (nick: string) => (await hear(page, 'read')).filter((each) => each.text.includes(nick)).length;
    await expect.poll(() => told('Hana')).toBe(1);
    await expect.poll(() => told('Kim')).toBe(1);
    await page.reload();
    await inPhase(page, 'drawing');
    await expect.poll(async () => (await hear(page, 'read')).length).toBeGreaterThan(0);
    expect([await told('Hana'), await told('Kim')]).toEqual([0, 0]);
  }, 60_000);

  test('after sleeping through the end of a round, the next round sounds as usual, and the end of the match once', async () => {
    const { page, host, start } = await party(server, browser, {
      before: listen,
      settings: { rounds: 2, seconds: 30 },
    });
    const kim = await join(server.url, host.code!, 'Kim');
    await start();
    await inPhase(page, 'drawing');
    const ann = host.room!.players.find(({ nick }) => nick === 'Ann')!.id;
    const lines = async (start: string) =>
      (await hear(page, 'read')).map(({ text }) => text).filter((text) => text.startsWith(start));
    const fanfares = async () => (await hear(page, 'tones')).filter(({ hertz }) => hertz === 1047).length;
    await recognize(server, host, [[ann, 1000]]);
    await expect.poll(() => lines('I recognized yours')).toHaveLength(1);
    expect(await lines('I recognized yours')).toEqual([
      expect.stringMatching(/^I recognized yours after 1\.0\u00a0s: 1st, \d+ points\.$/),
    ]);
    await expect.poll(fanfares).toBe(1);

    const errors = browser.errors.length;
    await page.context().setOffline(true);
    const others = [host, kim].map(({ socket }) => socket.id);
    for (const { id, conn } of server.app.io.sockets.sockets.values()) if (!others.includes(id)) conn.close();
    await recognize(server, host, [
      [host.id!, 2000],
      [kim.id!, 3000],
    ]);
    await until(() => host.room!.phase.name === 'drawing' && host.room!.phase.number === 2, 'the next round');
    await page.context().setOffline(false);
    const { prompt } = host.room!.phase as { prompt: string };
    await expect.poll(() => lines(`Draw: ${prompt}`)).toHaveLength(1);
    browser.errors.splice(errors);
    await recognize(server, host, [[ann, 4000]]);
    await expect.poll(() => lines('I recognized yours after 4.0\u00a0s: 1st')).toHaveLength(1);
    await expect.poll(fanfares).toBe(2);

    await recognize(server, host, [
      [host.id!, 5000],
      [kim.id!, 6000],
    ]);
    await inPhase(page, 'podium');
    await expect.poll(() => lines('Ann wins')).toHaveLength(1);
    await expect.poll(fanfares).toBe(3);
    await host.ask('settings', { rounds: 3 });
    await expect.poll(() => host.room!.settings.rounds).toBe(3);
    // Whatever the podium still had to say comes before the word of the next match.
    const { at } = (await hear(page, 'read')).at(-1)!;
    await host.ask('start', {});
    const next = await phase(host, 'drawing');
    const isRead = ({ text, at: when }: { text: string; at: number }) => when > at && text.includes(next.prompt);
    await expect.poll(async () => (await hear(page, 'read')).some(isRead)).toBe(true);
    expect([(await lines('Ann wins')).length, await fanfares()]).toEqual([1, 3]);
  }, 60_000);

  test('made no errors', () => expect(browser.errors).toEqual([]));
});
