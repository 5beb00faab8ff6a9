/** What countries, languages and numbers are called in the page's language. */

/** Of a country, as in DE, or of a language, as in ja. */
export function groupName(tag: string, group: string): string {
  const type = group === group.toUpperCase() ? 'region' : 'language';
  try {
    return new Intl.DisplayNames(tag, { type }).of(group) ?? group;
  } catch {
    return group;
  }
}

export const amountOf = (tag: string, value: number): string => new Intl.NumberFormat(`${tag}-u-nu-latn`).format(value);

/** A, B, C, … */
export const kindLetter = (kind: number): string => String.fromCharCode(65 + kind);
