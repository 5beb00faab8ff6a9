/**
 * TensorFlow itself, through tfjs-node. tfjs-node runs a tfjs model with one native call for each operation, but a
 * SavedModel with one call for all of them; so the model is written as a SavedModel first: a graph with the weights as
 * constants and one signature, and no variables.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { shapesOf } from '../../shared/input.ts';
import type { Engine } from './engine.ts';
import type { GraphNode, Model } from './model.ts';

const require = createRequire(import.meta.url);

/** Rejects where tfjs-node is not installed or its addon does not load. */
export async function nativeEngine(model: Model): Promise<Engine> {
  const tf = require('@tensorflow/tfjs-node') as typeof import('@tensorflow/tfjs-node');
  // A process with a TensorFlow that never computed anything crashes as it exits, say because the next line fails.
  tf.tidy(() => void tf.add(1, 2));
  const dir = await mkdtemp(join(tmpdir(), 'doodle-derby-'));
  try {
    await mkdir(join(dir, 'variables'));
    await writeFile(join(dir, 'saved_model.pb'), savedModel(model, tf));
    const loaded = await tf.node.loadSavedModel(dir, ['serve'], 'serving_default');
    return {
      name: 'native',
      async run({ count, rasters, traces }) {
        const shapes = shapesOf(count);
        const { probabilities: output } = tf.tidy(() => {
          const input = { ink: tf.tensor4d(rasters, shapes.ink), trace: tf.tensor4d(traces, shapes.trace) };
          return loaded.predict(input) as Record<'probabilities', ReturnType<typeof tf.tensor>>;
        });
        const probabilities = output.dataSync<'float32'>();
        output.dispose();
        return probabilities;
      },
      tensors: () => tf.memory().numTensors,
      close: () => loaded.dispose(),
    };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** The classes that google-protobuf generated from TensorFlow's own definitions; they come without types. */
// biome-ignore lint/suspicious/noExplicitAny: generated JavaScript without types
type Message = any;

function savedModel(model: Model, tf: typeof import('@tensorflow/tfjs-node')): Uint8Array {
  const pb: Message = require('@tensorflow/tfjs-node/dist/proto/api_pb.js');
  const weights = tf.io.decodeWeights(model.weights, model.weightSpecs);

  const graph = new pb.GraphDef();
  const versions = new pb.VersionDef();
  versions.setProducer(1087);
  graph.setVersions(versions);
  for (const node of model.graph.node.flatMap(unfused)) graph.addNode(nodeDef(pb, node, weights[node.name]));
  for (const tensor of Object.values(weights)) tensor.dispose();

  const signature = new pb.SignatureDef();
  const info = (name: string, shape: number[]) => {
    const tensor = new pb.TensorInfo();
    tensor.setName(`${name}:0`);
    tensor.setDtype(pb.DataType.DT_FLOAT);
    tensor.setTensorShape(shapeOf(pb, shape));
    return tensor;
  };
  for (const [name, shape] of Object.entries(shapesOf(-1))) signature.getInputsMap().set(name, info(name, shape));
  signature.getOutputsMap().set('probabilities', info('probabilities', [-1, model.words.words.length]));
  signature.setMethodName('tensorflow/serving/predict');

  const meta = new pb.MetaGraphDef.MetaInfoDef();
  meta.addTags('serve');
  const metaGraph = new pb.MetaGraphDef();
  metaGraph.setMetaInfoDef(meta);
  metaGraph.setGraphDef(graph);
  metaGraph.getSignatureDefMap().set('serving_default', signature);

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

function nodeDef(pb: Message, node: GraphNode, weight: import('@tensorflow/tfjs-core').Tensor | undefined): Message {
  const def = new pb.NodeDef();
  def.setName(node.name);
  def.setOp(node.op);
  def.setInputList(node.input ?? []);
  for (const [name, value] of Object.entries(node.attr ?? {})) def.getAttrMap().set(name, attribute(pb, value));
  if (weight) {
    const tensor = new pb.Tensor();
    const values = weight.dataSync();
    tensor.setDtype(weight.dtype === 'int32' ? pb.DataType.DT_INT32 : pb.DataType.DT_FLOAT);
    tensor.setTensorShape(shapeOf(pb, weight.shape));
    tensor.setTensorContent(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    const value = new pb.AttrValue();
    value.setTensor(tensor);
    def.getAttrMap().set('value', value);
  }
  return def;
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
