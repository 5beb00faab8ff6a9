/** A newer version of the page: fetched behind the scenes, and used when the person says so. */

let waiting = $state.raw<ServiceWorker | undefined>();

export const updateWaits = (): boolean => waiting !== undefined;

export function update(): void {
  navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true });
  waiting?.postMessage('take-over');
}

export async function keepShell(): Promise<void> {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  try {
    const registration = await navigator.serviceWorker.register('/sw.js');
    const look = () => {
      // The first one ever installed replaces nothing.
      if (navigator.serviceWorker.controller && registration.waiting) waiting = registration.waiting;
    };
    look();
    registration.addEventListener('updatefound', () => {
      registration.installing?.addEventListener('statechange', look);
    });
  } catch {
    // Storage may be forbidden, as in private windows: then the page needs the network, and that is all.
  }
}
