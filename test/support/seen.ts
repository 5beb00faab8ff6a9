/** What is to be seen on a page: what moves, what is cut off, where there is ink. */
import type { Page } from 'playwright-core';

/** What moves in has arrived, and what it brought with it, and the letters are those that stay. */
export const settled = (page: Page) =>
  page.evaluate(async () => {
    const moving = () =>
      document
        .getAnimations()
        .filter((each) => !(each.effect as KeyframeEffect).target?.classList.contains('clockwork'))
        .filter((each) => each.playState !== 'finished')
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

/** What was to be painted is. */
export const painted = (page: Page) =>
  page.evaluate(async () => {
    for (let i = 0; i < 3; i++) await new Promise(requestAnimationFrame);
  });

/** A timer as quick as the show's own has come round many times, and what was asked for is painted. */
export const ticked = async (page: Page) => {
  await page.evaluate(
    () =>
      new Promise<void>((done) => {
        let ticks = 0;
        const timer = setInterval(() => {
          if (++ticks < 12) return;
          clearInterval(timer);
          done();
        }, 33);
      }),
  );
  await painted(page);
};

/** What the show's boards show now. */
export const shown = (page: Page): Promise<string> =>
  page
    .getByTestId('demo')
    .evaluate((demo) => [...demo.querySelectorAll('canvas')].map((canvas) => canvas.toDataURL()).join());

/** A QR code's dark squares, `side` of them each way, as a camera sees them. */
export async function squares(svg: Element, side: number): Promise<boolean[][]> {
  const STEP = 4;
  const image = new Image(side * STEP, side * STEP);
  const copy = svg.cloneNode(true) as Element;
  copy.setAttribute('width', `${side * STEP}`);
  copy.setAttribute('height', `${side * STEP}`);
  image.src = `data:image/svg+xml,${encodeURIComponent(new XMLSerializer().serializeToString(copy))}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = side * STEP;
  const context = canvas.getContext('2d')!;
  context.drawImage(image, 0, 0);
  const dark = (x: number, y: number) => context.getImageData((x + 0.5) * STEP, (y + 0.5) * STEP, 1, 1).data[0]! < 128;
  return Array.from({ length: side }, (_, y) => Array.from({ length: side }, (_, x) => dark(x, y)));
}
