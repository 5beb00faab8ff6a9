/** What the page calls a label of a network. */
import { OWN_WORD, SOMETHING_ELSE } from '../../shared/lab/words.ts';
import type { Language } from '../page/language.svelte.ts';

export const nameOf = ({ t, word }: Pick<Language, 't' | 'word'>, label: string): string =>
  label === OWN_WORD || label === SOMETHING_ELSE ? t(`lab.${label}`) : word(label);
