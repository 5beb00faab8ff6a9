/** What is to be seen on a page: what moves, what is cut off, where there is ink. */
import type { Page } from 'playwright-core';

/** What moves in has arrived, and what it brought with it, and the letters are those that stay. */
export const settled = (page: Page) =>
  page.evaluate(async () => {
    const moving = () =>
      document
        .getAnimations()
        .filter((each) => !(each.effect as KeyframeEffect).target?.classList.contains('clockwork'))
        // What stands in a pause does not move.
        .filter((each) => !['finished', 'paused'].includes(each.playState))
        // What takes longer is a clock, or never ends.
        .filter(({ effect, currentTime }) => Number(effect!.getComputedTiming().endTime) - Number(currentTime) < 5000);
    await document.fonts.ready;
    for (let still = 0; still < 3; still++) {
      await new Promise(requestAnimationFrame);
      if (moving().length === 0) continue;
      still = -1;
      await Promise.all(moving().map((each) => each.finished.catch(() => {})));
    }
  });

/** The parts that stick out of the window or out of something that hides what does. */
export const cut = (page: Page, selector: string): Promise<string[]> =>
  page.evaluate((selector) => {
    const all = [...document.querySelectorAll(selector)];
    if (all.length === 0) return ['nothing there'];
    const out = (inner: DOMRect, outer: { left: number; top: number; right: number; bottom: number }) =>
      inner.left < outer.left - 1 ||
      inner.top < outer.top - 1 ||
      inner.right > outer.right + 1 ||
      inner.bottom > outer.bottom + 1;
    return all.flatMap((each) => {
      const box = each.getBoundingClientRect();
      const name = `${each.className} ${each.textContent?.trim().slice(0, 20)}`;
      if (box.width === 0 || box.height === 0) return [`${name}: not shown`];
      if (out(box, { left: 0, top: 0, right: innerWidth, bottom: innerHeight })) return [`${name}: off the screen`];
      for (let around = each.parentElement; around; around = around.parentElement)
        if (getComputedStyle(around).overflow !== 'visible' && out(box, around.getBoundingClientRect()))
          return [`${name}: cut by ${around.className}`];
      return [];
    });
  }, selector);

/** Painted pixels of the first such canvas. */
export const inked = (page: Page, canvas: string): Promise<number> =>
  page
    .locator(canvas)
    .first()
    .evaluate((element) => {
      const { width, height } = element as HTMLCanvasElement;
      if (width === 0) return 0;
      const { data } = (element as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, width, height);
      let count = 0;
      for (let i = 3; i < data.length; i += 4) if (data[i]! > 0) count++;
      return count;
    });

/** How much ink lies at each place of a canvas, 0..1, whatever its size. */
export const inkOf = (page: Page, selector: string): Promise<number[]> =>
  page
    .locator(selector)
    .first()
    .evaluate((canvas) => {
      const small = Object.assign(document.createElement('canvas'), { width: 128, height: 128 });
      const context = small.getContext('2d')!;
      // Pixels of different sizes never meet exactly.
      context.filter = 'blur(3px)';
      context.imageSmoothingQuality = 'high';
      context.drawImage(canvas as HTMLCanvasElement, 0, 0, 128, 128);
      const { data } = context.getImageData(0, 0, 128, 128);
      return Array.from({ length: 128 * 128 }, (_, i) => data[4 * i + 3]! / 255);
    });

/** Of two such pictures, as a share of their ink. */
export function difference(one: number[], other: number[]): number {
  const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);
  return sum(one.map((value, i) => Math.abs(value - other[i]!))) / Math.max(1, sum(one));
}
