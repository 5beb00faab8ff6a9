/**
 * What the service worker does for the page: it keeps the shell, and the machine to practise with; and it has a newer version
 * ready, which is used when the person says so.
 */

/** A tab may stay open for days. ms */
const LOOK_EVERY = 20 * 60_000;
/** The machine is fetched when the page has had time for all else. ms */
const SETTLED = 4000;

let waiting = $state.raw<ServiceWorker | undefined>();
let registration: ServiceWorkerRegistration | undefined;

export const updateWaits = (): boolean => waiting !== undefined;

export function update(): void {
  // Another tab may have agreed before.
  if (waiting?.state !== 'installed') {
    location.reload();
    return;
  }
  navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true });
  waiting.postMessage('take-over');
}

/** Until the page is opened again. */
export function putOff(): void {
  waiting = undefined;
}

/** Also after a lost connection: the server may have been started anew with a newer page. */
export function lookForUpdate(): void {
  registration?.update().catch(() => {
    // No network: another time.
  });
}

export async function keepShell(): Promise<void> {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  try {
    registration = await navigator.serviceWorker.register('/sw.js');
  } catch {
    return; // Storage may be forbidden, as in private windows: then the page needs the network, and that is all.
  }
  const kept = registration;
  const look = async () => {
    const next = kept.waiting;
    // The first one ever installed replaces nothing.
    if (!next || !navigator.serviceWorker.controller) return;
    if (await isNewest()) next.postMessage('take-over');
    else waiting = next;
  };
  void look();
  kept.addEventListener('updatefound', () => kept.installing?.addEventListener('statechange', look));
  setInterval(lookForUpdate, LOOK_EVERY);
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && lookForUpdate());
  const { active } = await navigator.serviceWorker.ready;
  setTimeout(() => whenIdle(() => isCheap() && active?.postMessage('keep-machine')), SETTLED);
}

/** Whether a page that were opened now would be this one: then only what keeps it is new, and nobody need be asked. */
async function isNewest(): Promise<boolean> {
  const script = document.querySelector<HTMLScriptElement>('script[type="module"]')?.getAttribute('src');
  const answer = await fetch('/', { cache: 'no-cache' }).catch(() => undefined);
  return answer?.ok === true && (await answer.text()).includes(`"${script}"`);
}

const whenIdle = (act: () => void): unknown =>
  'requestIdleCallback' in window ? requestIdleCallback(act) : setTimeout(act);

/** Two megabytes that were not asked for are too much for who pays by the megabyte, or waits for each. */
function isCheap(): boolean {
  const { connection } = navigator as { connection?: { saveData?: boolean; effectiveType?: string } };
  return !connection?.saveData && !connection?.effectiveType?.includes('2g');
}
