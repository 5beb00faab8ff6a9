/** How an action becomes a change of a lesson: a pure step, committed by the store. */
import type { Answer, Refusal } from '../../shared/protocol.ts';
import { isRefusal } from '../game/game.ts';
import type { Action, Lesson } from '../lesson/lesson.ts';
import { step } from '../lesson/step.ts';
import type { Lessons as Store } from '../storage/lessons.ts';
import type { Retry } from './retry.ts';

export type LessonCommits = ReturnType<typeof createLessonCommits>;

export function createLessonCommits(store: Pick<Store, 'update'>, retry: Retry['retry']) {
  const update = (code: string, action: Action): Promise<Lesson | Refusal> =>
    store.update(code, (lesson) => step(lesson, action));

  return {
    update,
    /** However long the store is unavailable. Resolves after the first attempt. */
    change: (code: string, action: Action): Promise<void> => retry(code, () => update(code, action)),
    async request(code: string, action: Action): Promise<Answer> {
      const lesson = await update(code, action);
      return isRefusal(lesson) ? { ok: false, why: lesson } : { ok: true };
    },
  };
}
