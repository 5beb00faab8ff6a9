/** The cards of a replay in a browser: a GIF and an SVG that it can show, in the page's language, and what happens if it cannot make one. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import express from 'express';
import type { Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startRecognizer } from '../../server/inference/thread.ts';
import type { Record } from '../../shared/record.ts';
import { byId, hasBrowser, PHONE, picture, useBrowser } from '../support/browser.ts';
import { rawDrawing } from '../support/quickdraw.ts';
import { secondsIn } from '../support/records.ts';
import { recordOf } from '../../models/recording.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

describe.skipIf(!hasBrowser)('the cards of a replay', () => {
  const browser = useBrowser();
  const folder = mkdtempSync(join(tmpdir(), 'cards-'));
  let record: Record;
  let url: string;
  let stop: () => void;

  beforeAll(async () => {
    const recognizer = await startRecognizer();
    record = { ...(await recordOf(recognizer, rawDrawing('crocodile'))), nick: '<Ann> & co' };
    await recognizer.close();
    await build({
      configFile: here('../../vite.config.ts'),
      logLevel: 'error',
      build: {
        outDir: folder,
        minify: false,
        rolldownOptions: { input: here('../support/cards-page.ts'), output: { entryFileNames: 'page.js' } },
      },
    });
    const styles = readdirSync(`${folder}/assets`).filter((file) => file.endsWith('.css'));
    const links = styles.map((file) => `<link rel="stylesheet" href="/assets/${file}">`).join('');
    const web = express()
      .get('/', (_, response) => {
        // As the server sends its pages.
        response.setHeader(
          'Content-Security-Policy',
          "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; font-src 'self' data:",
        );
        response.send(
          `<!doctype html><base href="/"><link rel="icon" href="data:,">${links}<script type="module" src="/page.js"></script>`,
        );
      })
      .use(express.static(folder));
    const server = web.listen(0);
    url = `http://localhost:${(server.address() as AddressInfo).port}/`;
    stop = () => server.close();
  }, 120_000);
  afterAll(() => {
    stop?.();
    rmSync(folder, { recursive: true, force: true });
  });

  async function open(locale: string, init?: string): Promise<Page> {
    const page = await browser.open('about:blank', { locale, viewport: PHONE });
    if (init) await page.addInitScript(init);
    await page.goto(url);
    await page.waitForFunction(() => 'show' in window);
    await page.evaluate((record) => (window as unknown as { show(record: unknown): void }).show(record), record);
    return page;
  }

  async function downloaded(page: Page, kind: 'gif' | 'svg'): Promise<{ name: string; file: Buffer }> {
    const [download] = await Promise.all([page.waitForEvent('download'), byId(page, `card-${kind}`).click()]);
    return { name: download.suggestedFilename(), file: readFileSync(await download.path()) };
  }

  /** What the browser makes of a GIF: its size, the time of each frame, and the last frame's pixels. */
  const decoded = (page: Page, gif: Buffer) =>
    page.evaluate(async (data) => {
      const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
      const decoder = new ImageDecoder({ data: bytes, type: 'image/gif' });
      await Promise.all([decoder.tracks.ready, decoder.completed]);
      const { frameCount, repetitionCount } = decoder.tracks.selectedTrack!;
      const durations: number[] = [];
      const inks: number[] = [];
      let size = [0, 0];
      for (let frameIndex = 0; frameIndex < frameCount; frameIndex++) {
        const { image } = await decoder.decode({ frameIndex });
        durations.push(image.duration! / 1000);
        size = [image.displayWidth, image.displayHeight];
        const canvas = new OffscreenCanvas(size[0]!, size[1]!);
        const context = canvas.getContext('2d')!;
        context.drawImage(image, 0, 0);
        image.close();
        // The sheet alone.
        const { data } = context.getImageData(20, 62, 440, 428);
        inks.push(data.filter((value, i) => i % 4 === 0 && value < 100).length);
      }
      return { size, durations, inks, repetitionCount };
    }, gif.toString('base64'));

  test.each([
    ['en-GB', 'crocodile'],
    ['ar-EG', 'تمساح'],
  ])('%s: a GIF, by a worker, that the browser plays', async (locale, name) => {
    const page = await open(locale);
    const worker = page.waitForEvent('worker');
    const { name: file, file: gif } = await downloaded(page, 'gif');
    expect((await worker).url()).toMatch(/gif-worker/);
    expect(file).toBe(`${name}.gif`);
    expect(gif.length).toBeLessThan(150_000);
    const { size, durations, inks, repetitionCount } = await decoded(page, gif);
    expect(size).toEqual([480, 600]);
    expect(repetitionCount).toBe(Infinity);
    expect(durations.at(-1)).toBe(2_000);
    expect(durations.slice(0, -1).every((ms) => ms % 100 === 0 && ms > 0)).toBe(true);
    // The drawing grows: nothing of it was erased.
    expect(inks[0]).toBe(0);
    expect(inks.at(-1)).toBeGreaterThan(2_000);
    expect(inks.every((ink, i) => i === 0 || ink >= inks[i - 1]!)).toBe(true);
    expect(await byId(page, 'card-state').textContent()).toBe('');
    await picture(page, `cards-${locale}`);
    expect(browser.errors).toEqual([]);
  });

  test('a GIF all the same where no worker starts', async () => {
    const page = await open('en-GB', 'delete window.Worker');
    const { file } = await downloaded(page, 'gif');
    const other = await open('en-GB');
    expect(file.equals((await downloaded(other, 'gif')).file)).toBe(true);
  });

  test('an SVG that plays as an image, is text that parses, and stands still for who wants no motion', async () => {
    const page = await open('de-DE');
    const { name, file } = await downloaded(page, 'svg');
    expect(name).toBe('Krokodil.svg');
    const svg = file.toString();
    const { errors, texts, size } = await page.evaluate(async (svg) => {
      const parsed = new DOMParser().parseFromString(svg, 'image/svg+xml');
      const image = new Image();
      image.src = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
      await image.decode();
      return {
        errors: parsed.querySelectorAll('parsererror, script, foreignObject').length,
        texts: [...parsed.querySelectorAll('text')].map((text) => text.textContent),
        size: [image.naturalWidth, image.naturalHeight],
      };
    }, svg);
    expect(errors).toBe(0);
    expect(size).toEqual([480, 600]);
    expect(texts).toContain('<Ann> & co');
    expect(texts).toContain('Krokodil');
    const found = new RegExp(`^Nach ${secondsIn('de', record.verdict!.at)}\\s(s )?hatte`);
    expect(texts.some((text) => found.test(text!))).toBe(true);
    // As a page of its own. Without motion, all that stayed of the drawing is there.
    const moving = async (reducedMotion: 'reduce' | 'no-preference') => {
      const own = await browser.open('about:blank', { reducedMotion });
      await own.goto(`data:image/svg+xml;base64,${file.toString('base64')}`);
      return own.evaluate(() => ({
        animations: document.getAnimations().length,
        strokes: [...document.querySelectorAll('path')].map((path) => getComputedStyle(path).opacity),
      }));
    };
    expect(await moving('reduce')).toEqual({ animations: 0, strokes: ['1'] });
    expect((await moving('no-preference')).animations).toBeGreaterThan(5);
  });

  test('says so if it fails, and can be asked again', async () => {
    const page = await open(
      'en-GB',
      'Document.prototype.createElement = new Proxy(Document.prototype.createElement, { apply: (make, self, [name]) => { if (name === "canvas" && !window.works) throw new Error("no memory"); return make.call(self, name); } });',
    );
    await byId(page, 'card-gif').click();
    await expect.poll(() => byId(page, 'card-state').textContent()).toBe('Couldn’t make the picture. Try again?');
    await page.evaluate(() => Object.assign(window, { works: true }));
    expect((await downloaded(page, 'gif')).name).toBe('crocodile.gif');
  });
});
