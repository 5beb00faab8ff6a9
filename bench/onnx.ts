/** The model's graph for ONNX Runtime, the yardstick of what a processor can do with the same weights. */
import { createRequire } from 'node:module';
import protobuf from 'protobufjs';
import type { GraphNode, Model } from '../server/inference/model.ts';
import type { Input } from '../shared/input.ts';
import { shapesOf } from '../shared/input.ts';
import type { Weights } from './weights.ts';

const require = createRequire(import.meta.url);

/** What is used of ONNX's own definitions (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto). */
const { root } = protobuf.parse(
  `
  syntax = "proto3";
  message Model { int64 ir_version = 1; Graph graph = 7; repeated Opset opset_import = 8; }
  message Opset { string domain = 1; int64 version = 2; }
  message Graph {
    repeated Node node = 1; string name = 2; repeated Tensor initializer = 5; repeated Value input = 11; repeated Value output = 12;
  }
  message Node { repeated string input = 1; repeated string output = 2; string name = 3; string op_type = 4; repeated Attribute attribute = 5; }
  message Attribute { string name = 1; int64 i = 3; repeated int64 ints = 8; int32 type = 20; }
  message Tensor { repeated int64 dims = 1; int32 data_type = 2; string name = 8; bytes raw_data = 9; }
  message Value { string name = 1; Type type = 2; }
  message Type { TensorType tensor_type = 1; }
  message TensorType { int32 elem_type = 1; Shape shape = 2; }
  message Shape { repeated Dim dim = 1; }
  message Dim { oneof value { int64 dim_value = 1; string dim_param = 2; } }
`,
  { keepCase: true },
);

const FLOAT = 1;
const INT64 = 7;
const [INT, INTS] = [2, 7];

/** ONNX wants channels first, so the inputs are turned, and the filters with them. Throws for an operation that it does not know. */
export function onnxOf({ graph, words }: Model, weights: Weights): Uint8Array {
  const node: object[] = [];
  const initializer: object[] = [];

  const add = (op_type: string, name: string, input: string[], attributes: Record<string, number | number[]> = {}) => {
    const attribute = Object.entries(attributes).map(([name, value]) =>
      Array.isArray(value) ? { name, ints: value, type: INTS } : { name, i: value, type: INT },
    );
    node.push({ name, op_type, input, output: [name], attribute });
  };
  const constant = (name: string, dims: number[], data: Float32Array | BigInt64Array) => {
    const data_type = data instanceof Float32Array ? FLOAT : INT64;
    initializer.push({
      name,
      dims,
      data_type,
      raw_data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
    });
  };

  function convolution({ name, input, attr }: GraphNode): void {
    const [x, filter, bias] = input!;
    const { shape, data } = weights[filter!]!;
    const [height, width, from, to] = shape as [number, number, number, number];
    constant(filter!, [to, from, height, width], turned(data, height * width, from, to));
    constant(bias!, weights[bias!]!.shape, weights[bias!]!.data);
    const [, down, across] = listOf(attr!.strides!);
    const pads = [height >> 1, width >> 1];
    const relu = (attr!.fused_ops!.list as { s: string[] }).s.length > 1;
    add('Conv', relu ? `${name}/linear` : name, [x!, filter!, bias!], {
      kernel_shape: [height, width],
      strides: [down!, across!],
      pads: [...pads, ...pads],
    });
    if (relu) add('Relu', name, [`${name}/linear`]);
  }

  for (const each of graph.node) {
    const { name, op, input = [], attr = {} } = each;
    const [a, b] = input;
    if (op === 'Const') continue;
    if (op === 'Placeholder') add('Transpose', name, [`${name}/given`], { perm: [0, 3, 1, 2] });
    else if (op === '_FusedConv2D') convolution(each);
    else if (op === 'AddV2') add('Add', name, [a!, b!]);
    else if (op === 'Mul') add('Mul', name, [a!, b!]);
    else if (op === 'Relu' || op === 'Sigmoid') add(op, name, [a!]);
    else if (op === 'Mean') {
      constant(`${name}/sides`, [2], BigInt64Array.of(2n, 3n));
      add('ReduceMean', name, [a!, `${name}/sides`], { keepdims: attr.keep_dims!.b ? 1 : 0 });
    } else if (op === 'ConcatV2') add('Concat', name, [a!, b!], { axis: 1 });
    else if (op === 'MatMul') {
      constant(b!, weights[b!]!.shape, weights[b!]!.data);
      add('MatMul', name, [a!, b!]);
    } else if (op === 'BiasAdd') {
      constant(b!, weights[b!]!.shape, weights[b!]!.data);
      add('Add', name, [a!, b!]);
    } else if (op === 'Softmax') add('Softmax', name, [a!], { axis: 1 });
    else throw new Error(`${name}: no ONNX for ${op}`);
  }

  const value = (name: string, sizes: number[]) => ({
    name,
    type: {
      tensor_type: {
        elem_type: FLOAT,
        shape: { dim: sizes.map((size) => (size < 0 ? { dim_param: 'count' } : { dim_value: size })) },
      },
    },
  });
  const Message = root.lookupType('Model');
  const model = {
    ir_version: 8,
    opset_import: [{ domain: '', version: 18 }],
    graph: {
      ...{ name: words.model, node, initializer },
      input: Object.entries(shapesOf(-1)).map(([name, sizes]) => value(`${name}/given`, sizes)),
      output: [value('probabilities', [-1, words.words.length])],
    },
  };
  return Message.encode(Message.create(model)).finish();
}

const listOf = (attr: Record<string, unknown>): number[] => (attr.list as { i: string[] }).i.map(Number);

/** Filters as [to][from][place] instead of [place][from][to]. */
function turned(data: Float32Array, places: number, from: number, to: number): Float32Array {
  const result = new Float32Array(data.length);
  for (let place = 0; place < places; place++)
    for (let f = 0; f < from; f++)
      for (let t = 0; t < to; t++) result[(t * from + f) * places + place] = data[(place * from + f) * to + t]!;
  return result;
}

/** What is used of onnxruntime-node. */
interface Runtime {
  InferenceSession: {
    create(
      model: Uint8Array,
      options: object,
    ): Promise<{ run(feeds: object): Promise<{ probabilities: { data: Float32Array } }> }>;
  };
  Tensor: new (type: 'float32', data: Float32Array, dims: number[]) => object;
}

/** Probabilities of a batch, on one thread. Rejects with MODULE_NOT_FOUND if onnxruntime-node is not installed. */
export async function onnxRunner(model: Uint8Array): Promise<(input: Input) => Promise<Float32Array>> {
  const { InferenceSession, Tensor } = require('onnxruntime-node') as Runtime;
  const session = await InferenceSession.create(model, { intraOpNumThreads: 1, interOpNumThreads: 1 });
  return async ({ count, rasters, traces }) => {
    const shapes = shapesOf(count);
    const { probabilities } = await session.run({
      'ink/given': new Tensor('float32', rasters, shapes.ink),
      'trace/given': new Tensor('float32', traces, shapes.trace),
    });
    return probabilities.data;
  };
}
