/** What runs the network. The worker chooses between the two there are, and nobody else knows TensorFlow. */
export interface Engine {
  name: EngineName;
  /** Probabilities, one row of all words for each of the `count` rasters (raster bytes as floats, one after the other). */
  run(rasters: Float32Array, count: number): Promise<Float32Array>;
  /** Tensors that TensorFlow holds now; does not grow with the calls. */
  tensors(): number;
  close(): void;
}

export type EngineName = 'native' | 'wasm';
