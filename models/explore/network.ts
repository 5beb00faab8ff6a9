/** The shipped network with its features: what its last layer is given. One pass makes both. */
import type { Engine, EngineName } from '../../server/inference/engine.ts';
import type { Model } from '../../server/inference/model.ts';
import { readModel } from '../../server/inference/model.ts';
import { calibrate } from '../../shared/calibration.ts';
import type { Ink } from '../../shared/ink.ts';
import { inputOf } from '../../shared/input.ts';
import type { Words } from '../../shared/verdict.ts';

export interface Looked {
  features: Float32Array;
  /** Calibrated, as the server's. */
  probabilities: Float32Array;
}

export interface Network {
  words: Words;
  look(inks: readonly Pick<Ink, 'strokes'>[]): Promise<Looked[]>;
  close(): void;
}

export async function openNetwork(modelDir?: string, wanted?: EngineName): Promise<Network> {
  const model = await readModel(modelDir);
  const engine = await load(withFeatures(model), wanted);
  const { words } = model;
  const count = words.words.length;
  return {
    words,
    async look(inks) {
      const all = await engine.run(inputOf(inks));
      const size = all.length / inks.length;
      const probabilities = new Float32Array(inks.length * count);
      const features = inks.map((_, i) => {
        probabilities.set(all.subarray((i + 1) * size - count, (i + 1) * size), i * count);
        return all.slice(i * size, (i + 1) * size - count);
      });
      calibrate(probabilities, inks, words.calibration);
      return features.map((own, i) => ({
        features: own,
        probabilities: probabilities.subarray(i * count, (i + 1) * count),
      }));
    },
    close: () => engine.close(),
  };
}

/** As the server's recognizer: it prints nothing. */
const QUIET = { TF_CPP_MIN_LOG_LEVEL: '2', TF_ENABLE_ONEDNN_OPTS: '0' };

async function load(model: Model, wanted: EngineName | undefined): Promise<Engine> {
  const wasm = async () => (await import('../../server/inference/wasm.ts')).wasmEngine(model);
  if (wanted === 'wasm') return wasm();
  Object.assign(process.env, { ...QUIET, ...process.env });
  try {
    return await (await import('../../server/inference/native.ts')).nativeEngine(model);
  } catch (error) {
    if (wanted === 'native') throw error;
    return wasm();
  }
}

/** The network with its features in front of its probabilities. Its own concatenation serves as the pattern for one more. */
function withFeatures(model: Model): Model {
  const { node } = model.graph;
  const named = (name: string) => node.find((each) => each.name === name);
  const output = named('probabilities');
  const product = node.find(({ op }) => op === 'MatMul');
  const both = product && named(product.input![0]!);
  if (!output || both?.op !== 'ConcatV2') throw new Error('The features of this network cannot be told from its graph');
  const [, , axis] = both.input!;
  return {
    ...model,
    graph: {
      ...model.graph,
      node: [
        ...node.filter((each) => each !== output),
        { ...output, name: 'softmax' },
        { ...both, name: 'probabilities', input: [both.name, 'softmax', axis!] },
      ],
    },
  };
}
