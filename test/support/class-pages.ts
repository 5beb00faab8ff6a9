/** Pupils with a page, in a class whose teacher has none. */
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { byId, inPhase } from './browser.ts';
import { teacher, teacherView, type Visitor } from './lesson.ts';
import { until } from './player.ts';

export const LINE = [[300, 300, 1500, 1500]];

export async function opened(url: string): Promise<Visitor & { code: string }> {
  const host = await teacher(url);
  return { ...host, code: teacherView(host).code };
}

export async function tapPictures(page: Page, pictures: number[]): Promise<void> {
  for (const each of pictures) await page.getByTestId('picture').nth(each).click();
}

/** From the pictures to the canvas. Returns the pupil's name. */
export async function comeIn(page: Page, host: Visitor): Promise<string> {
  await tapPictures(page, teacherView(host).pattern.pictures);
  const name = (await byId(page, 'name').textContent())!.trim();
  await byId(page, 'name').click();
  await byId(page, 'class-waiting').waitFor();
  return name;
}

/** Waits until the teacher sees the pupil come or go. */
export const waitFor = (host: Visitor, name: string, here: boolean) =>
  until(() => teacherView(host).pupils.find((each) => each.name === name)?.here === here, `${name} here: ${here}`);

export async function conduct(host: Visitor, what: Parameters<Visitor['lesson']['conduct']>[0]): Promise<void> {
  expect(await host.lesson.conduct(what)).toEqual({ ok: true });
}

/** All of the class draw. */
export async function race(host: Visitor, ...pages: Page[]): Promise<void> {
  await conduct(host, { do: 'settings', settings: { seconds: 60, rounds: 2 } });
  await conduct(host, { do: 'deal' });
  await Promise.all(pages.map((page) => inPhase(page, 'lobby')));
  await conduct(host, { do: 'start' });
  await Promise.all(pages.map((page) => inPhase(page, 'drawing')));
}

/** Nothing is wider than the screen. */
export const fits = async (page: Page) =>
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
