/**
 * The interface's language and the prompts' words. English is in the bundle; another language is one JSON file of messages
 * and one of words, fetched when it is chosen. The archive's messages, of every language, are fetched when it is opened.
 */
import i18next from 'i18next';
import { untrack } from 'svelte';
import en from '../messages/en.json';
import type archive from '../messages/archive/en.json';
import type lesson from '../messages/class/en.json';
import type lab from '../messages/lab/en.json';
import type { Memory } from '../net/memory.ts';
import { withArticle } from './article.ts';
import { painted } from './painted.ts';

/** Each by its own name, as its speakers look for it. */
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
export type LanguageTag = keyof typeof LANGUAGES;

const RIGHT_TO_LEFT: LanguageTag[] = ['ar'];
/** After so long, words that could not be fetched are requested again. */
const WORDS_RETRY_MS = 4000;

/** `home.title`, … of every message; of a plural, the part before `_one` and `_other`. */
type Path<T> = { [K in keyof T & string]: T[K] extends string ? Singular<K> : `${K}.${Path<T[K]>}` }[keyof T & string];
type Singular<K extends string> = K extends `${infer Stem}_${'one' | 'other'}` ? Stem : K;
export type Key = Path<typeof en> | Path<typeof archive> | Path<typeof lab> | Path<typeof lesson>;

/** A list is written as the language does: `{{words, list}}`. */
type Values = Record<string, string | number | string[]>;

export interface Language {
  tag(): LanguageTag;
  isRightToLeft(): boolean;
  t(key: Key, values?: Values): string;
  /** A prompt or a guess in this language. */
  word(english: string): string;
  /** A place in a race, from 1, as the language writes it: 1st, 2nd, … */
  place(at: number): string;
  /** 3.7 s, as the language writes it, but always in Latin digits. */
  seconds(ms: number): string;
  /** 42 %, likewise; of a share of 1. */
  percent(share: number): string;
  /** A date or a time, likewise, in UTC unless the options say otherwise. ms since 1970 */
  date(ms: number, options: Intl.DateTimeFormatOptions): string;
  /** Adds messages, in this language and in those that are chosen later. Rejects if they cannot be fetched. */
  add(more: Messages): Promise<void>;
  /** The messages of the archive, in this language and in those that are chosen later. Rejects if they cannot be fetched. */
  openArchive(): Promise<void>;
  /** Whether they are here. */
  isArchiveOpen(): boolean;
  /** Without a choice: the remembered language, or the browser's. */
  choose(tag?: LanguageTag): Promise<void>;
}

/** Fetches the messages of a language; undefined if it has none. */
export type Messages = (tag: LanguageTag) => Promise<Record<string, unknown>> | undefined;

const messages = import.meta.glob<Record<string, unknown>>(['../messages/*.json', '!../messages/en.json'], {
  import: 'default',
});
const words = import.meta.glob<Record<string, string>>('../words/*.json', { import: 'default' });

export function createLanguage(memory: Memory): Language {
  // No component keeps a translated text: it asks again when this changes.
  let current = $state.raw<{ tag: LanguageTag; words: Record<string, string> }>({ tag: 'en', words: {} });
  const shares = $derived(new Intl.NumberFormat(`${current.tag}-u-nu-latn`, { style: 'percent' }));
  const amounts = $derived(new Intl.NumberFormat(`${current.tag}-u-nu-latn`));
  /** Counts the choices. */
  let latest = 0;
  const bundles = new Set<Messages>([(tag) => messages[`../messages/${tag}.json`]?.()]);
  let isArchiveHere = $state(false);

  const translator = i18next.createInstance();
  void translator.init({
    lng: 'en',
    fallbackLng: 'en',
    resources: { en: { translation: en } },
    interpolation: { escapeValue: false },
    initAsync: false,
  });
  // In a message: `{{place, ordinal}}` and `{{word, article}}` as English writes them, `{{score, amount}}` with Latin digits.
  const place = (at: number): string => translator.t('race.places').split('|')[at - 1] ?? `${at}`;
  translator.services.formatter?.add('ordinal', place);
  translator.services.formatter?.add('article', withArticle);
  translator.services.formatter?.add('amount', (value) => amounts.format(value));

  function t(key: Key, values: Values = {}): string {
    void current;
    return translator.t(key, values);
  }

  async function fetchWords(tag: LanguageTag, choice: number): Promise<Record<string, string>> {
    while (choice === latest)
      try {
        return (await words[`../words/${tag}.json`]?.()) ?? {};
      } catch {
        await new Promise((done) => setTimeout(done, WORDS_RETRY_MS));
      }
    return {};
  }

  async function fetchMessages(tag: LanguageTag): Promise<void> {
    // Also those that are added meanwhile.
    for (const bundle of bundles) translator.addResourceBundle(tag, 'translation', (await bundle(tag)) ?? {}, true);
  }

  async function choose(wish: LanguageTag = memory.get('language') as LanguageTag): Promise<void> {
    const isKnown = (tag: string): tag is LanguageTag => tag in LANGUAGES;
    const wishes = [wish, ...navigator.languages.map((tag) => tag.toLowerCase().split('-')[0]!)];
    const tag = (wishes.find((each) => each && isKnown(each)) as LanguageTag | undefined) ?? 'en';
    if (wish) memory.set('language', wish);
    const choice = ++latest;
    try {
      await fetchMessages(tag);
    } catch {
      return; // Offline, say: the page stays in its language.
    }
    // Another language was chosen meanwhile.
    if (choice !== latest) return;
    await translator.changeLanguage(tag);
    current = { tag, words: {} };
    document.documentElement.lang = tag;
    document.documentElement.dir = RIGHT_TO_LEFT.includes(tag) ? 'rtl' : 'ltr';
    // The words are not needed before a race: the page itself comes first.
    void painted()
      .then(() => fetchWords(tag, choice))
      .then((words) => {
        if (choice === latest) current = { tag, words };
      });
  }

  async function add(more: Messages): Promise<void> {
    bundles.add(more);
    // Whoever adds them must not do it again with each choice of a language.
    const { tag } = untrack(() => current);
    // English stands in for what another language lacks.
    await Promise.all([fetchMessages('en'), fetchMessages(tag)]);
  }

  return {
    tag: () => current.tag,
    isRightToLeft: () => RIGHT_TO_LEFT.includes(current.tag),
    t,
    word: (english) => current.words[english] ?? english,
    place(at) {
      void current;
      return place(at);
    },
    seconds(ms) {
      const format = new Intl.NumberFormat(`${current.tag}-u-nu-latn`, {
        minimumFractionDigits: 1,
        maximumFractionDigits: 1,
      });
      return t('race.at', { seconds: format.format(ms / 1000) });
    },
    percent: (share) => shares.format(share),
    date: (ms, options) =>
      new Intl.DateTimeFormat(`${current.tag}-u-nu-latn`, { timeZone: 'UTC', ...options }).format(ms),
    add,
    async openArchive() {
      await add((await import('../archive/texts.ts')).texts);
      isArchiveHere = true;
    },
    isArchiveOpen: () => isArchiveHere,
    choose,
  };
}
