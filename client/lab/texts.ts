/** The texts of the lab, of each language. */
import type { Messages } from '../page/language.svelte.ts';

const files = import.meta.glob<Record<string, unknown>>('../messages/lab/*.json', { import: 'default' });

export const texts: Messages = (tag) => files[`../messages/lab/${tag}.json`]?.();
