/** A nickname for people who have none yet, so that they can play at once. */
import type { Key, Language } from './language.svelte.ts';

/** The same suggestion all the time, in the language of the moment. */
export function createSuggestedNick({ t }: Language): () => string {
  const [first, second] = [Math.random(), Math.random()];
  const pick = (chance: number, names: Key): string => {
    const list = t(names).split('|');
    return list[Math.floor(chance * list.length)]!;
  };
  return () => t('nick.both', { quality: pick(first, 'nick.qualities'), animal: pick(second, 'nick.animals') });
}
