/** The labels of a GIF without a browser: painted with the fonts of the server's cards. */
import { PNG } from 'pngjs';
import type { Label, Labels, Lines, Mask } from '../../client/archive/cards/labels.ts';
import { labelsOf, mapped } from '../../client/archive/cards/labels.ts';
import { readFonts } from '../../server/cards/fonts.ts';
import { CARDS_DIR } from '../../server/paths.ts';
import type { CardTexts } from '../../shared/card.ts';
import type { Record } from '../../shared/record.ts';

/** In English, unless told otherwise. */
export const textsOf = (record: Record, texts: Partial<CardTexts> = {}): CardTexts => ({
  word: record.word,
  nick: record.nick,
  verdict: record.verdict ? `Got it in ${(record.verdict.at / 1000).toFixed(1)} s` : 'I never got it',
  name: (word) => word,
  isRightToLeft: false,
  ...texts,
});

const fonts = () => readFonts(CARDS_DIR, 'en');

/** On one line, whatever it may have. */
export function lettered(record: Record, texts: CardTexts): Labels<Label & Lines> {
  const { line } = fonts();
  return mapped(labelsOf(record, texts), (label) => {
    let { size } = label;
    while (size > label.least && line(label.text, size, label.weight === 800).width > label.width) size--;
    return { ...label, size, lines: [label.text] };
  });
}

export function paintedLabels(record: Record, texts: CardTexts): Labels<Mask> {
  const { line, draw } = fonts();
  return mapped(lettered(record, texts), ({ text, size, width, weight }): Mask => {
    const written = line(text, size, weight === 800);
    const [wide, high] = [Math.ceil(Math.min(written.width, width)), Math.ceil(size * 1.2)];
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${wide}" height="${high}">${written.at(0, size * 0.95)}</svg>`;
    const { data } = PNG.sync.read(draw(svg));
    return { width: wide, height: high, data: data.filter((_, i) => i % 4 === 3) };
  });
}
