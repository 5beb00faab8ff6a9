/** Whether a time on the server's clock has come. For a component's script. */
import { usePage } from '../page/page.ts';

export function reached(time: () => number): { readonly yes: boolean } {
  const { clock } = usePage().client;
  let yes = $state(false);
  $effect(() => {
    const left = time() - clock.now();
    const isStopped = clock.isStopped();
    yes = left <= 0;
    if (yes || isStopped || left === Infinity) return;
    const timer = setTimeout(() => {
      yes = true;
    }, left);
    return () => clearTimeout(timer);
  });
  return {
    get yes() {
      return yes;
    },
  };
}
