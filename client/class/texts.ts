/** The texts of the classroom, of each language. */
import type { Messages } from '../page/language.svelte.ts';

const files = import.meta.glob<Record<string, unknown>>('../messages/class/*.json', { import: 'default' });

export const texts: Messages = (tag) => files[`../messages/class/${tag}.json`]?.();
