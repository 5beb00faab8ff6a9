/**
 * TensorFlow itself, through the addon of tfjs-node. tfjs-node runs a tfjs model with one native call for each operation, but a
 * SavedModel with one call for all of them; so the graph is written as a SavedModel first. The weights are inputs of each call:
 * as constants TensorFlow would keep several copies of them, and optimize the graph for longer.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TFJSBinding } from '@tensorflow/tfjs-node/dist/tfjs_binding.d.ts';
import { shapesOf } from '../../shared/input.ts';
import type { Engine } from './engine.ts';
import type { GraphNode, Model } from './model.ts';
import { decodeWeights, type Weight } from './weights.ts';

const require = createRequire(import.meta.url);

/** Rejects where tfjs-node is not installed or its addon does not load. */
export async function nativeEngine(model: Model): Promise<Engine> {
  // First: if it throws, TensorFlow must not be loaded yet (see below).
  const names = new Set(model.graph.node.map(({ name }) => name));
  const weights = decodeWeights(model).filter(({ name }) => names.has(name));
  // The addon alone: TensorFlow.js around it takes longer to load, and 40 MB. Every Node that runs the game takes this one.
  const tf: TFJSBinding = require('@tensorflow/tfjs-node/lib/napi-v8/tfjs_binding.node');
  const fed = weights.filter(isFed);
  // Before anything can fail: a process with a TensorFlow that never had a tensor crashes as it exits.
  const fedIds = fed.map(({ shape, data }) => tf.createTensor(shape, tf.TF_FLOAT, data));
  const inputNames = ['ink', 'trace', ...fed.map(({ name }) => name)].map((name) => `${name}:0`).join();
  const close = () => fedIds.forEach((id) => void tf.deleteTensor(id));
  const session = await load(savedModel(model.graph.node, weights), tf).catch((error: Error) => {
    close();
    throw error;
  });
  return {
    name: 'native',
    async run({ count, rasters, traces }) {
      const shapes = shapesOf(count);
      const inkIds = [
        tf.createTensor(shapes.ink, tf.TF_FLOAT, rasters),
        tf.createTensor(shapes.trace, tf.TF_FLOAT, traces),
      ];
      try {
        const [output] = tf.runSavedModel(session, [...inkIds, ...fedIds], inputNames, 'probabilities:0');
        const probabilities = tf.tensorDataSync(output!.id) as Float32Array;
        tf.deleteTensor(output!.id);
        return probabilities;
      } finally {
        for (const id of inkIds) tf.deleteTensor(id);
      }
    },
    tensors: () => tf.getNumOfTensors(),
    close() {
      tf.deleteSavedModel(session);
      close();
    },
  };
}

/** Whole numbers stay constants of the graph: axes, which TensorFlow wants to know before it runs. */
const isFed = ({ data }: Weight): boolean => data instanceof Float32Array;

