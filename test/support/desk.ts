/** A class with a desk in a real browser, and pupils without a page. */
import type { BrowserContextOptions, Page } from 'playwright-core';
import { byId, type TestBrowser } from './browser.ts';
import { pupil, seated, teacher, teacherView, type Visitor } from './lesson.ts';
import { phase, stroke } from './player.ts';

export interface Classroom {
  /** Another of the teacher's connections, without a page. */
  teacher: Visitor;
  pupils: Visitor[];
  desk: Page;
  code: string;
}

/** A class with `count` pupils, whose teacher's browser has the desk open. */
export async function openDesk(
  browser: TestBrowser,
  { url }: { url: string },
  count: number,
  options: BrowserContextOptions = {},
): Promise<Classroom> {
  const teaching = await teacher(url);
  // The server of the tests asks for few words.
  await teaching.lesson.conduct({ do: 'settings', settings: { difficulty: 'mixed' } });
  const pupils: Visitor[] = [];
  for (let i = 0; i < count; i++) pupils.push(await pupil(url, teaching));
  const { code } = teacherView(teaching);
  const token = teaching.player.client.memory.get('teacher')!;
  const desk = await browser.open(`${url}/class`, options);
  await desk.evaluate((token) => localStorage.setItem('derby.teacher', token), token);
  await desk.goto(`${url}/class/${code}`);
  await byId(desk, 'desk').waitFor();
  return { teacher: teaching, pupils, desk, code };
}

/** Deals the pupils into rooms, and starts a match. */
export async function begin({ desk, pupils }: Classroom): Promise<void> {
  await byId(desk, 'deal').click();
  await seated(pupils);
  await byId(desk, 'start').click();
  await Promise.all(pupils.map(({ player }) => phase(player, 'drawing')));
  await byId(desk, 'pause').waitFor();
}

export async function openProjector({ desk }: Classroom, viewport = { width: 1280, height: 720 }): Promise<Page> {
  const [wall] = await Promise.all([desk.waitForEvent('popup'), byId(desk, 'open-projector').click()]);
  await wall.setViewportSize(viewport);
  await byId(wall, 'wall').waitFor();
  return wall;
}

export function draw({ player }: Visitor, ...lines: number[][]): void {
  for (const line of lines) stroke(player, line);
  player.send();
}

const idOf = ({ player }: Visitor): string => player.client.room.inside()!.me!;
/** Selects the card of a pupil, on the desk and on the projector. */
export const cardOf = (who: Visitor): string => `article[data-pupil="${idOf(who)}"]`;
export const canvasOf = (who: Visitor): string => `${cardOf(who)} canvas`;
