/** The engines that the bench compares with give the same probabilities, or they would measure something else. */
import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { layersOf, layersRunner } from '../../bench/layers.ts';
import { onnxOf, onnxRunner } from '../../bench/onnx.ts';
import { weightsOf } from '../../bench/weights.ts';
import { readModel } from '../../server/inference/model.ts';
import { nativeEngine } from '../../server/inference/native.ts';
import { prefix } from '../../shared/ink.ts';
import { inputOf } from '../../shared/input.ts';
import { drawn } from '../support/drawings.ts';
import { native } from '../support/native.ts';
import { requires } from '../support/requires.ts';

const require = createRequire(import.meta.url);
function hasOnnx(): boolean {
  try {
    return Boolean(require.resolve('onnxruntime-node'));
  } catch {
    return false;
  }
}
const onnx = requires(hasOnnx(), 'onnxruntime-node (npm run bench:yardstick)');
const input = inputOf([drawn.house, prefix(drawn.house, 0.4)]);

async function furthest(
  other: (model: Awaited<ReturnType<typeof readModel>>) => Promise<Float32Array>,
): Promise<number> {
  const model = await readModel();
  const engine = await nativeEngine(model);
  const own = (await engine.run(input)).slice();
  engine.close();
  const theirs = await other(model);
  expect(theirs).toHaveLength(own.length);
  return Math.max(...own.map((p, i) => Math.abs(p - theirs[i]!)));
}

const tf = () => require('@tensorflow/tfjs-node') as typeof import('@tensorflow/tfjs-node');

test.skipIf(!native || !onnx)('ONNX Runtime', async () => {
  const distance = await furthest(async (model) => (await onnxRunner(onnxOf(model, weightsOf(model, tf()))))(input));
  expect(distance).toBeLessThan(1e-4);
});

test.skipIf(!native)('a LayersModel', async () => {
  const distance = await furthest(async (model) =>
    layersRunner(layersOf(model, weightsOf(model, tf()), tf()), tf())(input),
  );
  expect(distance).toBeLessThan(1e-4);
});
