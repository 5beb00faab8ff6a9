/** The names of the packs alone: the page needs them at once, and the words (packs.ts) only when somebody chooses. */
export const PACK_NAMES = [
  'animals',
  'food',
  'kitchen',
  'home',
  'clothes',
  'body',
  'nature',
  'town',
  'vehicles',
  'travel',
  'sport',
  'music',
  'gadgets',
  'school',
  'tools',
  'adventure',
] as const;
export type PackName = (typeof PACK_NAMES)[number];
