/** The caption of a drawing, as it follows the guesses. For a component's script. */
import { untrack } from 'svelte';
import type { PlayerGuesses } from '../../shared/protocol.ts';
import { type Caption, newCaptioning, nextCaption } from './caption.ts';
import { stuckAt } from './stuck.ts';

interface Said {
  readonly shown: Caption;
  /** It has been the same wrong word, or unsure, for a while. Never without `accepted`: the prompt and its look-alikes. */
  readonly isStuck: boolean;
}

export function caption(
  guesses: () => PlayerGuesses | undefined,
  accepted?: () => readonly string[] | undefined,
): Said {
  let state = $state.raw(nextCaption(newCaptioning(), untrack(guesses), performance.now()));
  let isStuck = $state(false);
  $effect(() => {
    const newest = guesses();
    const words = accepted?.();
    let timer: ReturnType<typeof setTimeout>;
    const look = () => {
      const now = performance.now();
      const { dueAt, ...next } = nextCaption(
        untrack(() => state),
        newest,
        now,
      );
      state = next;
      const stuck = words && stuckAt(next, words);
      isStuck = stuck !== undefined && now >= stuck;
      const wakeAt = Math.min(dueAt ?? Infinity, isStuck ? Infinity : (stuck ?? Infinity));
      if (wakeAt < Infinity) timer = setTimeout(look, wakeAt - now + 4);
    };
    look();
    return () => clearTimeout(timer);
  });
  return {
    get shown() {
      return state.shown;
    },
    get isStuck() {
      return isStuck;
    },
  };
}
