/** The caption of a drawing, as it follows the guesses. For a component's script. */
import { untrack } from 'svelte';
import type { PlayerGuesses } from '../../shared/protocol.ts';
import { type Caption, newCaptioning, nextCaption } from './caption.ts';

export function caption(guesses: () => PlayerGuesses | undefined): { readonly shown: Caption } {
  let state = $state.raw(nextCaption(newCaptioning(), untrack(guesses), performance.now()));
  $effect(() => {
    const newest = guesses();
    let timer: ReturnType<typeof setTimeout>;
    const look = () => {
      const now = performance.now();
      const { dueAt, ...next } = nextCaption(
        untrack(() => state),
        newest,
        now,
      );
      state = next;
      if (dueAt !== undefined) timer = setTimeout(look, dueAt - now + 4);
    };
    look();
    return () => clearTimeout(timer);
  });
  return {
    get shown() {
      return state.shown;
    },
  };
}
