/** Drawings that the network recognizes, and people who draw them. */
import type { Page } from 'playwright-core';
import type { Stroke } from '../../shared/ink.ts';
import { BOARD, inkLength } from '../../shared/ink.ts';
import { judge } from '../../shared/verdict.ts';
import type { Player } from '../support/player.ts';
import { stroke } from '../support/player.ts';
import { drawingsOf } from '../support/quickdraw.ts';
import { byId, PROMPTS, recognizer } from './stage.ts';

/** In the match, each with a drawing of their own. */
const PLAYERS = 7;
/** What somebody draws who misunderstood the prompt. */
export const OTHER = 'whale';

/** The drawing in the middle of the board. */
function centred(strokes: Stroke[]): Stroke[] {
  const xs = strokes.flatMap((s) => s.filter((_, i) => i % 2 === 0));
  const ys = strokes.flatMap((s) => s.filter((_, i) => i % 2 === 1));
  const size = 0.82;
  const dx = (BOARD - size * (Math.min(...xs) + Math.max(...xs))) / 2;
  const dy = (BOARD - size * (Math.min(...ys) + Math.max(...ys))) / 2;
  return strokes.map((s) => s.map((value, i) => Math.round(value * size + (i % 2 ? dy : dx))));
}

/** The drawings of the word that the network recognizes, the surest first: chance must not decide what the pictures show. */
export async function recognizedOf(word: string): Promise<Stroke[][]> {
  const inks = drawingsOf(word, 30).map(({ strokes }) => ({ rev: 0, strokes: centred(strokes) }));
  const looks = await recognizer.recognize(inks);
  const known = inks
    .map((ink, i) => ({ ...ink, ...judge(recognizer.words, word, looks[i]!, inkLength(ink)) }))
    .filter(({ recognized }) => recognized)
    .sort((a, b) => b.target - a.target);
  if (known.length < PLAYERS) throw new Error(`the network recognizes too few drawings of ${word}`);
  return known.slice(0, PLAYERS).map(({ strokes }) => strokes);
}
const drawings = new Map<string, Stroke[][]>();
for (const word of [...PROMPTS, OTHER]) drawings.set(word, await recognizedOf(word));

export function drawing(word: string, n: number): Stroke[] {
  const all = drawings.get(word)!;
  return all[n % all.length]!;
}

/** The strokes between two of the drawing's coordinates; a cut stroke starts at the cut. */
export function cut(ink: Stroke[], from: number, to = Number.POSITIVE_INFINITY): Stroke[] {
  let start = 0;
  return ink.flatMap((s) => {
    const part = s.slice(Math.max(0, from - start), Math.max(0, to - start));
    start += s.length;
    return part.length > 0 ? [part] : [];
  });
}

/** Where a third of a drawing ends: at that the network has something to wonder about. */
export const third = (ink: Stroke[]): number => Math.floor(ink.flat().length / 6) * 2;

export async function draw(page: Page, strokes: Stroke[]): Promise<void> {
  const box = (await byId(page, 'board').boundingBox())!;
  const at = (s: Stroke, i: number) =>
    [box.x + (box.width * s[i]!) / BOARD, box.y + (box.height * s[i + 1]!) / BOARD] as const;
  for (const s of strokes) {
    // The round may have ended: a click would then skip the reveal.
    if (!(await byId(page, 'board').isVisible())) return;
    await page.mouse.move(...at(s, 0));
    await page.mouse.down();
    for (let i = 2; i < s.length; i += 2) await page.mouse.move(...at(s, i), { steps: 3 });
    await page.mouse.up();
  }
}

/** A friend draws at a person's pace. */
export async function scribble(friend: Player, strokes: Stroke[]): Promise<void> {
  for (const s of strokes) {
    stroke(friend, s);
    await new Promise((done) => setTimeout(done, 350));
  }
}
