/**
 * Whether the projector is hidden. The key works at once, in both of the teacher's windows, and without a connection too; the server
 * learns of it as soon as it can.
 */
import type { Client } from '../client.ts';
import { basePath } from '../page/router.svelte.ts';
import type { Lesson } from './lesson.ts';

const RETRY_MS = 1_000;

export interface Cover {
  readonly on: boolean;
  toggle(): void;
  close(): void;
}

export function createCover({ link, notices }: Pick<Client, 'link' | 'notices'>, lesson: Lesson, code: string): Cover {
  let retry: ReturnType<typeof setTimeout> | undefined;
  /** What was wished here, until the server says the same. */
  let wish = $state<'hide' | 'show'>();
  /** The server took the wish to hide. */
  let isTaken = $state(false);
  const said = $derived.by(() => {
    const state = lesson.state();
    return state.at === 'inside' && state.view.as === 'teacher' && state.view.hidden;
  });
  const isInside = $derived(lesson.state().at === 'inside');
  const on = $derived(wish === 'hide' || said);
  const channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel(`${basePath()}class/${code}`) : undefined;
  channel?.addEventListener('message', ({ data }) => {
    ask(data);
  });

  function ask(next: 'hide' | 'show'): void {
    wish = next;
    isTaken = false;
  }

  async function tell(): Promise<void> {
    const answer = await lesson.conduct({ do: 'hide', on: true });
    if (wish !== 'hide') return;
    if (answer.ok) isTaken = true;
    else retry = setTimeout(() => wish === 'hide' && void tell(), RETRY_MS);
  }
  // Also once a link is back that was down when it was hidden. What is hidden here stays so until the server has taken it: that it is
  // hidden may be what the server said before it was shown, a moment ago.
  $effect(() => {
    if (wish === 'hide' && !isTaken && link.state() === 'up' && isInside) void tell();
  });
  $effect(() => {
    if (wish === 'show' ? !said : isTaken && said) wish = undefined;
  });

  return {
    get on() {
      return on;
    },
    async toggle() {
      const next = on && wish !== 'show' ? 'show' : 'hide';
      ask(next);
      channel?.postMessage(next);
      if (next === 'hide') return;
      const answer = await lesson.conduct({ do: 'hide', on: false });
      if (answer.ok) return;
      notices.add(answer.why);
      if (wish === 'show') wish = undefined;
    },
    close() {
      clearTimeout(retry);
      channel?.close();
    },
  };
}

/** H, on every keyboard; not while somebody types. A select would choose by it: whoever takes the key prevents that. */
export function isHideKey(event: KeyboardEvent): boolean {
  const { key, code, target, repeat } = event;
  if (repeat || event.ctrlKey || event.metaKey || event.altKey) return false;
  if (target instanceof Element && target.matches('input:not([type="checkbox"]), textarea')) return false;
  return key.toLowerCase() === 'h' || (code === 'KeyH' && !/^[a-z]$/i.test(key));
}
