/**
 * The service worker. It keeps the page's shell, which opens without a network, and the recognizer, so that practice works
 * without a server. The build writes the lists of files into it.
 */
/** The game's path. */
const BASE = new URL('./', location.href).pathname;
/** Two games on one host, under two paths, share the browser's caches. */
const PREFIX = BASE === '/' ? '' : BASE;
const SHELLS = `${PREFIX}shell-`;
const SHELL = `${PREFIX}shell-/* BUILD */`;
const RECOGNIZER = `${PREFIX}machine`;
/** A page that the network has not brought by then comes from the cache. */
const NAVIGATION_TIMEOUT_MS = 2500;
const FILES = [
  /* FILES */
];
const RECOGNIZER_FILES = [
  /* RECOGNIZER */
];

/** A route (https://w3c.github.io/ServiceWorker/#register-router-method): requests to this folder go to the network. */
const pastTheWorker = (folder) => ({
  condition: { urlPattern: { pathname: `${BASE}${folder}/*` } },
  source: 'network',
});

self.addEventListener('install', (event) => {
  // What pages ask the server again and again must not start a worker that is being replaced: Chrome would forget the new one.
  // Other browsers know no routes, and call the listener below.
  event.addRoutes?.(['api', 'socket.io'].map(pastTheWorker));
  event.waitUntil(caches.open(SHELL).then((cache) => cache.addAll(FILES)));
});

self.addEventListener('activate', (event) => {
  event.waitUntil(deleteOldShells().then(() => self.clients.claim()));
});

/** The previous shell stays: another tab may still run it. */
async function deleteOldShells() {
  const shells = (await caches.keys()).filter((name) => name.startsWith(SHELLS) && name !== SHELL);
  await Promise.all(shells.slice(0, -1).map((name) => caches.delete(name)));
}

self.addEventListener('message', (event) => {
  // The page sends this when the player has agreed to the new version…
  if (event.data === 'take-over') self.skipWaiting();
  // …and this when it has nothing else to load.
  if (event.data === 'keep-machine') event.waitUntil(keepRecognizer());
  // It asks this before it offers practice without a network.
  if (event.data === 'has-machine') event.waitUntil(hasRecognizer().then((has) => event.ports[0].postMessage(has)));
});

async function keepRecognizer() {
  const cache = await caches.open(RECOGNIZER);
  const wanted = new Set(RECOGNIZER_FILES.map((path) => new URL(path, location.href).href));
  for (const { url } of await cache.keys()) if (!wanted.delete(url)) await cache.delete(url);
  for (const url of wanted) {
    const response = await fetch(url, { priority: 'low' });
    if (response.ok) await cache.put(url, response);
  }
}

async function hasRecognizer() {
  const cache = await caches.open(RECOGNIZER);
  const found = await Promise.all(RECOGNIZER_FILES.map((path) => cache.match(path)));
  return found.every(Boolean);
}

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== location.origin || !pathname.startsWith(BASE)) return;
  const path = pathname.slice(BASE.length);
  // Under another path of the host there may be another game.
  if (request.mode === 'navigate') /^(r(\/.*)?)?$/i.test(path) && event.respondWith(pageOrShell(request));
  else if (/^(assets\/|models\/|old-browser\.js$)/.test(path)) event.respondWith(cacheFirst(request));
});

/** The page from the network; the shell if there is no network, no answer in time, or only a proxy's error. */
async function pageOrShell(request) {
  const fetched = fetch(request);
  const timeout = new Promise((resolve) => setTimeout(resolve, NAVIGATION_TIMEOUT_MS));
  const response = await Promise.race([fetched, timeout]).catch(() => undefined);
  if (response && response.status < 500 && response.status !== 429) return response;
  return (await (await caches.open(SHELL)).match('./')) ?? response ?? fetched;
}

/** The names of these files contain a hash of their content, or of the model's: a cached one never changes. */
async function cacheFirst(request) {
  const cached = await caches.match(request);
  if (cached) return cached;
  const response = await fetch(request);
  if (response.ok) (await caches.open(RECOGNIZER)).put(request, response.clone());
  return response;
}
