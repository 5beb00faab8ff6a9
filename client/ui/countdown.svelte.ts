/** Whole seconds until a time on the server's clock, counted down as they pass. For a component's script. */
import { usePage } from '../page/page.ts';

export function secondsUntil(ends: () => number): { readonly left: number } {
  const { clock } = usePage().client;
  let left = $state(0);
  $effect(() => {
    const end = ends();
    const isStopped = clock.isStopped();
    let timer: ReturnType<typeof setTimeout>;
    const count = () => {
      const rest = end - clock.now();
      left = Math.max(0, Math.ceil(rest / 1000));
      if (rest > 0 && !isStopped) timer = setTimeout(count, (rest % 1000) + 4);
    };
    count();
    return () => clearTimeout(timer);
  });
  return {
    get left() {
      return left;
    },
  };
}
