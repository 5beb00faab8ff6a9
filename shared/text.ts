/** What people write, as it is kept and shown: nothing invisible in it, on one line, and no letter that leaves its line. */

/** Scripts whose letters the joiners shape. Latin, Greek or Cyrillic joiners are nothing but invisible. */
const JOINED = 'Arab Syrc Mong Nkoo Adlm Deva Beng Guru Gujr Orya Taml Telu Knda Mlym Sinh Khmr Mymr'
  .split(' ')
  .map((script) => `\\p{scx=${script}}`)
  .join('');
/** Emoji need their joiners and selectors, and Han names their variants. */
const NEEDED = `\\p{RGI_Emoji}|(?<=[${JOINED}])[\\u200c\\u200d]|(?<=\\p{sc=Hani})[\\u{e0100}-\\u{e01ef}]`;
/** The braille blank and its like are no format characters, but show nothing either. */
const BLANK = '\\u2800\\ufffc\\u{1d159}\\u{13441}\\u{13442}';
/** Not what is unassigned: emoji that are newer than this program. */
const INVISIBLE = `[[\\p{DI}\\p{Cc}\\p{Cf}\\p{Cs}\\p{Co}\\p{NChar}${BLANK}]--\\s]|\\ufeff`;
// Created on first use: it takes a slow phone a quarter of a second, and the page starts without it.
let invisibles: RegExp | undefined;

/** Marks over and under a letter, without the dots that make another letter of it. Tibetan stacks whole letters. */
const STACKED =
  /^(?![\u0345\u05bc\u05c1\u05c2\u0651\u093c\u09bc\u0a3c\u0abc\u0b3c\u0c3c\u0cbc\p{scx=Tibt}])[\p{Mn}\p{Me}]$/u;
const MAX_STACKED = 2;
const MAX_MARKS = 4;

export function cleanText(text: string): string {
  invisibles ??= new RegExp(`(?<needed>${NEEDED})|${INVISIBLE}`, 'gv');
  return text
    .replace(invisibles, (_, needed?: string) => needed ?? '')
    .replace(/\s+/gu, ' ')
    .normalize('NFD')
    .replace(/\p{M}{3,}/gu, fewMarks)
    .replace(/(?<=^| )\p{M}+/gu, '')
    .normalize('NFC')
    .trim();
}

function fewMarks(marks: string): string {
  let stacked = 0;
  return [...marks]
    .filter((mark) => !STACKED.test(mark) || ++stacked <= MAX_STACKED)
    .slice(0, MAX_MARKS)
    .join('');
}

// Created on first use: only the server counts graphemes, and not every browser that loads this file has a Segmenter.
let segmenter: Intl.Segmenter | undefined;

/** Characters as a person counts them. */
export function graphemes(text: string): number {
  segmenter ??= new Intl.Segmenter();
  return [...segmenter.segment(text)].length;
}
