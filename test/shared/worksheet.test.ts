/** The numbers on the worksheet of docs/classroom.md are those that the lab would compute. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Kernels } from '../../shared/lab/kernels.ts';
import { convolve, pool, type Volume } from '../../shared/lab/sums.ts';

const sheet = readFileSync(new URL('../../docs/classroom.md', import.meta.url), 'utf8');

/** The numbers in the block with this name, row by row. */
function block(name: string): number[][] {
  const text = sheet.match(new RegExp(`^\`\`\`${name}\n([^\`]*)\`\`\``, 'm'))![1]!;
  return text
    .trim()
    .split('\n')
    .map((row) => row.trim().split(/\s+/).map(Number));
}

const volumeOf = (rows: number[][]): Volume => ({ shape: [rows.length, rows[0]!.length, 1], values: rows.flat() });

test.each(['a', 'b'])('of map %s', (name) => {
  const drawing = volumeOf(block('drawing'));
  const kernels: Kernels = {
    ...{ size: 3, inputs: 1, outputs: 1 },
    weights: new Float32Array(block(`kernel-${name}`).flat()),
    bias: new Float32Array(1),
  };
  const at = [1, 2, 3, 4];
  const map = at.map((y) => at.map((x) => convolve(kernels, drawing, 0, x, y).total));
  expect(block(`map-${name}`)).toEqual(map);
  const positive = map.map((row) => row.map((value) => Math.max(0, value)));
  expect(block(`relu-${name}`)).toEqual(positive);
  const largest = [0, 1].map((y) =>
    [0, 1].map((x) => {
      const { values, largest } = pool(volumeOf(positive), 0, x, y);
      return values[largest];
    }),
  );
  expect(block(`pooled-${name}`)).toEqual(largest);
});
