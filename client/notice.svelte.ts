/** What the person is told in passing: `Refusal.svelte` has the words. */
import type { Refusal } from '../shared/protocol.ts';

/** `back`: the browser's Back does not throw a seat away in mid-race. */
export type Notice = Refusal | 'back';

let last = $state.raw<{ why: Notice; at: number } | undefined>();

export const lastNotice = () => last;

export function tell(why: Notice): void {
  last = { why, at: performance.now() };
}
