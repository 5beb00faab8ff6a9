/** The model as the tutorials run theirs: a LayersModel, whose `predict` is called on the main thread for each stroke. */
import type { Model } from '../server/inference/model.ts';
import type { Input } from '../shared/input.ts';
import { shapesOf } from '../shared/input.ts';
import type { Weights } from './weights.ts';

type Tf = typeof import('@tensorflow/tfjs-node');
type Symbolic = import('@tensorflow/tfjs-node').SymbolicTensor;

/** Throws for an operation that it does not know. */
export function layersOf({ graph }: Model, weights: Weights, tf: Tf): import('@tensorflow/tfjs-node').LayersModel {
  const made = new Map<string, Symbolic>();
  const inputs: Symbolic[] = [];
  const tensor = (name: string) => tf.tensor(weights[name]!.data, weights[name]!.shape);
  const shapes: Record<string, number[]> = shapesOf(1);

  for (const { name, op, input = [], attr = {} } of graph.node) {
    const [a, b, c] = input as [string, string, string];
    const of = (each: string): Symbolic => made.get(each)!;
    const keep = (result: unknown) => void made.set(name, result as Symbolic);
    if (op === 'Const') continue;
    if (op === 'Placeholder') {
      const placeholder = tf.input({ shape: shapes[name]!.slice(1) });
      inputs.push(placeholder);
      keep(placeholder);
    } else if (op === '_FusedConv2D') {
      const [height, width, , filters] = weights[b]!.shape as [number, number, number, number];
      const [, down, across] = (attr.strides!.list as { i: string[] }).i.map(Number) as [number, number, number];
      const isWide = down > 1 || across > 1;
      const padding: [number, number] = [height >> 1, width >> 1];
      const x = isWide ? (tf.layers.zeroPadding2d({ padding }).apply(of(a)) as Symbolic) : of(a);
      const layer = tf.layers.conv2d({
        ...{ filters, kernelSize: [height, width], strides: [down, across] },
        padding: isWide ? 'valid' : 'same',
        activation: (attr.fused_ops!.list as { s: string[] }).s.length > 1 ? 'relu' : 'linear',
      });
      keep(layer.apply(x));
      layer.setWeights([tensor(b), tensor(c)]);
    } else if (op === 'AddV2') keep(tf.layers.add().apply([of(a), of(b)]));
    else if (op === 'Mul') keep(tf.layers.multiply().apply([of(a), of(b)]));
    else if (op === 'Relu') keep(tf.layers.reLU().apply(of(a)));
    else if (op === 'Sigmoid') keep(tf.layers.activation({ activation: 'sigmoid' }).apply(of(a)));
    else if (op === 'Mean') {
      const mean = tf.layers.globalAveragePooling2d({ dataFormat: 'channelsLast' }).apply(of(a)) as Symbolic;
      const channels = mean.shape.at(-1)!;
      keep(attr.keep_dims!.b ? tf.layers.reshape({ targetShape: [1, 1, channels] }).apply(mean) : mean);
    } else if (op === 'ConcatV2') keep(tf.layers.concatenate().apply([of(a), of(b)]));
    else if (op === 'MatMul') {
      const bias = graph.node.find((each) => each.op === 'BiasAdd' && each.input?.[0] === name)!.input![1]!;
      const layer = tf.layers.dense({ units: weights[b]!.shape[1]! });
      keep(layer.apply(of(a)));
      layer.setWeights([tensor(b), tensor(bias)]);
    } else if (op === 'BiasAdd') keep(of(a));
    else if (op === 'Softmax') keep(tf.layers.softmax().apply(of(a)));
    else throw new Error(`${name}: no layer for ${op}`);
  }
  return tf.model({ inputs, outputs: made.get('probabilities')! });
}

/** Probabilities of a batch, computed on this thread. */
export function layersRunner(layers: import('@tensorflow/tfjs-node').LayersModel, tf: Tf) {
  return ({ count, rasters, traces }: Input): Float32Array => {
    const shapes = shapesOf(count);
    return tf.tidy(() => {
      const inputs = [tf.tensor4d(rasters, shapes.ink), tf.tensor4d(traces, shapes.trace)];
      return (layers.predict(inputs) as import('@tensorflow/tfjs-node').Tensor).dataSync<'float32'>();
    });
  };
}
