/**
 * Contact sheets: `npm run data:look -- cat [--count 8] [--format raw] [--seed 1] [--out DIR]` writes DIR/cat.png. Each row shows one random
 * drawing as the network sees it (ink, age and place as colours on white): unchanged, cut to half its ink, and in eight variations.
 */
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { PNG } from 'pngjs';
import { type Ink, prefix } from '../../shared/ink.ts';
import { CHANNELS, RASTER_SIZE, rasterize, SIDE } from '../../shared/raster.ts';
import { seeded } from '../../shared/chance.ts';
import { augment } from './augment.ts';
import { ONE_WAY, presets } from './config.ts';
import { DATA, readDrawings } from './dataset.ts';
import { shuffled } from './epoch.ts';

const VARIATIONS = 8;
const ZOOM = 2;
const GAP = 4;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    count: { type: 'string', default: '8' },
    format: { type: 'string', default: 'simplified' },
    data: { type: 'string', default: DATA },
    seed: { type: 'string', default: '1' },
    out: { type: 'string', default: 'artifacts' },
  },
});
if (positionals.length === 0) throw new Error('Name one or more words: npm run data:look -- cat "hot air balloon"');
await mkdir(values.out, { recursive: true });
for (const word of positionals) {
  const inks: Ink[] = [];
  for await (const { ink } of readDrawings(join(values.data, values.format, `${word}.ndjson`))) inks.push(ink);
  const picked = [...shuffled(inks.length, Number(values.seed))].slice(0, Number(values.count)).map((i) => inks[i]!);
  const file = join(values.out, `${word}.png`);
  await pipeline(sheet(picked, word, Number(values.seed)).pack(), createWriteStream(file));
  console.log(file);
}

function sheet(inks: Ink[], word: string, seed: number): PNG {
  const cell = SIDE * ZOOM + GAP;
  const png = new PNG({ width: (2 + VARIATIONS) * cell, height: inks.length * cell });
  png.data.fill(255);
  const chance = seeded(seed);
  inks.forEach((ink, row) => {
    const variations = Array.from(
      { length: VARIATIONS },
      () => augment(ink, presets.full!.augment, !ONE_WAY.has(word), chance).ink,
    );
    for (const [column, shown] of [ink, prefix(ink, 0.5), ...variations].entries())
      paste(png, shown, column * cell, row * cell);
  });
  return png;
}

function paste(png: PNG, ink: Ink, left: number, top: number): void {
  const raster = new Uint8Array(RASTER_SIZE);
  rasterize(ink, raster);
  for (let y = 0; y < SIDE * ZOOM; y++)
    for (let x = 0; x < SIDE * ZOOM; x++) {
      const from = (Math.floor(y / ZOOM) * SIDE + Math.floor(x / ZOOM)) * CHANNELS;
      const to = ((top + y) * png.width + left + x) * 4;
      for (let channel = 0; channel < CHANNELS; channel++) png.data[to + channel] = 255 - raster[from + channel]!;
    }
}
