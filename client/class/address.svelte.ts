/** The lesson follows the address: on the game's other pages this browser is in none, and finds its place when it comes back. */
import { untrack } from 'svelte';
import type { Page } from '../page/page.ts';
import type { Route } from '../page/router.svelte.ts';
import type { Lesson, LessonState } from './lesson.ts';

const followed = new WeakSet<Lesson>();

/** A pupil's room is no part of the class's page, so this goes on without it. */
export function followAddress(lesson: Lesson, { client: { session }, router }: Pick<Page, 'client' | 'router'>): void {
  if (followed.has(lesson)) return;
  followed.add(lesson);
  $effect.root(() => {
    $effect(() => {
      // In a room the browser's Back may only warn.
      const { at } = session.state();
      if (at === 'inside' || at === 'entering') return;
      const state = lesson.state();
      if (state.at !== 'outside' && !belongs(router.route(), state)) untrack(lesson.detach);
    });
  });
}

function belongs(route: Route, state: Exclude<LessonState, { at: 'outside' }>): boolean {
  if (route.at !== 'side') return false;
  const [page, code = ''] = route.path.split('?')[0]!.split('/');
  if (page!.toLowerCase() !== 'class') return false;
  const { code: own, as } = state.at === 'inside' ? state.view : { code: state.code, as: undefined };
  // A teacher opens the class before it has a code.
  return code.toUpperCase() === own || (code === '' && (as === 'teacher' || own === ''));
}
