/** The machine's voice: the browser's speech synthesis in the chosen language, and the same words as a subtitle. */
import { chosen } from './choices.svelte.ts';
import { language } from './language.svelte.ts';

const TAGS = { en: 'en-US', de: 'de-DE', fr: 'fr-FR', es: 'es-ES', pt: 'pt-BR', ja: 'ja-JP', zh: 'zh-CN', ar: 'ar-SA' };
/** A subtitle that is older is not what the machine thinks now. ms */
const STAYS = 3000;

const synthesis = 'speechSynthesis' in globalThis ? speechSynthesis : undefined;
let subtitle = $state.raw('');
let fading: ReturnType<typeof setTimeout> | undefined;

export const said = (): string => subtitle;

/** Says it and writes it. `now` cuts off what is being said. Tells whether it is heard. */
export function say(text: string, when: 'next' | 'now' = 'next'): boolean {
  clearTimeout(fading);
  subtitle = text;
  fading = setTimeout(() => {
    subtitle = '';
  }, STAYS);
  return speak(text, when);
}

export function speak(text: string, when: 'next' | 'now' = 'next'): boolean {
  const tag = tongue();
  if (!synthesis || !tag || !chosen('voice')) return false;
  if (when === 'now') synthesis.cancel();
  // What waits longer than a breath is no longer true.
  else if (synthesis.pending) return false;
  const utterance = new SpeechSynthesisUtterance(text);
  utterance.lang = tag;
  utterance.rate = 1.15;
  synthesis.speak(utterance);
  return true;
}

/** The tag of a voice that speaks the chosen language, if the device has one: no other may read Arabic or Japanese. */
function tongue(): string | undefined {
  const tags = synthesis?.getVoices().map((voice) => voice.lang.replace('_', '-')) ?? [];
  const wish = TAGS[language()];
  return tags.includes(wish) ? wish : tags.find((tag) => tag.split('-')[0]!.toLowerCase() === language());
}

// Whoever silences it does so at once.
$effect.root(() => {
  $effect(() => {
    if (!chosen('voice')) synthesis?.cancel();
  });
});

export function hush(): void {
  clearTimeout(fading);
  subtitle = '';
  synthesis?.cancel();
}

let awake = false;

/** Some browsers let a page speak only after it spoke while the person touched it, and list their voices only when asked. */
export function wakeVoice(): void {
  if (awake || !synthesis) return;
  awake = true;
  synthesis.getVoices();
  const nothing = new SpeechSynthesisUtterance(' ');
  nothing.volume = 0;
  synthesis.speak(nothing);
}
