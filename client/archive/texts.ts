/** The texts of the archive, of each language: a file of their own, so that the page does not begin with a list of them. */
import type { Messages } from '../page/language.svelte.ts';

const files = import.meta.glob<Record<string, unknown>>('../messages/archive/*.json', { import: 'default' });

export const texts: Messages = (tag) => files[`../messages/archive/${tag}.json`]?.();
