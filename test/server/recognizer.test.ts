import { execFileSync, spawnSync } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { drawingFiles, isHeldOut, readDrawings } from '../../models/train/dataset.ts';
import type { Engine, EngineName } from '../../server/inference/engine.ts';
import { pack, unpack } from '../../server/inference/ink-pack.ts';
import { hashOf, readModel, SHIPPED } from '../../server/inference/model.ts';
import type { Recognizer } from '../../server/inference/recognizer.ts';
import { startRecognizer } from '../../server/inference/thread.ts';
import { type Calibration, UNCALIBRATED } from '../../shared/calibration.ts';
import type { Ink } from '../../shared/ink.ts';
import { prefix } from '../../shared/ink.ts';
import { blankInput, inputOf } from '../../shared/input.ts';
import { topGuesses } from '../../shared/verdict.ts';
import { drawn } from '../support/drawings.ts';
import { native } from '../support/native.ts';
import { drawingsOf, SAMPLE, SAMPLE_WORDS } from '../support/quickdraw.ts';
import { workers } from '../support/workers.ts';

vi.mock('node:worker_threads', async (original) =>
  (await import('../support/workers.ts')).remembering(await original()),
);

const torch = spawnSync('python3', ['-c', 'import torch, numpy']).status === 0;
if (!torch) console.warn('skipped, without python3 with torch and numpy: the comparison with PyTorch');
const engines: EngineName[] = native ? ['native', 'wasm'] : ['wasm'];

const apart = (a: Float32Array, b: Float32Array) => Math.max(...a.map((p, i) => Math.abs(p - b[i]!)));

describe.each(engines)('the %s engine', (engine) => {
  let recognizer: Recognizer;
  beforeAll(async () => {
    recognizer = await startRecognizer({ engine });
  });
  afterAll(() => recognizer.close());

  it('says which it is, and knows the 345 words', () => {
    expect(recognizer.engine).toBe(engine);
    expect(recognizer.words.words).toHaveLength(345);
  });

  it('answers in the order asked, and the same in any company', async () => {
    const inks: Ink[] = Object.values(drawn);
    const together = await recognizer.recognize(inks);
    const alone = await Promise.all(inks.map((ink) => recognizer.recognize([ink])));
    for (const [i, probabilities] of together.entries()) {
      expect(probabilities).toHaveLength(345);
      expect(probabilities.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 4);
      expect(apart(probabilities, alone[i]![0]!)).toBeLessThan(1e-4);
    }
  });

  it('answers for no ink, a dot, and nothing at all', async () => {
    expect(await recognizer.recognize([])).toEqual([]);
    const [blank, dot] = await recognizer.recognize([{ strokes: [] }, { strokes: [[5, 5]] }]);
    for (const probabilities of [blank!, dot!]) expect(probabilities.every((p) => p >= 0 && p <= 1)).toBe(true);
  });

  it('holds no more tensors after many calls', async () => {
    const model = await readModel();
    const { run, tensors, close }: Engine =
      engine === 'native'
        ? await (await import('../../server/inference/native.ts')).nativeEngine(model)
        : await (await import('../../server/inference/wasm.ts')).wasmEngine(model);
    const input = blankInput(2);
    await run(input);
    const before = tensors();
    for (let i = 0; i < 100; i++) await run(input);
    expect(tensors()).toBe(before);
    close();
  }, 60_000);

  it('refuses ink after it was closed', async () => {
    const other = await startRecognizer({ engine });
    await other.close();
    await expect(other.recognize([drawn.circle])).rejects.toThrow('closed');
  });
});

/** Whole drawings that no network was trained on. */
async function heldOutInks(): Promise<Ink[]> {
  const inks: Ink[] = [];
  for (const format of ['simplified', 'raw'])
    for (const file of await drawingFiles(join(SAMPLE, format)))
      for await (const { key, ink } of readDrawings(file)) if (isHeldOut(key)) inks.push(ink);
  return inks;
}

async function inBatches(recognizer: Recognizer, inks: readonly Ink[]): Promise<Float32Array[]> {
  const answers: Float32Array[] = [];
  for (let i = 0; i < inks.length; i += 20) answers.push(...(await recognizer.recognize(inks.slice(i, i + 20))));
  return answers;
}

const most = (a: readonly Float32Array[], b: readonly Float32Array[]) => Math.max(...a.map((p, i) => apart(p, b[i]!)));

