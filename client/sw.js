/**
 * The service worker: keeps the page's shell, so that it opens without a network, and keeps the machine once it was
 * fetched, so that one can practise without a server. The build writes the list of files into it.
 */
const SHELL = 'shell-/* BUILD */';
const MACHINE = 'machine';
const FILES = [
  /* FILES */
];

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(SHELL).then((cache) => cache.addAll(FILES)));
});

self.addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((n) => n !== SHELL && n !== MACHINE).map((n) => caches.delete(n))))
      .then(() => self.clients.claim()),
  );
});

// The page asks for this when the person agreed to the new version.
self.addEventListener('message', ({ data }) => data === 'take-over' && self.skipWaiting());

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== location.origin) return;
  if (request.mode === 'navigate') event.respondWith(fetch(request).catch(() => caches.match('/')));
  else if (pathname.startsWith('/models/')) event.respondWith(newest(request));
  else if (pathname.startsWith('/assets/')) event.respondWith(kept(request));
});

/** Named by their content: what is kept is right for ever. */
async function kept(request) {
  const found = await caches.match(request);
  if (found) return found;
  const response = await fetch(request);
  if (response.ok) (await caches.open(MACHINE)).put(request, response.clone());
  return response;
}

/** The newest there is, or the last that there was. */
async function newest(request) {
  const cache = await caches.open(MACHINE);
  try {
    const response = await fetch(request);
    if (response.ok) cache.put(request, response.clone());
    return response;
  } catch (error) {
    const found = await cache.match(request);
    if (found) return found;
    throw error;
  }
}
