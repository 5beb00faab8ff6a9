/** A small data set of Quick, Draw!'s layout, made by code: polygons, whose number of corners says which word they are. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chance } from './chance.ts';

/** Writes `each` drawings of every word, and the first four of them as raw drawings too. Returns the folder. */
export function writeDataset(words: readonly string[], each: number): string {
  const dir = mkdtempSync(join(tmpdir(), 'quickdraw-'));
  const { int, next } = chance(1);
  mkdirSync(join(dir, 'simplified'));
  mkdirSync(join(dir, 'raw'));
  writeFileSync(join(dir, 'categories.txt'), `${words.join('\n')}\n`);
  words.forEach((word, label) => {
    const drawings = Array.from({ length: each }, (_, i) => {
      const turn = next() * 2 * Math.PI;
      const angles = Array.from({ length: label + 4 }, (_, corner) => turn + (corner * 2 * Math.PI) / (label + 3));
      const [xs, ys] = [Math.cos, Math.sin].map((f) => angles.map((a) => Math.round(127 + (100 + int(27)) * f(a))));
      return { word, key_id: `${label}${String(i).padStart(4, '0')}`, recognized: true, drawing: [[xs!, ys!]] };
    });
    const raw = drawings.slice(0, 4).map((d) => ({
      ...d,
      drawing: d.drawing.map(([xs, ys]) => [
        xs!.map((x) => x * 2 + 50),
        ys!.map((y) => y * 2 + 9),
        xs!.map((_, i) => i * 30),
      ]),
    }));
    for (const [format, list] of [
      ['simplified', drawings],
      ['raw', raw],
    ] as const)
      writeFileSync(join(dir, format, `${word}.ndjson`), list.map((d) => `${JSON.stringify(d)}\n`).join(''));
  });
  return dir;
}
