/** The machine's voice: the browser's speech synthesis in the chosen language, and the same words as a subtitle. */
import { chosen } from './choices.svelte.ts';
import { language } from './language.svelte.ts';

const TAGS = { en: 'en-US', de: 'de-DE', fr: 'fr-FR', es: 'es-ES', pt: 'pt-BR', ja: 'ja-JP', zh: 'zh-CN', ar: 'ar-SA' };

let subtitle = $state.raw('');

export const said = (): string => subtitle;

/** `now` cuts off what is being said. */
export function say(text: string, when: 'next' | 'now' = 'next'): void {
  subtitle = text;
  if (!text || !chosen('voice') || !('speechSynthesis' in globalThis)) return;
  if (when === 'now') speechSynthesis.cancel();
  // What waits longer than a breath is no longer true.
  else if (speechSynthesis.pending) return;
  const utterance = new SpeechSynthesisUtterance(text);
  utterance.lang = TAGS[language()];
  utterance.rate = 1.15;
  speechSynthesis.speak(utterance);
}

export function hush(): void {
  subtitle = '';
  if ('speechSynthesis' in globalThis) speechSynthesis.cancel();
}
