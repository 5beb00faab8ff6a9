/** A name for who has none yet, so that one can play at once. Chance is fine here: it decides nothing. */
import { type Key, t } from './language.svelte.ts';

const [first, second] = [Math.random(), Math.random()];
const pick = (chance: number, names: Key): string => {
  const list = t(names).split('|');
  return list[Math.floor(chance * list.length)]!;
};

/** The same all the time, in the language of the moment. */
export const suggestNick = (): string =>
  t('nick.both', { quality: pick(first, 'nick.qualities'), animal: pick(second, 'nick.animals') });
