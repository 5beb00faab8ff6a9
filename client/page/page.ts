/** Everything that the screens of one page share: the client, and the browser's side of it. Components get it by context. */
import { createContext } from 'svelte';
import { type Client, createClient } from '../client.ts';
import { createFrames, type Frames } from '../drawing/frames.ts';
import { openSocket } from '../net/link.ts';
import { newStorage } from '../net/memory.ts';
import { createSound, type SoundPlayer } from '../speech/sound.ts';
import { createVoice, type Voice } from '../speech/voice.svelte.ts';
import { reactiveCell } from './cell.svelte.ts';
import { createLanguage, type Language } from './language.svelte.ts';
import { createNavigation, type Navigation } from './navigation.ts';
import { createPreferences, type Preferences } from './preferences.svelte.ts';
import { createRouter, type Router } from './router.svelte.ts';
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
  const client = createClient({ socket: openSocket(), storage: browserStorage(), cell: reactiveCell });
  const language = createLanguage(client.memory);
  const preferences = createPreferences(client.memory);
  const router = createRouter(preferences);
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

/** Some browsers forbid even to ask for it. */
function browserStorage() {
  try {
    return localStorage;
  } catch {
    return newStorage();
  }
}
