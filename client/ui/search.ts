/** How people search for words: as they type them, without care for case, accents, or which kana. */
const fold = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[ァ-ヶ]/g, (kana) => String.fromCharCode(kana.charCodeAt(0) - 0x60))
    // In this direction ß becomes ss.
    .toUpperCase()
    .trim();

/** The names that contain what is searched for, those that begin with it first. */
export function search<T extends { name: string }>(all: readonly T[], query: string): T[] {
  const wanted = fold(query);
  const places = all.map((each) => ({ each, at: fold(each.name).indexOf(wanted) }));
  const hits = places.filter(({ at }) => at >= 0);
  return [...hits.filter(({ at }) => at === 0), ...hits.filter(({ at }) => at > 0)].map(({ each }) => each);
}