/** TensorFlow reads models only from a folder. */
async function load(saved: Uint8Array, tf: TFJSBinding): Promise<number> {
  const dir = await mkdtemp(join(tmpdir(), 'doodle-derby-'));
  try {
    await mkdir(join(dir, 'variables'));
    await writeFile(join(dir, 'saved_model.pb'), saved);
    return tf.loadSavedModel(dir, 'serve');
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** The classes that google-protobuf generated from TensorFlow's own definitions; they come without types. */
// biome-ignore lint/suspicious/noExplicitAny: generated JavaScript without types
type Message = any;

function savedModel(nodes: readonly GraphNode[], weights: readonly Weight[]): Uint8Array {
  const pb: Message = require('@tensorflow/tfjs-node/dist/proto/api_pb.js');
  const byName = new Map(weights.map((weight) => [weight.name, weight]));

  const graph = new pb.GraphDef();
  const versions = new pb.VersionDef();
  versions.setProducer(1087);
  graph.setVersions(versions);
  for (const node of nodes.flatMap(unfused)) graph.addNode(nodeDef(pb, node, byName.get(node.name)));

  const meta = new pb.MetaGraphDef.MetaInfoDef();
  meta.addTags('serve');
  const metaGraph = new pb.MetaGraphDef();
  metaGraph.setMetaInfoDef(meta);
  metaGraph.setGraphDef(graph);

  const saved = new pb.SavedModel();
  saved.setSavedModelSchemaVersion(1);
  saved.addMetaGraphs(metaGraph);
  return saved.serializeBinary();
}

/**
 * A fused convolution as the operations it is made of. TensorFlow's own fused operation changes from version to version; it
 * fuses these again, in its own way, when it loads them.
 */
function unfused(node: GraphNode): GraphNode[] {
  if (node.op !== '_FusedConv2D') return [node];
  const { num_args: _, fused_ops, epsilon: __, ...attr } = node.attr ?? {};
  const [ink, filter, bias] = node.input ?? [];
  const { s: fused = [] } = (fused_ops?.list ?? {}) as { s?: string[] };
  const ops = fused.map((op) => Buffer.from(op, 'base64').toString());
  const parts: GraphNode[] = [{ name: `${node.name}/Conv2D`, op: 'Conv2D', input: [ink!, filter!], attr }];
  for (const op of ops) {
    const before = parts.at(-1)!.name;
    parts.push({
      name: `${node.name}/${op}`,
      op,
      input: op === 'BiasAdd' ? [before, bias!] : [before],
      attr: { T: attr.T!, ...(op === 'BiasAdd' ? { data_format: attr.data_format! } : {}) },
    });
  }
  parts.at(-1)!.name = node.name;
  return parts;
}

function nodeDef(pb: Message, node: GraphNode, weight: Weight | undefined): Message {
  if (weight && isFed(weight)) return nodeDef(pb, placeholder(node, weight), undefined);
  const def = new pb.NodeDef();
  def.setName(node.name);
  def.setOp(node.op);
  def.setInputList(node.input ?? []);
  for (const [name, value] of Object.entries(node.attr ?? {})) def.getAttrMap().set(name, attribute(pb, value));
  if (weight) def.getAttrMap().set('value', tensorAttribute(pb, weight));
  return def;
}

/** For a weight that is an input of each call. */
const placeholder = ({ name }: GraphNode, { shape }: Weight): GraphNode => ({
  name,
  op: 'Placeholder',
  attr: { dtype: { type: 'DT_FLOAT' }, shape: { shape: { dim: shape.map((size) => ({ size })) } } },
});

function tensorAttribute(pb: Message, { shape, data }: Weight): Message {
  const tensor = new pb.Tensor();
  tensor.setDtype(pb.DataType.DT_INT32);
  tensor.setTensorShape(shapeOf(pb, shape));
  tensor.setTensorContent(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  const value = new pb.AttrValue();
  value.setTensor(tensor);
  return value;
}

function shapeOf(pb: Message, dims: readonly number[]): Message {
  const shape = new pb.TensorShape();
  for (const size of dims) {
    const dim = new pb.TensorShape.Dim();
    dim.setSize(size);
    shape.addDim(dim);
  }
  return shape;
}

type Json = Record<string, unknown>;

/** One attribute from protobuf's JSON mapping: bytes in base64, 64-bit numbers and enum names as strings. */
function attribute(pb: Message, value: Json): Message {
  const attr = new pb.AttrValue();
  const dtype = (name: unknown) => (typeof name === 'number' ? name : pb.DataType[name as string]);
  const [kind, content] = Object.entries(value)[0] ?? [];
  switch (kind) {
    case 's':
      attr.setS(content);
      break;
    case 'i':
      attr.setI(Number(content));
      break;
    case 'f':
      attr.setF(Number(content));
      break;
    case 'b':
      attr.setB(content);
      break;
    case 'type':
      attr.setType(dtype(content));
      break;
    case 'shape':
      attr.setShape(
        shapeOf(
          pb,
          (((content as Json).dim ?? []) as Json[]).map((dim) => Number(dim.size)),
        ),
      );
      break;
    case 'list': {
      const { s, i, f, b, type } = content as Record<string, unknown[] | undefined>;
      const list = new pb.AttrValue.ListValue();
      if (s) list.setSList(s);
      if (i) list.setIList(i.map(Number));
      if (f) list.setFList(f.map(Number));
      if (b) list.setBList(b);
      if (type) list.setTypeList(type.map(dtype));
      attr.setList(list);
      break;
    }
    case 'tensor':
      // A constant's content is among the weights.
      break;
    default:
      throw new Error(`model.json: an attribute of an unknown kind: ${JSON.stringify(value)}`);
  }
  return attr;
}
