/**
 * What the service worker does for the page: it keeps the page's shell and the recognizer for practice, and holds a newer
 * version ready until the person agrees to it.
 */

export interface Updates {
  /** A newer version waits for the person's consent. */
  isWaiting(): boolean;
  install(): void;
  /** Until the page is opened again. */
  postpone(): void;
  /** Also after a lost connection: the server may have restarted with a newer page. */
  check(): void;
  /** Whether practice works without a network: all that the recognizer needs is kept. */
  hasRecognizer(): Promise<boolean>;
  start(): Promise<void>;
}

/** A tab may stay open for days. */
const CHECK_INTERVAL_MS = 20 * 60_000;
const ANSWER_TIMEOUT_MS = 2000;
/** A worker takes over, and the recognizer is fetched, after the page has had time for everything else. */
const SETTLE_TIME_MS = 4000;
/** A newer version that has not taken over by then does so once the page is opened again. */
const TAKE_OVER_TIMEOUT_MS = 3000;

export function createUpdates(): Updates {
  let waiting = $state.raw<ServiceWorker | undefined>();
  let registration: ServiceWorkerRegistration | undefined;

  function check(): void {
    registration?.update().catch(() => {
      // No network: another time.
    });
  }

  async function start(): Promise<void> {
    if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
    try {
      registration = await navigator.serviceWorker.register('sw.js');
    } catch {
      return; // Storage may be forbidden, as in private windows: then the page always needs the network.
    }
    const registered = registration;
    // A file that a page loads while another worker takes over makes Chrome start the old one again, and forget the new one.
    const settled = navigator.serviceWorker.ready.then(settle);
    const look = async () => {
      await settled;
      const next = registered.waiting;
      // The first one ever installed replaces nothing.
      if (next && navigator.serviceWorker.controller) {
        if (await isNewest()) return next.postMessage('take-over');
        waiting = next;
      }
      if (isCheap()) registered.active?.postMessage('keep-machine');
    };
    void look();
    navigator.serviceWorker.addEventListener('controllerchange', look);
    registered.addEventListener('updatefound', () => registered.installing?.addEventListener('statechange', look));
    setInterval(check, CHECK_INTERVAL_MS);
    document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && check());
  }

  return {
    isWaiting: () => waiting !== undefined,
    install() {
      // Another tab may have agreed before.
      if (waiting?.state !== 'installed') {
        location.reload();
        return;
      }
      const reload = () => location.reload();
      navigator.serviceWorker.addEventListener('controllerchange', reload, { once: true });
      setTimeout(reload, TAKE_OVER_TIMEOUT_MS);
      waiting.postMessage('take-over');
    },
    postpone() {
      waiting = undefined;
    },
    check,
    hasRecognizer,
    start,
  };
}

/** An older service worker does not answer. */
function hasRecognizer(): Promise<boolean> {
  return new Promise((done) => {
    const worker = navigator.serviceWorker?.controller;
    if (!worker) return done(false);
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => done(data);
    setTimeout(() => done(false), ANSWER_TIMEOUT_MS);
    worker.postMessage('has-machine', [port2]);
  });
}

/** Whether this page is the version that the server has now: then only the service worker is new, and nobody need be asked. */
async function isNewest(): Promise<boolean> {
  const script = document.querySelector<HTMLScriptElement>('script[type="module"]')?.getAttribute('src');
  const answer = await fetch('./', { cache: 'no-cache' }).catch(() => undefined);
  return answer?.ok === true && (await answer.text()).includes(`"${script}"`);
}

const settle = (): Promise<unknown> =>
  new Promise((done) => {
    setTimeout(() => ('requestIdleCallback' in window ? requestIdleCallback(done) : done(0)), SETTLE_TIME_MS);
  });

/** Two megabytes that nobody asked for are too much on a metered or slow connection. */
function isCheap(): boolean {
  const { connection } = navigator as { connection?: { saveData?: boolean; effectiveType?: string } };
  return !connection?.saveData && !connection?.effectiveType?.includes('2g');
}
