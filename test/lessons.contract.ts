/** What the store of lessons must do, wherever it is. `open` gives one more view of the same lessons. */
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type Action, type Lesson, newLesson } from '../server/lesson/lesson.ts';
import { step } from '../server/lesson/step.ts';
import type { Lessons } from '../server/storage/lessons.ts';

const NAMES = { qualities: ['Swift'], animals: ['Fox'], both: '{quality} {animal}' };
export const someLesson = (): Lesson => newLesson(randomUUID().slice(0, 8), 'secret', 'token', NAMES);
export const attend = (n: number): Action => ({
  ...{ type: 'attend', id: `p${n}`, token: `t${n}`, name: `Name ${n}`, session: null, socket: `a/${n}`, room: 'LATER' },
});

export function lessonsContract(name: string, open: () => Promise<Lessons>): void {
  const act = (lessons: Lessons, code: string, action: Action) =>
    lessons.update(code, (lesson) => step(lesson, action));

  describe(name, () => {
    it('keeps a lesson, and each change of it', async () => {
      const [one, other] = [await open(), await open()];
      const made = someLesson();
      expect(await one.read(made.code)).toBe(null);
      expect(await one.create(made)).toBe(true);
      expect(await other.create(made)).toBe(false);
      const next = await act(other, made.code, attend(1));
      expect(await one.read(made.code)).toEqual(next);
      expect(next).toMatchObject({ version: 1, pupils: [{ id: 'p1' }] });
    });

    it('loses none of many changes at once', async () => {
      const all = [await open(), await open()];
      const made = someLesson();
      await all[0]!.create(made);
      await Promise.all(Array.from({ length: 20 }, (_, i) => act(all[i % 2]!, made.code, attend(i))));
      expect(await all[1]!.read(made.code)).toMatchObject({ version: 20, pupils: { length: 20 } });
    });

    it('tells everybody who watches, in order, and no more after that', async () => {
      const [one, other] = [await open(), await open()];
      const made = someLesson();
      await one.create(made);
      const seen: number[] = [];
      const stop = await other.watch(made.code, ({ version }) => seen.push(version));
      for (const n of [1, 2, 3]) await act(one, made.code, attend(n));
      await expect.poll(() => seen).toEqual([1, 2, 3]);
      stop();
      await act(one, made.code, attend(4));
      expect(seen).toEqual([1, 2, 3]);
    });

    it('deletes one that is over', async () => {
      const one = await open();
      const made = someLesson();
      await one.create(made);
      expect(await act(one, made.code, { type: 'end' })).toMatchObject({ over: true });
      expect(await one.read(made.code)).toBe(null);
      expect(await act(one, made.code, attend(1))).toBe('no-lesson');
      await one.forget();
    });
  });
}
