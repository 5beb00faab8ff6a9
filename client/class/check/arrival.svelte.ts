/** Whether another device has come to the check, too: then the network lets devices reach the server. */
import { isNearby } from './verdict.ts';

/** `nobody`: they had time enough. `internet`: they need not reach one another. */
export type Arrival = 'waiting' | 'came' | 'nobody' | 'internet';

const ASK_INTERVAL_MS = 3_000;
const PATIENCE_MS = 90_000;

/** Asks from now on, also once somebody came: the other devices ask whether this one did. */
export function followArrival() {
  let arrival = $state<Arrival>(isNearby(location.hostname) ? 'waiting' : 'internet');
  const began = performance.now();
  async function ask(): Promise<void> {
    const answer = await fetch('api/check', { cache: 'no-store' }).catch(() => undefined);
    if (!answer?.ok || arrival === 'internet') return;
    const { others } = (await answer.json()) as { others: number };
    if (others > 0) arrival = 'came';
    else if (arrival === 'waiting' && performance.now() - began > PATIENCE_MS) arrival = 'nobody';
  }
  void ask();
  const timer = setInterval(ask, ASK_INTERVAL_MS);
  return {
    get arrival() {
      return arrival;
    },
    close: () => clearInterval(timer),
  };
}
