/** A class: how a pupil comes in and waits, the race and its pause, the teacher's desk, the projector, and the check before it. */
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { promptOf } from '../../server/game/match.ts';
import { pupil, seated, teacher, teacherView } from '../support/lesson.ts';
import { phase, stroke } from '../support/player.ts';
import { cut, draw, drawing, third } from './sketches.ts';
import { all, byId, inPhase, open, type Pages, settle, shoot, store, url } from './stage.ts';

/** Of the class, besides the three whose screens are seen. */
const OTHERS = 9;

/** The names that the desk of this language gives. */
function namesOf(kind: string) {
  const language = kind === 'arabic' ? 'ar' : 'en';
  const { names } = JSON.parse(readFileSync(`client/messages/class/${language}.json`, 'utf8')) as {
    names: Record<'qualities' | 'animals' | 'both', string>;
  };
  const both = names.both.replace('{{quality}}', '{quality}').replace('{{animal}}', '{animal}');
  return { qualities: names.qualities.split('|'), animals: names.animals.split('|'), both };
}

async function comeIn(page: Page, pictures: number[]): Promise<void> {
  for (const each of pictures) await page.getByTestId('picture').nth(each).click();
  await byId(page, 'name').click();
  await byId(page, 'class-waiting').waitFor();
}

export async function classroom(pages: Pages, kind: string): Promise<void> {
  const host = await teacher(url, namesOf(kind));
  const { conduct } = host.lesson;
  await conduct({ do: 'settings', settings: { rounds: 3, seconds: 60, difficulty: 'mixed', size: 4, showAll: true } });
  const { code } = teacherView(host);
  await all(pages, (page) => page.goto(`${url}/class`));
  await all(pages, (page) => byId(page, 'open-class').waitFor());
  await settle(pages[0]![1]);
  await shoot(pages, 'class-start', kind);
  await all(pages, (page) => page.goto(`${url}/class/${code}`));
  await all(pages, (page) => byId(page, 'picture').waitFor());
  await settle(pages[0]![1]);
  await shoot(pages, 'class-pictures', kind);
  await all(pages, (page) => comeIn(page, teacherView(host).pattern.pictures));
  await settle(pages[0]![1]);
  await shoot(pages, 'class-waiting', kind);

  const others = await Promise.all(Array.from({ length: OTHERS }, () => pupil(url, host)));
  await conduct({ do: 'deal' });
  await Promise.all([seated(others), all(pages, (page) => inPhase(page, 'lobby'))]);
  await conduct({ do: 'start' });
  await Promise.all(others.map(({ player }) => phase(player, 'drawing')));
  await all(pages, (page) => inPhase(page, 'drawing'));
  const { word } = promptOf((await store.read(teacherView(host).rooms[0]!))!);
  for (const [i, { player }] of others.entries()) {
    const ink = drawing(word, i);
    for (const points of i % 3 === 0 ? ink : cut(ink, 0, third(ink))) stroke(player, points);
  }
  await all(pages, (page, i) => draw(page, cut(drawing(word, i), 0, third(drawing(word, i)))));
  await settle(pages[0]![1]);

  const desks = await open(
    kind === 'arabic' ? { locale: 'ar', colorScheme: 'light' } : { colorScheme: kind as 'light' | 'dark' },
  );
  const token = host.player.client.memory.get('teacher')!;
  await all(desks, async (page) => {
    await page.goto(url);
    await page.evaluate((token) => localStorage.setItem('derby.teacher', token), token);
    await page.goto(`${url}/class/${code}`);
    await byId(page, 'desk-room').waitFor();
  });
  await settle(desks[0]![1]);
  await shoot(desks, 'class-desk', kind);
  const projector = await desks.at(-1)![1].context().newPage();
  await projector.setViewportSize({ width: 1280, height: 720 });
  await projector.goto(`${url}/class/${code}/projector`);
  await byId(projector, 'wall-pupil').waitFor();
  await settle(projector);
  await shoot([['beamer', projector]], 'class-projector', kind);

  await conduct({ do: 'pause', on: true });
  await all(pages, (page) => byId(page, 'paused').waitFor());
  await settle(pages[0]![1]);
  await shoot(pages, 'class-paused', kind);
  await conduct({ do: 'end' });
  await all(pages, (page) => byId(page, 'class-over').waitFor());
  await settle(pages[0]![1]);
  await shoot(pages, 'class-over', kind);
  await all(desks, (page) => page.context().close());

  await all(pages, (page) => page.goto(`${url}/class/check`));
  // The connection is held for a minute; the rest is there at once.
  await pages[0]![1].waitForTimeout(8000);
  await shoot(pages, 'class-check', kind);
}
