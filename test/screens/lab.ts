/** The lab, step by step, with a network that is trained on the page itself. */
import type { Page } from 'playwright-core';
import { pathOf, type Step, STEPS } from '../../client/lab/steps.ts';
import { FIRST_RECIPE, RACE_DATA } from '../../shared/lab/recipe.ts';
import { unpackDrawing } from '../../shared/lab/sample.ts';
import { sampleOf } from '../support/lab.ts';
import { cut, draw, third } from './sketches.ts';
import { all, byId, type Pages, settle, shoot, url } from './stage.ts';

/** Where the other looks of the page matter. */
const SHOWN: Record<string, readonly Step[]> = {
  light: STEPS,
  dark: ['train', 'inside'],
  arabic: ['data', 'train', 'inside'],
};
const RECIPE = { ...FIRST_RECIPE, ...RACE_DATA, pranked: 0.1 };

async function train(page: Page): Promise<void> {
  await byId(page, 'train').click();
  await page.waitForSelector('[data-testid="train-state"][data-state="resting"]', { timeout: 120_000 });
}

export async function lab(pages: Pages, kind: string): Promise<void> {
  await all(pages, async (page) => {
    await page.goto(`${url}/lab`);
    await page.evaluate((recipe) => sessionStorage.setItem('derby.lab.recipe', recipe), JSON.stringify(RECIPE));
  });
  for (const step of STEPS) {
    await all(pages, async (page) => {
      await page.goto(`${url}/${pathOf(step)}`);
      await page.waitForSelector(`[data-testid="lab"][data-step="${step}"]`);
      if (step === 'train') await train(page);
      if (step !== 'inside' && step !== 'race') return;
      await byId(page, 'board').scrollIntoViewIfNeeded();
      const ink = unpackDrawing(sampleOf('cat').validation[2]!);
      await draw(page, step === 'race' ? cut(ink, 0, third(ink)) : ink);
    });
    await settle(pages[0]![1]);
    if (SHOWN[kind]!.includes(step)) await shoot(pages, `lab-${step}`, kind);
  }
}
