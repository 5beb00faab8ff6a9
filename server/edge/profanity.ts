/**
 * Finds what would offend a room, in the eight languages of the page. `profanity.txt` holds the words, and says which
 * are in it and which are not.
 *
 * Only whole words count, so "Scunthorpe" is safe. In Chinese and Japanese, `Intl.Segmenter` finds the words.
 */
import { readFileSync } from 'node:fs';
import {
  areLetters,
  fold,
  gap,
  join,
  plain,
  readings,
  runsOf,
  signsOf,
  spellings,
  textOf,
  type Word,
  withoutRepetitions,
  withoutSigns,
  wordsOf,
} from './spelling.ts';

export interface WordList {
  /** Words, phrases, and parts of words: `begins*`, `*contains*`. */
  blocked: string[];
  /** What the blocked entries would hit by accident. */
  allowed: string[];
}

type Span = Pick<Word, 'from' | 'to'>;

/** The Arabic article and the like, written as one with the word. A rest of two letters may be another word. */
const ARTICLE = /^(?:[وفب]?ال|يا)(?=.{3})/u;

/** All beginnings of the texts: words are joined only as long as one of the texts can come of it. */
const beginnings = (texts: Iterable<string>): Set<string> =>
  new Set([...texts].flatMap((text) => Array.from({ length: text.length }, (_, i) => text.slice(0, i + 1))));

/** Where several words in a row make up a text. `glue` is what stands between two, or null if they do not belong together. */
function sequences(
  words: Word[],
  starts: Set<string>,
  isWanted: (text: string) => boolean,
  glue: (before: Word, after: Word) => string | null,
): Span[] {
  const texts = words.map(({ text }) => plain(text));
  return words.flatMap(({ from }, first) => {
    const found: Span[] = [];
    let text = texts[first]!;
    for (let i = first + 1; i < words.length && starts.has(text); i++) {
      const between = glue(words[i - 1]!, words[i]!);
      if (between === null) break;
      text += between + texts[i];
      if (isWanted(text)) found.push({ from, to: words[i]!.to });
    }
    return found;
  });
}

export function createFilter(list: WordList) {
  const whole = new Set(list.blocked.filter((entry) => !entry.includes('*')).flatMap(spellings));
  const parts = list.blocked
    .filter((entry) => entry.includes('*'))
    .flatMap((entry) => spellings(entry).map((spelling) => (entry.startsWith('*') ? '' : '^') + spelling));
  const part = parts.length ? new RegExp(parts.join('|'), 'u') : /(?!)/;
  const blockedStarts = beginnings([...whole, ...parts.map((text) => text.replace('^', ''))]);
  const allowed = new Set(list.allowed.map((entry) => join(runsOf(entry))));
  const allowedPhrases = new Set([...allowed].map(fold));
  const allowedStarts = beginnings(allowedPhrases);

  /** Japanese words may be drawn out with "ー" at their end. */
  const isWhole = (text: string): boolean =>
    whole.has(text) || (text.endsWith('ー') && whole.has(text.replace(/ー+$/, '')));

  const isBlocked = (text: string): boolean => isWhole(text) || part.test(text);

  const offends = ({ text }: Word): boolean =>
    readings(text).some((reading) => {
      if (allowed.has(reading)) return false;
      const folded = fold(reading);
      return isBlocked(folded) || (ARTICLE.test(folded) && isBlocked(folded.replace(ARTICLE, '')));
    });

  /** Whether an entry occurs at all, even inside a word. If not, the slow segmenter is not needed. */
  function occursIn(text: string): boolean {
    for (let from = 0; from < text.length; from++)
      for (let to = from + 1; to <= text.length && blockedStarts.has(text.slice(from, to)); to++)
        if (whole.has(text.slice(from, to))) return true;
    return false;
  }

  function spansIn(line: string): Span[] {
    const runs = runsOf(line);
    const words = runs.some(({ isUnspaced }) => isUnspaced) && occursIn(fold(join(runs))) ? wordsOf(line, runs) : runs;
    const spans = [
      ...words.filter(offends),
      ...sequences(words, blockedStarts, isWhole, gap),
      ...sequences(
        withoutRepetitions(words),
        blockedStarts,
        (text) => text.length > 3 && isBlocked(text),
        (before, after) => (areLetters(before, after) ? '' : null),
      ),
    ];
    if (!spans.length) return spans;
    const harmless = sequences(words, allowedStarts, (text) => allowedPhrases.has(text), gap);
    return spans.filter(({ from, to }) => !harmless.some((phrase) => phrase.from <= from && to <= phrase.to));
  }

  /** As it is, and with letters for its signs. */
  function spansInBoth(line: string): Span[] {
    const letters = withoutSigns(line);
    return letters === line ? spansIn(line) : [line, letters].flatMap(spansIn);
  }

  /** Where the line offends, as it is written and as it looks. */
  function allSpansIn(line: string): Span[] {
    const signs = signsOf(line, (word) => allowed.has(word));
    const look = textOf(signs);
    if (look === line) return spansInBoth(line);
    const units = signs.flatMap((sign) => Array.from({ length: sign.text.length }, () => sign));
    const seen = spansInBoth(look).map(({ from, to }) => ({ from: units[from]!.from, to: units[to - 1]!.to }));
    return [...spansInBoth(line), ...seen];
  }

  return {
    isOffensive: (line: string): boolean => allSpansIn(line).length > 0,

    /** The line with its offensive words masked. */
    maskProfanity(line: string): string {
      const units = line.split('');
      for (const { from, to } of allSpansIn(line)) units.fill('•', from, to);
      return units.join('');
    },
  };
}

/** Reads the format that `profanity.txt` describes. */
export function parseWordList(text: string): WordList {
  const list: WordList = { blocked: [], allowed: [] };
  let section = list.blocked;
  for (const line of text.split('\n')) {
    const isComment = line.startsWith('#') || !line;
    if (line.startsWith('[')) section = line.includes('allowed') ? list.allowed : list.blocked;
    else if (!isComment) section.push(...line.split(' | '));
  }
  return list;
}

export const { isOffensive, maskProfanity } = createFilter(
  parseWordList(readFileSync(new URL('profanity.txt', import.meta.url), 'utf8')),
);
