/** Labels on a canvas of the page, which has the fonts: as large as they fit, and as masks. */
import { fontOf, LEADING, typeset } from '../../drawing/lettering.ts';
import type { Label, Labels, Lines, Mask } from './labels.ts';
import { mapped } from './labels.ts';

/** A canvas does not wait for fonts. */
async function loadFonts(labels: Labels<Label>): Promise<void> {
  const wanted: Promise<unknown>[] = [];
  mapped(labels, (label) => wanted.push(document.fonts.load(fontOf(label, label.size), label.text)));
  // The browser has other fonts for what cannot be fetched.
  await Promise.allSettled(wanted);
}

export async function lettered(labels: Labels<Label>): Promise<Labels<Label & Lines>> {
  await loadFonts(labels);
  const context = document.createElement('canvas').getContext('2d')!;
  return mapped(labels, (label) => {
    const { lines, size } = typeset(context, label.text, label.width, { ...label, lines: label.most });
    return { ...label, lines, size };
  });
}

export function masksOf(labels: Labels<Label & Lines>, isRightToLeft: boolean): Labels<Mask> {
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  return mapped(labels, (label) => {
    const { lines, ...style } = label;
    const { size, width } = style;
    const leading = size * LEADING;
    context.font = fontOf(style, size);
    const widest = Math.max(1, ...lines.map((line) => context.measureText(line).width));
    canvas.width = Math.min(width, Math.ceil(widest));
    canvas.height = Math.ceil(lines.length * leading + size * 0.1);
    // A canvas that changes its size forgets all that was set.
    context.font = fontOf(style, size);
    context.direction = isRightToLeft ? 'rtl' : 'ltr';
    context.textAlign = 'start';
    for (const [i, line] of lines.entries())
      context.fillText(line, isRightToLeft ? canvas.width : 0, i * leading + size * 0.92);
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    return { width: canvas.width, height: canvas.height, data: Uint8Array.from(data.filter((_, i) => i % 4 === 3)) };
  });
}
