/** The recognizer's voice: the browser's speech synthesis in the page's language. */
import type { Language } from '../page/language.svelte.ts';
import type { Preferences } from '../page/preferences.svelte.ts';

type When = 'next' | 'now';

export interface Voice {
  /** `now` cuts off what is being spoken. Returns whether the text is audible. */
  speak(text: string, when?: When): boolean;
  stop(): void;
  /** Call it while a touch or a key is handled: some browsers let a page speak only after that. */
  unlock(): void;
}

const VOICE_TAGS = {
  en: 'en-US',
  de: 'de-DE',
  fr: 'fr-FR',
  es: 'es-ES',
  pt: 'pt-BR',
  ja: 'ja-JP',
  zh: 'zh-CN',
  ar: 'ar-SA',
};

export function createVoice(language: Language, preferences: Preferences): Voice {
  const synthesis = 'speechSynthesis' in globalThis ? speechSynthesis : undefined;
  let unlocked = false;

  /** The tag of a voice for the page's language, if the device has one: no other can read Arabic or Japanese. */
  function findVoice(): string | undefined {
    const tags = synthesis?.getVoices().map((voice) => voice.lang.replace('_', '-')) ?? [];
    const wish = VOICE_TAGS[language.tag()];
    return tags.includes(wish) ? wish : tags.find((tag) => tag.split('-')[0]!.toLowerCase() === language.tag());
  }

  function speak(text: string, when: When = 'next'): boolean {
    const tag = findVoice();
    if (!synthesis || !tag || !preferences.get('voice')) return false;
    if (when === 'now') synthesis.cancel();
    // A text that waits behind another would be outdated.
    else if (synthesis.pending) return false;
    const utterance = new SpeechSynthesisUtterance(text);
    utterance.lang = tag;
    utterance.rate = 1.15;
    synthesis.speak(utterance);
    return true;
  }

  // Switching the voice off silences it at once.
  $effect.root(() => {
    $effect(() => {
      if (!preferences.get('voice')) synthesis?.cancel();
    });
  });

  return {
    speak,
    stop() {
      synthesis?.cancel();
    },
    unlock() {
      if (unlocked || !synthesis) return;
      unlocked = true;
      // Some browsers list their voices only from the second call on.
      synthesis.getVoices();
      const silence = new SpeechSynthesisUtterance(' ');
      silence.volume = 0;
      synthesis.speak(silence);
    },
  };
}
