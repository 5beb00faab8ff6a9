/** Everything that the screens of one page share: the client, and the browser's side of it. Components get it by context. */
import { createContext } from 'svelte';
import { type Client, createClient } from '../client.ts';
import { createFrames, type Frames } from '../drawing/frames.ts';
import { openSocket } from '../net/link.ts';
import { createMemory, type KeyValueStorage, newStorage } from '../net/memory.ts';
import { createSound, type SoundPlayer } from '../speech/sound.ts';
import { createVoice, type Voice } from '../speech/voice.svelte.ts';
import { reactiveCell } from './cell.svelte.ts';
import { createLanguage, type Language } from './language.svelte.ts';
import { createNavigation, type Navigation } from './navigation.ts';
import { findObstacle } from './obstacle.ts';
import { createPreferences, type Preferences } from './preferences.svelte.ts';
import { basePath, createRouter, type Router } from './router.svelte.ts';
import { createSuggestedNick } from './suggested-nick.ts';
import { createUpdates, type Updates } from './updates.svelte.ts';

export interface Page {
  client: Client;
  language: Language;
  preferences: Preferences;
  router: Router;
  navigation: Navigation;
  voice: Voice;
  sound: SoundPlayer;
  frames: Frames;
  updates: Updates;
  suggestNick(): string;
}

export const [usePage, providePage] = createContext<Page>();

export function createPage(): Page {
  const base = basePath();
  // Another tab tries WebSocket again: this network may no longer block it.
  const tab = createMemory(under(base, browserStorage('sessionStorage')));
  const socket = openSocket(undefined, {
    path: `${base}socket.io/`,
    autoConnect: false,
    transports: [tab.get('transport') ?? 'websocket'],
  });
  socket.on('connect', () => tab.set('transport', socket.io.engine.transport.name));
  const client = createClient({
    socket,
    storage: under(base, browserStorage('localStorage')),
    cell: reactiveCell,
    findObstacle,
    language: () => language.tag(),
  });
  const language = createLanguage(client.memory);
  const preferences = createPreferences(client.memory);
  const router = createRouter(preferences);
  const { code } = router.route() as { code?: string };
  if (code) client.link.headFor(code);
  socket.connect();
  return {
    client,
    language,
    preferences,
    router,
    navigation: createNavigation(client, router),
    voice: createVoice(language, preferences),
    sound: createSound(),
    frames: createFrames(),
    updates: createUpdates(),
    suggestNick: createSuggestedNick(language),
  };
}

/** Two games on one host, under two paths, share the browser's storage, but not what they remember. */
function under(base: string, storage: KeyValueStorage): KeyValueStorage {
  const own = (key: string) => (base === '/' ? key : base + key);
  return {
    getItem: (key) => storage.getItem(own(key)),
    setItem: (key, value) => storage.setItem(own(key), value),
    removeItem: (key) => storage.removeItem(own(key)),
  };
}

/** Some browsers forbid even to ask for it. */
function browserStorage(name: 'localStorage' | 'sessionStorage') {
  try {
    return window[name];
  } catch {
    return newStorage();
  }
}