describe('on 500 held-out drawings', () => {
  let inks: Ink[];
  const answers = new Map<EngineName, Float32Array[]>();
  beforeAll(async () => {
    inks = await heldOutInks();
    for (const engine of engines) {
      const recognizer = await startRecognizer({ engine, calibration: UNCALIBRATED });
      answers.set(engine, await inBatches(recognizer, inks));
      await recognizer.close();
    }
  }, 120_000);

  it.skipIf(!native)('the engines agree', () => {
    expect(inks.length).toBeGreaterThanOrEqual(500);
    expect(most(answers.get('native')!, answers.get('wasm')!)).toBeLessThan(1e-3);
  });

  it.skipIf(!torch)('PyTorch makes the same of the same files', () => {
    const { traces, rasters } = inputOf(inks);
    const output = execFileSync('python3', ['models/train/artifact.py', SHIPPED], {
      input: Buffer.concat([traces, rasters].map(({ buffer }) => Buffer.from(buffer))),
      maxBuffer: 1 << 24,
    });
    const all = new Float32Array(new Uint8Array(output).buffer);
    const theirs = inks.map((_, i) => all.subarray(i * 345, (i + 1) * 345));
    expect(inks.length).toBeGreaterThanOrEqual(500);
    expect(all).toHaveLength(inks.length * 345);
    for (const ours of answers.values()) expect(most(ours, theirs)).toBeLessThan(1e-3);
  });
});

describe.skipIf(!native)('the two engines', () => {
  let both: Recognizer[];
  beforeAll(async () => {
    both = [await startRecognizer({ engine: 'native' }), await startRecognizer({ engine: 'wasm' })];
  });
  afterAll(() => Promise.all(both.map((each) => each.close())));

  it('agree on drawn ink, at every part of it', async () => {
    const inks = Object.values(drawn).flatMap((ink) => [0.2, 0.5, 0.8, 1].map((share) => prefix(ink, share)));
    const [a, b] = await Promise.all(both.map((each) => each.recognize(inks)));
    for (const [i, probabilities] of a!.entries()) expect(apart(probabilities, b![i]!)).toBeLessThan(1e-3);
  });
});

it('takes native where it runs, else wasm', async () => {
  const recognizer = await startRecognizer();
  expect(recognizer.engine).toBe(engines[0]);
  await recognizer.close();
});

describe('the shipped network', () => {
  it('knows the drawings of the sample, and nearly all that is drawn by code', async () => {
    const recognizer = await startRecognizer();
    /** The share of drawings whose word is among the network's three best guesses. */
    const top3 = async (drawings: [word: string, ink: Ink][]): Promise<number> => {
      const answers = await inBatches(
        recognizer,
        drawings.map(([, ink]) => ink),
      );
      const isNamed = (word: string, answer: Float32Array) =>
        topGuesses(answer, 3).some((guess) => recognizer.words.words[guess.word]!.word === word);
      return drawings.filter(([word], i) => isNamed(word, answers[i]!)).length / drawings.length;
    };
    const sample = await top3(
      SAMPLE_WORDS.flatMap((word) => drawingsOf(word, 12).map((ink): [string, Ink] => [word, ink])),
    );
    const byCode = await top3(Object.entries(drawn));
    await recognizer.close();
    expect(sample).toBeGreaterThan(0.9);
    expect(byCode).toBeGreaterThan(0.8);
  });
});

