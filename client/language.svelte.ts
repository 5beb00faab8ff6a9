/**
 * The interface's language and the prompts' words. English is in the bundle; another language is one JSON file of messages
 * and one of words, fetched when it is chosen.
 */
import i18next from 'i18next';
import { remember, remembered } from './memory.ts';
import en from './messages/en.json';

/** Each in its own tongue, as its speakers look for it. */
export const LANGUAGES = {
  en: 'English',
  de: 'Deutsch',
  fr: 'Français',
  es: 'Español',
  pt: 'Português',
  ja: '日本語',
  zh: '简体中文',
  ar: 'العربية',
} as const;
export type Language = keyof typeof LANGUAGES;

const RIGHT_TO_LEFT: Language[] = ['ar'];

const messages = import.meta.glob<Record<string, unknown>>(['./messages/*.json', '!./messages/en.json'], {
  import: 'default',
});
const words = import.meta.glob<Record<string, string>>('./words/*.json', { import: 'default' });

// Nothing in the page holds a translated text: it asks again when this changes.
let spoken = $state.raw<{ language: Language; words: Record<string, string> }>({ language: 'en', words: {} });

void i18next.init({
  lng: 'en',
  fallbackLng: 'en',
  resources: { en: { translation: en } },
  interpolation: { escapeValue: false },
  initAsync: false,
});

export const language = (): Language => spoken.language;
export const isRightToLeft = (): boolean => RIGHT_TO_LEFT.includes(spoken.language);

/** `home.title`, … of every message; of a plural, the part before `_one` and `_other`. */
type Path<T> = { [K in keyof T & string]: T[K] extends string ? Singular<K> : `${K}.${Path<T[K]>}` }[keyof T & string];
type Singular<K extends string> = K extends `${infer Stem}_${'one' | 'other'}` ? Stem : K;
export type Key = Path<typeof en>;

export function t(key: Key, values: Record<string, string | number> = {}): string {
  void spoken;
  return i18next.t(key, values);
}

/** A prompt or a guess in the chosen language. */
export const word = (english: string): string => spoken.words[english] ?? english;

/** A place in a race, from 1, as the language writes it: 1st, 2nd, … */
export const place = (at: number): string => t('race.places').split('|')[at - 1] ?? `${at}`;

/** 3.7 s, in the language's own way, but in the digits that all else is in. */
export function seconds(ms: number): string {
  const format = new Intl.NumberFormat(`${language()}-u-nu-latn`, {
    minimumFractionDigits: 1,
    maximumFractionDigits: 1,
  });
  return t('race.at', { seconds: format.format(ms / 1000) });
}

const share = $derived(new Intl.NumberFormat(`${spoken.language}-u-nu-latn`, { style: 'percent' }));

/** 42 %, likewise; of a share of 1. */
export const percent = (of: number): string => share.format(of);

let latest = 0;
/** Words that could not be fetched are asked for again after this. ms */
const AGAIN = 4000;

async function wordsOf(chosen: Language, call: number): Promise<Record<string, string>> {
  while (call === latest)
    try {
      return (await words[`./words/${chosen}.json`]?.()) ?? {};
    } catch {
      await new Promise((done) => setTimeout(done, AGAIN));
    }
  return {};
}

/** Without a choice, the one remembered, or the browser's. */
export async function speak(choice: Language = remembered('language') as Language): Promise<void> {
  const known = (tag: string): tag is Language => tag in LANGUAGES;
  const wishes = [choice, ...navigator.languages.map((tag) => tag.toLowerCase().split('-')[0]!)];
  const next = wishes.find((tag) => tag && known(tag)) as Language | undefined;
  const chosen = next ?? 'en';
  if (choice) remember('language', choice);
  const call = ++latest;
  // The words are not needed before a race: nobody waits for them.
  const list = wordsOf(chosen, call);
  if (chosen !== 'en') {
    try {
      i18next.addResourceBundle(chosen, 'translation', await messages[`./messages/${chosen}.json`]!());
    } catch {
      return; // Offline, say: the page stays in the language it has.
    }
  }
  // Another one was chosen meanwhile.
  if (call !== latest) return;
  await i18next.changeLanguage(chosen);
  spoken = { language: chosen, words: {} };
  document.documentElement.lang = chosen;
  document.documentElement.dir = RIGHT_TO_LEFT.includes(chosen) ? 'rtl' : 'ltr';
  void list.then((words) => {
    if (call === latest) spoken = { language: chosen, words };
  });
}
