import type { Input } from '../../shared/input.ts';

/** What runs the network. The worker chooses between the two there are, and nobody else knows TensorFlow. */
export interface Engine {
  name: EngineName;
  /** Probabilities, one row of all words for each drawing. */
  run(input: Input): Promise<Float32Array>;
  /** Tensors that TensorFlow holds now; does not grow with the calls. */
  tensors(): number;
  close(): void;
}

export type EngineName = 'native' | 'wasm';
