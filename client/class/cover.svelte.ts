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
  /** It was hidden here, and the server has not said so yet. */
  let early = $state(false);
  const said = $derived.by(() => {
    const state = lesson.state();
    return state.at === 'inside' && state.view.as === 'teacher' && state.view.hidden;
  });
  const isInside = $derived(lesson.state().at === 'inside');
  const on = $derived(early || said);
  const channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel(`${basePath()}class/${code}`) : undefined;
  channel?.addEventListener('message', ({ data }) => {
    early = data === 'hide';
  });

  async function tell(): Promise<void> {
    const answer = await lesson.conduct({ do: 'hide', on: true });
    if (!answer.ok) retry = setTimeout(() => early && void tell(), RETRY_MS);
  }
  // Also once a link is back that was down when it was hidden. What is hidden here stays so until the server says the same.
  $effect(() => {
    if (said) early = false;
    else if (early && link.state() === 'up' && isInside) void tell();
  });

  return {
    get on() {
      return on;
    },
    async toggle() {
      const hide = !on;
      early = hide;
      channel?.postMessage(hide ? 'hide' : 'show');
      if (hide) return;
      const answer = await lesson.conduct({ do: 'hide', on: false });
      if (!answer.ok) notices.add(answer.why);
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
