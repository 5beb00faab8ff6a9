/**
 * The card as an SVG that draws itself, by CSS alone, so it plays as an image. Each part has its final look and an animation that
 * hides it until its time: without animations it is the finished drawing.
 */
import type { CardTexts, Row } from '../../../shared/card.ts';
import { CARD_PEN, COLOURS, drawnOf, escaped, placed, pathOf, ROWS, rowsOf, short } from '../../../shared/card.ts';
import type { Stroke } from '../../../shared/ink.ts';
import { pointsIn } from '../../../shared/ink.ts';
import { paced } from '../../../shared/pace.ts';
import type { Record } from '../../../shared/record.ts';
import type { Label, Labels, Lines } from './labels.ts';
import { FOOT, HEAD, HEIGHT, MARGIN, METER, PADDING, ROW, SHEET, WIDTH } from './layout.ts';

interface Timed {
  stroke: Stroke;
  from: number;
  to: number;
  /** When it was erased; null if it stayed. */
  gone: number | null;
}

/** Seconds, as CSS writes them. */
const s = (ms: number): string => `${Math.round(ms / 10) / 100}s`;
/** Seen from a time to another, and from a time on. */
const between = (from: number, to: number): string => `opacity:0;animation:on ${s(to - from)} ${s(from)}`;
const from = (ms: number): string => `animation:off ${s(ms)}`;

function timedOf(ink: ReturnType<typeof paced>['ink']): Timed[] {
  const all: Timed[] = [];
  let live: Timed[] = [];
  for (const event of ink) {
    if ('points' in event) {
      const known = live[event.stroke];
      if (known) {
        known.stroke.push(...event.points);
        known.to = event.at;
      } else {
        live.push({ stroke: event.points.slice(), from: event.at, to: event.at, gone: null });
        all.push(live.at(-1)!);
      }
    } else {
      for (const each of live.slice(event.strokes)) each.gone = event.at;
      live = live.slice(0, event.strokes);
    }
  }
  return all;
}