describe('a worker that fails', () => {
  it('is replaced after it died; what waited rejects, what comes later works', async () => {
    const reasons: Error[] = [];
    const recognizer = await startRecognizer({ onRestart: (reason) => reasons.push(reason) });
    const [before] = await recognizer.recognize([drawn.house]);
    // More than the worker can answer before it ends.
    const inks = Array.from({ length: 64 }, () => drawn.house);
    const waiting = Promise.all(Array.from({ length: 20 }, () => recognizer.recognize(inks)));
    // Sent, and not yet answered.
    const rejected = expect(waiting).rejects.toThrow('inference worker');
    await new Promise(setImmediate);
    await workers.at(-1)!.terminate();
    await rejected;
    expect(reasons).toHaveLength(1);

    const [after] = await recognizer.recognize([drawn.house]);
    expect(apart(before!, after!)).toBeLessThan(1e-6);
    expect(reasons).toHaveLength(1);

    // While the next one starts, a drawing grows. What counts is its ink of when it was asked about.
    await workers.at(-1)!.terminate();
    const growing = structuredClone(drawn.house);
    const asked = recognizer.recognize([growing]);
    growing.strokes.push([0, 0, 2040, 2040, 0, 2040, 2040, 0]);
    const [early] = await asked;
    const [late] = await recognizer.recognize([growing]);
    expect(apart(early!, after!)).toBeLessThan(1e-6);
    expect(apart(late!, after!)).toBeGreaterThan(1e-3);
    await recognizer.close();
  });

  it('is replaced when it hangs', async () => {
    const reasons: Error[] = [];
    const recognizer = await startRecognizer({ onRestart: (reason) => reasons.push(reason) });
    workers.at(-1)!.postMessage('hang');
    await expect(recognizer.recognize([drawn.house])).rejects.toThrow('did not answer');
    expect(reasons).toHaveLength(1);
    expect((await recognizer.recognize([drawn.house]))[0]).toHaveLength(345);
    await recognizer.close();
  }, 60_000);
});

describe('an incomplete model', () => {
  let dir: string;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'model-'));
  });
  afterAll(() => rm(dir, { recursive: true }));

  async function broken(name: string, change: (dir: string) => Promise<void>): Promise<string> {
    const copy = join(dir, name);
    await cp(SHIPPED, copy, { recursive: true });
    await change(copy);
    return copy;
  }

  it('is refused where its hash is another', async () => {
    const modelDir = await broken('hash', async (copy) => {
      const weights = await readFile(join(copy, 'weights.bin'));
      weights[1000]! ^= 1;
      await writeFile(join(copy, 'weights.bin'), weights);
    });
    await expect(startRecognizer({ modelDir })).rejects.toThrow(`${join(modelDir, 'words.json')}: made for the model`);
  });

  it('is refused where it has another number of words', async () => {
    const modelDir = await broken('words', async (copy) => {
      const words = JSON.parse(await readFile(join(copy, 'words.json'), 'utf8'));
      words.words.pop();
      await writeFile(join(copy, 'words.json'), JSON.stringify(words));
    });
    await expect(startRecognizer({ modelDir })).rejects.toThrow('344 words, but the network in model.json has 345');
  });

  it('is refused where its calibration is broken', async () => {
    const good: Calibration = { sizes: [0.2, 1], powers: [0.9, 1] };
    for (const [i, more] of [
      { sizes: undefined },
      { sizes: [] },
      { sizes: [1, 0.2] },
      { powers: [1] },
      { powers: [0, 1] },
    ].entries()) {
      const modelDir = await broken(`calibration-${i}`, async (copy) => {
        const words = JSON.parse(await readFile(join(copy, 'words.json'), 'utf8'));
        await writeFile(join(copy, 'words.json'), JSON.stringify({ ...words, calibration: { ...good, ...more } }));
      });
      await expect(readModel(modelDir)).rejects.toThrow(`${join(modelDir, 'words.json')}: the calibration needs`);
    }
  });

  it('is refused where a file is missing or cut off', async () => {
    const missing = await broken('missing', (copy) => rm(join(copy, 'weights.bin')));
    await expect(startRecognizer({ modelDir: missing })).rejects.toThrow(join(missing, 'weights.bin'));
    const cut = await broken('cut', async (copy) => {
      const topology = (await readFile(join(copy, 'model.json'))).subarray(0, 500);
      const weights = await readFile(join(copy, 'weights.bin'));
      const words = JSON.parse(await readFile(join(copy, 'words.json'), 'utf8'));
      await writeFile(join(copy, 'model.json'), topology);
      await writeFile(join(copy, 'words.json'), JSON.stringify({ ...words, hash: hashOf(topology, weights) }));
    });
    await expect(startRecognizer({ modelDir: cut })).rejects.toThrow(`${join(cut, 'model.json')}: not JSON`);
  });
});

it('packs ink without losing anything', () => {
  const stroke = fc.array(fc.double({ noNaN: true }), { maxLength: 20 });
  fc.assert(
    fc.property(fc.array(fc.array(stroke, { maxLength: 5 }), { maxLength: 5 }), (drawings) => {
      const inks = drawings.map((strokes) => ({ strokes }));
      expect(unpack(pack(inks))).toEqual(inks);
    }),
  );
});
