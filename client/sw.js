/**
 * The service worker: keeps the page's shell, so that it opens without a network, and keeps the machine once it was
 * fetched, so that one can practise without a server. The build writes the list of files into it.
 */
const SHELL = 'shell-/* BUILD */';
const MACHINE = 'machine';
/** Whoever opens the page waits no longer for the network than this. ms */
const PATIENCE = 2500;
const FILES = [
  /* FILES */
];
const MACHINE_FILES = [
  /* MACHINE */
];

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(SHELL).then((cache) => cache.addAll(FILES)));
});

self.addEventListener('activate', (event) => {
  event.waitUntil(forget().then(() => self.clients.claim()));
});

/** The shell before this one stays: another tab may still be running it. */
async function forget() {
  const shells = (await caches.keys()).filter((name) => name.startsWith('shell-') && name !== SHELL);
  await Promise.all(shells.slice(0, -1).map((name) => caches.delete(name)));
}

self.addEventListener('message', (event) => {
  // The page asks for this when the person agreed to the new version…
  if (event.data === 'take-over') self.skipWaiting();
  // …and for this when it has nothing else to do.
  if (event.data === 'keep-machine') event.waitUntil(keepMachine());
});

async function keepMachine() {
  const cache = await caches.open(MACHINE);
  const wanted = new Set(MACHINE_FILES.map((path) => new URL(path, location.origin).href));
  for (const { url } of await cache.keys()) if (!wanted.delete(url)) await cache.delete(url);
  for (const url of wanted) {
    const response = await fetch(url, { priority: 'low' });
    if (response.ok) await cache.put(url, response);
  }
}

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== location.origin) return;
  if (request.mode === 'navigate') event.respondWith(page(request));
  else if (/^\/(assets|models)\//.test(pathname)) event.respondWith(kept(request));
});

/** The shell where there is no network, or one that swallows what it is sent, or a proxy that answers for a server that is away. */
async function page(request) {
  const asked = fetch(request);
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE));
  const answer = await Promise.race([asked, late]).catch(() => undefined);
  if (answer && answer.status < 500) return answer;
  return (await (await caches.open(SHELL)).match('/')) ?? answer ?? asked;
}

/** Named by their content, or by that of the model: what is kept is right for ever. */
async function kept(request) {
  const found = await caches.match(request);
  if (found) return found;
  const response = await fetch(request);
  if (response.ok) (await caches.open(MACHINE)).put(request, response.clone());
  return response;
}
