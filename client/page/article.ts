/** English prompts with their article, for a sentence: an owl, the sun, scissors. */

/** Uncountable, or plural: no article. */
const BARE = new Set(
  (
    'asparagus|binoculars|bread|broccoli|camouflage|drums|eyeglasses|flip flops|grapes|grass|headphones|lightning|matches|pants|' +
    'peas|pliers|rain|rollerskates|scissors|shorts|stairs|stitches|toothpaste|underwear|yoga'
  ).split('|'),
);
/** There is only one. */
const UNIQUE = new Set(['moon', 'ocean', 'sun']);

export function withArticle(prompt: string): string {
  if (BARE.has(prompt)) return prompt;
  if (UNIQUE.has(prompt)) return `the ${prompt}`;
  if (prompt.startsWith('The ')) return prompt.replace('The', 'the');
  return `${/^([aeiou]|hour)/.test(prompt) ? 'an' : 'a'} ${prompt}`;
}
