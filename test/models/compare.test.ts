/** `npm run compare`, as a command: which networks it takes, and what it leaves behind. */
import { execFile } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hashOf, SHIPPED } from '../../server/inference/model.ts';
import { isHeldOut } from '../../models/train/dataset.ts';
import { FEWEST } from '../../models/comparison.ts';
import { mountSmall, unmount } from '../support/disk.ts';
import { SAMPLE } from '../support/quickdraw.ts';

type Manifest = { weights: { shape: number[]; dtype: string; quantization?: { dtype: string } }[] }[];
const BYTES: Record<string, number> = { float32: 4, int32: 4, float16: 2, uint16: 2, uint8: 1 };
const FILES = ['model.json', 'weights.bin', 'words.json'];

const dir = mkdtempSync(join(tmpdir(), 'compare-'));
const [good, bad, data] = ['good', 'bad', 'data'].map((name) => join(dir, name)) as [string, string, string];

const compare = (...args: string[]) =>
  new Promise<{ code: number; output: string }>((done) => {
    const command = ['--import', 'tsx', 'models/compare.ts', ...args];
    execFile(process.execPath, command, { env: { ...process.env, DATA_DIR: '' } }, (error, stdout, stderr) =>
      done({ code: error ? Number(error.code) : 0, output: stdout + stderr }),
    );
  });

/** All that is in a folder, to compare. */
const contentOf = (folder: string) =>
  Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name)).toString('base64')]));
const networkOf = (folder: string) => FILES.map((name) => readFileSync(join(folder, name)).toString('base64'));

beforeAll(() => {
  // One that knows nothing: it is taken for a network like any other.
  for (const folder of [good, bad]) {
    mkdirSync(folder);
    for (const name of FILES) copyFileSync(join(SHIPPED, name), join(folder, name));
  }
  const weights = readFileSync(join(bad, 'weights.bin'));
  const { weightsManifest } = JSON.parse(readFileSync(join(bad, 'model.json'), 'utf8')) as {
    weightsManifest: Manifest;
  };
  let from = 0;
  for (const { shape, dtype, quantization } of weightsManifest.flatMap((group) => group.weights)) {
    const count = shape.reduce((a, b) => a * b, 1);
    const bytes = count * BYTES[quantization?.dtype ?? dtype]!;
    // Small ones are shapes and the like.
    if (count > 1000) weights.fill(0, from, from + bytes);
    from += bytes;
  }
  expect(from).toBe(weights.length);
  writeFileSync(join(bad, 'weights.bin'), weights);
  const words = JSON.parse(readFileSync(join(bad, 'words.json'), 'utf8'));
  const hash = hashOf(readFileSync(join(bad, 'model.json')), weights);
  writeFileSync(join(bad, 'words.json'), JSON.stringify({ ...words, hash }));

  // Held-out drawings, as many as it takes to decide: some of them twice.
  mkdirSync(join(data, 'simplified'), { recursive: true });
  const names = readdirSync(join(SAMPLE, 'simplified'));
  const each = Math.ceil((1.1 * FEWEST) / names.length);
  let key = 0;
  const held = (line: string) => {
    do key++;
    while (!isHeldOut(`${key}`));
    return `${JSON.stringify({ ...JSON.parse(line), key_id: `${key}` })}\n`;
  };
  for (const name of names) {
    const lines = readFileSync(join(SAMPLE, 'simplified', name), 'utf8')
      .split('\n')
      .filter(Boolean);
    const some = Array.from({ length: each }, (_, i) => held(lines[i % lines.length]!));
    writeFileSync(join(data, 'simplified', name), some.join(''));
  }
});
afterAll(() => rmSync(dir, { recursive: true }));

describe('npm run compare', () => {
  test('says what is wrong with its arguments', { timeout: 60_000 }, async () => {
    const fails = async (...args: string[]) => {
      const { code, output } = await compare(...args);
      expect(code).toBe(2);
      expect(output.trim().split('\n')).toHaveLength(1);
      return output;
    };
    expect(await fails()).toContain('Name the folder of the new network');
    expect(await fails('--model', join(dir, 'none'))).toContain(join(dir, 'none', 'model.json'));
    expect(await fails('--model', good, '--drawings', 'many')).toContain('--drawings takes a number, not "many"');
    expect(await fails('--model', good, '--data', join(dir, 'none'))).toContain(join(dir, 'none'));
    expect(await fails('--model', good, '--best')).toContain('--best');
    expect(await fails('--model', good, '--data', data, '--data', dir)).toContain('several data sets');
  });

  test('takes a better network as a whole, and no worse one', { timeout: 300_000 }, async () => {
    const place = join(dir, 'place');
    cpSync(bad, place, { recursive: true });
    writeFileSync(join(place, 'README.md'), 'About it');
    // A command before was killed between its two renames.
    renameSync(place, `${place}.old`);
    const taken = await compare('--model', good, '--shipped', place, '--data', data, '--take');
    expect(taken).toMatchObject({ code: 0, output: expect.stringContaining('It is now in') });
    expect(networkOf(place)).toEqual(networkOf(good));
    expect(readFileSync(join(place, 'README.md'), 'utf8')).toBe('About it');
    expect(readdirSync(dir).sort()).toEqual(['bad', 'data', 'good', 'place']);

    const before = contentOf(place);
    const refused = await compare('--model', bad, '--shipped', place, '--data', data, '--take');
    expect(refused).toMatchObject({ code: 1, output: expect.stringContaining('Not better') });
    expect(contentOf(place)).toEqual(before);
    const tooFew = await compare('--model', good, '--shipped', bad, '--data', data, '--take', '--drawings', '50');
    expect(tooFew).toMatchObject({ code: 1, output: expect.stringContaining('too few') });
    expect(networkOf(bad)).not.toEqual(networkOf(good));
  });

  test('a disk that is full while it takes one changes nothing', { timeout: 300_000 }, async (context) => {
    const disk = join(dir, 'disk');
    mkdirSync(disk);
    // One network has place there, two have not.
    if (!mountSmall(disk, '5m')) return context.skip('this user may not mount a small disk');
    try {
      const place = join(disk, 'place');
      cpSync(bad, place, { recursive: true });
      const before = contentOf(place);
      const { code, output } = await compare('--model', good, '--shipped', place, '--data', data, '--take');
      expect(code).toBe(2);
      expect(output).toContain(`${place} stays as it is: `);
      expect(output).toMatch(/ENOSPC/);
      expect(contentOf(place)).toEqual(before);
      expect(readdirSync(disk)).toEqual(['place']);
    } finally {
      unmount(disk);
    }
  });
});