/** `face`: the page's font as a data address, so that the card looks the same elsewhere; empty for none. */
export function animatedSvg(record: Record, texts: CardTexts, labels: Labels<Label & Lines>, face: string): string {
  const { ink, guesses, recognizedAt, length } = paced(record);
  const over = recognizedAt ?? length;
  const { isRightToLeft } = texts;
  const left = (start: number, width: number) => (isRightToLeft ? WIDTH - MARGIN - start - width : MARGIN + start);

  /** In the middle of a height; at the start of the line, or at its end. */
  function write(label: Label & Lines, y: number, height: number, colour: string, style = '', isEnd = false): string {
    const { lines, size, weight, condensed } = label;
    const leading = size * 1.12;
    const first = y + height / 2 - ((lines.length - 1) * leading) / 2 + size * 0.35;
    const x = isEnd !== isRightToLeft ? WIDTH - MARGIN : MARGIN;
    const font = `font-size="${size}" font-weight="${weight}"${condensed ? ' font-stretch="75%"' : ''}`;
    const side = isEnd ? ' text-anchor="end"' : '';
    return lines
      .map(
        (line, i) =>
          `<text x="${x}" y="${short(first + i * leading)}" ${font}${side} fill="${colour}"${style && ` style="${style}"`}>${escaped(line)}</text>`,
      )
      .join('');
  }

  const place = placed(drawnOf(record), SHEET, PADDING);
  const drawing = timedOf(ink)
    .map(({ stroke, from: begin, to, gone }) => {
      const isDot = pointsIn(stroke) === 1 || to === begin;
      const draws = isDot ? '' : `,draw ${s(to - begin)} linear ${s(begin)} backwards`;
      const shows = gone === null ? from(begin) : between(begin, gone);
      const kind = isDot ? '' : ' class="l" pathLength="1"';
      return `<path${kind} d="${pathOf(stroke, place)}" style="${shows}${draws}"/>`;
    })
    .join('');

  // ---------------------------------------------------------------- the guesses
  const looks = [{ at: 0, rows: rowsOf(record) }];
  for (const { at, guesses: shown } of guesses) if (at < over) looks.push({ at, rows: rowsOf(record, shown) });
  const middle = (i: number) => FOOT + i * ROW + (ROW - METER.height) / 2;
  const origin = isRightToLeft ? `${METER.width}px` : '0';
  const bar = (i: number, colour: string, style: string) =>
    `<rect x="${left(METER.from, METER.width)}" y="${middle(i)}" width="${METER.width}" height="${METER.height}" rx="4" fill="${colour}" style="${style}"/>`;
  let motion = '';
  let rows = '';
  for (let i = 0; i < ROWS; i++) {
    const shares = looks.map(({ at, rows }) => ({ at, share: short((rows[i]?.share ?? 0) * 100) }));
    const changes = shares.filter(({ share }, j) => share !== shares[j - 1]?.share);
    const frames = changes.map(
      ({ at, share }) => `${short((at / Math.max(1, over)) * 100)}%{transform:scaleX(${Number(share) / 100})}`,
    );
    motion += `@keyframes bar${i}{${frames.join('')}}`;
    const last = i === 0 && recognizedAt === null ? Number(changes.at(-1)!.share) / 100 : 0;
    const moves = `transform-box:fill-box;transform-origin:${origin};transform:scaleX(${last});animation:bar${i} ${s(over)} step-end`;
    const first = looks.find(({ rows }) => rows[i]);
    const shown = i === 0 ? '' : between(first?.at ?? over, over);
    rows += `<g style="${shown}">${bar(i, COLOURS.track, '')}${bar(i, COLOURS.bars[i]!, moves)}</g>`;
    rows += labelsOfRow(i);
  }
  if (recognizedAt !== null) rows += bar(0, COLOURS.go, from(over));
  rows += write(labels.verdict, FOOT + ROW, 2 * ROW, recognizedAt === null ? COLOURS.ink : COLOURS.go, from(over));

  /** The words that a row had, each as long as it had them. */
  function labelsOfRow(i: number): string {
    const written = (row: Row, style: string) =>
      write(labels.rows.get(row.word)!, FOOT + i * ROW, ROW, COLOURS.ink, style);
    if (i === 0) return written(looks[0]!.rows[0]!, '');
    return looks
      .flatMap(({ at, rows }, j) => {
        const row = rows[i];
        if (!row || row.word === looks[j - 1]?.rows[i]?.word) return [];
        const next = looks.slice(j).find((look) => look.rows[i]?.word !== row.word);
        return [written(row, between(at, next?.at ?? over))];
      })
      .join('');
  }

  const fonts = face && `@font-face{font-family:Card;font-weight:200 800;font-stretch:75% 100%;src:url(${face})}`;
  const style =
    `${fonts}text{font-family:${face && 'Card,'}'Bricolage Grotesque','Hiragino Sans','Noto Sans JP','Noto Sans SC','Noto Sans Arabic',system-ui,sans-serif}` +
    `.l{stroke-dasharray:1.01}@keyframes on{from,to{opacity:1}}@keyframes off{from,to{opacity:0}}` +
    `@keyframes draw{from{stroke-dashoffset:1.01}}${motion}` +
    `@media(prefers-reduced-motion:reduce){*{animation:none!important}}`;
  const { word, nick, brand } = labels;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img"${isRightToLeft ? ' direction="rtl"' : ''}>` +
    `<title>${escaped(`${texts.word}: ${texts.verdict}`)}</title><style>${style}</style>` +
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="${COLOURS.paper}"/>` +
    write(word, 0, HEAD, COLOURS.ink) +
    write(brand, nick ? 4 : 0, nick ? 28 : HEAD, COLOURS.flag, '', true) +
    (nick ? write(nick, 30, 24, COLOURS.faint, '', true) : '') +
    `<rect x="${SHEET.x}" y="${SHEET.y}" width="${SHEET.width}" height="${SHEET.height}" rx="8" fill="${COLOURS.sheet}" stroke="${COLOURS.rule}" stroke-width="2"/>` +
    `<g fill="none" stroke="${COLOURS.ink}" stroke-width="${short(CARD_PEN * place.scale)}" stroke-linecap="round" stroke-linejoin="round">${drawing}</g>` +
    `${rows}</svg>\n`
  );
}
