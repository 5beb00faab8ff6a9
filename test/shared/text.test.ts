/** What people write is kept as they see it. */
import { expect, test } from 'vitest';
import { parse } from '../../shared/commands.ts';
import { cleanText } from '../../shared/text.ts';

test.each([
  ['a selector', 'Anna\ufe0f'],
  ['a space of no width', 'An\u200bna'],
  ['a soft hyphen', 'An\u00adna'],
  ['joiners', '\u200dAn\u200cna\u200d'],
  ['a mark for grapheme order', 'An\u034fna'],
  ['directions', '\u202eAnna\u2069'],
  ['a byte order mark', 'An\ufeffna'],
  ['tags', 'Anna\u{e0041}\u{e007f}'],
  ['Hangul fillers', '\u3164Anna\uffa0'],
  ['a braille blank', 'An\u2800na'],
  ['a control character', 'An\u0007na'],
  ['half of a character', 'An\ud800na'],
  ['spaces around', '\u3000 Anna\u00a0\n'],
])('%s goes', (_, text) => {
  expect(cleanText(text)).toBe('Anna');
  expect(parse('chat', { text })).toEqual({ text: 'Anna' });
});

test.each([
  '👩‍👩‍👧',
  '❤️‍🔥',
  '👍🏽',
  '1️⃣',
  '🇩🇪',
  '🏴󠁧󠁢󠁥󠁮󠁧󠁿',
  '🏳️‍🌈',
  'می‌خواهم',
  'നന്‍',
  'ක්‍ෂ',
  '葛󠄀城',
  'ज़िंदगी',
  'ज़ुंबा',
  'น้ำที่',
  'Việt Nguyễn',
  'שָׁלוֹם',
  'ٱللَّٰه',
  'Zoë',
  'Łukasz',
  '🫩',
])('%s stays as it is', (text) => expect(cleanText(text)).toBe(text.normalize('NFC')));

test('no letter carries more than two marks', () => {
  const marks = '\u0301\u0489\u0e47\u036f'.repeat(10);
  for (const letter of ['a', 'Z', 'é', 'ก', 'あ', '♥']) {
    const shown = cleanText(`${letter}${marks}${letter}`).normalize('NFD');
    expect(shown.match(/\p{M}+/gu)!.every((each) => each.length <= 2)).toBe(true);
    expect(shown.replace(/\p{M}/gu, '')).toBe(`${letter}${letter}`.normalize('NFD').replace(/\p{M}/gu, ''));
  }
});

test.each(['', '  ', '\u200b\u2060', '\u3164', '\u2800\u2800', '\u0301\u0301', '\u{e0041}', '\u00ad', '\ufe0f'])(
  'a name of nothing visible is none: %j',
  (nick) => expect(parse('create', { nick })).toBe('nick-empty'),
);
