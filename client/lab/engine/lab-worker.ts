/** One network in a thread of its own: it learns, and looks at drawings meanwhile. */
import type { LayersModel, Sequential } from '@tensorflow/tfjs-layers';
import { type Examples, type Samples, trainingExamples, validationExamples } from '../../../shared/lab/examples.ts';
import { pictureOf, PICTURE_SIZE } from '../../../shared/lab/picture.ts';
import type { Recipe } from '../../../shared/lab/recipe.ts';
import { startBackend } from './backend.ts';
import { filesOf } from './files.ts';
import { mapsOf, withMaps } from './look.ts';
import { buildNetwork, compile, setWeights, weightsOf } from './network.ts';
import type { Order, Pace, Report } from './orders.ts';
import { type Batch, check, classify, meanOf, trainEpoch } from './training.ts';

/** So often it reports, and hears what the page says meanwhile. */
const PAUSE_EVERY_MS = 50;
/** An epoch in slow motion takes about as long. */
const SLOW_EPOCH_MS = 6000;

interface Opened {
  recipe: Recipe;
  samples: Samples;
  validation: Examples;
  network: Sequential;
  viewed: LayersModel;
}

let opened: Opened | undefined;
let pace: Pace = 'fast';
let isTraining = false;
let epoch = 0;
/** The last epoch that is wanted; a pause is 0. */
let until = 0;
/** ms of learning, without pauses and slow motion. */
let time = 0;

const send = (report: Report) => postMessage(report);
let wake = () => {};
const sleep = (ms: number) =>
  new Promise<void>((done) => {
    wake = done;
    setTimeout(done, ms);
  });

async function open({ recipe, samples = new Map(), weights, backend }: Order & { type: 'open' }): Promise<void> {
  const running = await startBackend(backend);
  const network = buildNetwork(recipe);
  if (weights) setWeights(network, weights);
  compile(network);
  const validation = samples.size > 0 ? validationExamples(recipe, samples) : NOTHING;
  opened = { recipe, samples, validation, network, viewed: withMaps(network) };
  send({ type: 'ready', backend: running, truth: validation.labels, weights: weightsOf(network) });
}
const NOTHING: Examples = { count: 0, pictures: new Float32Array(0), labels: new Uint8Array(0) };

async function train({ recipe, samples, validation, network }: Opened): Promise<void> {
  isTraining = true;
  while (epoch < until) {
    let began = performance.now();
    const batches: Batch[] = [];
    epoch++;
    for await (const batch of trainEpoch(network, trainingExamples(recipe, samples, epoch), recipe.seed, epoch)) {
      batches.push(batch);
      if (pace === 'fast' && performance.now() - began < PAUSE_EVERY_MS) continue;
      time += performance.now() - began;
      send({ type: 'batch', epoch, ...batch });
      await sleep(pace === 'slow' ? SLOW_EPOCH_MS / batch.of : 0);
      began = performance.now();
      if (until < epoch) break;
    }
    time += performance.now() - began;
    send({
      type: 'epoch',
      epoch,
      ...meanOf(batches),
      time,
      validation: check(network, validation),
      weights: weightsOf(network),
    });
  }
  isTraining = false;
}

function look({ network, viewed }: Opened, { id, drawings, maps }: Order & { type: 'look' }): void {
  const pictures = new Float32Array(drawings.length * PICTURE_SIZE);
  drawings.forEach((strokes, i) => {
    pictures.set(pictureOf(strokes), i * PICTURE_SIZE);
  });
  const all = classify(network, pictures, drawings.length);
  const size = all.length / drawings.length;
  const looks = drawings.map((_, i) => all.slice(i * size, (i + 1) * size));
  send({ type: 'seen', id, looks, ...(maps && { maps: mapsOf(viewed, pictures.subarray(0, PICTURE_SIZE)) }) });
}

/** Until the network is there, all other orders wait. */
let opening: Promise<void> | undefined;

async function handle(order: Order): Promise<void> {
  if (order.type === 'open') {
    opening = open(order);
    return opening;
  }
  await opening;
  if (!opened) throw new Error('an order before there is a network');
  switch (order.type) {
    case 'look':
      return look(opened, order);
    case 'save':
      return send({ type: 'saved', ...(await filesOf(opened.network, opened.recipe)) });
    case 'pause':
      until = 0;
      return wake();
    case 'pace':
      pace = order.pace;
      return wake();
    case 'train':
      pace = order.pace;
      until = order.until;
      if (!isTraining) await train(opened);
  }
}

addEventListener('message', ({ data }: MessageEvent<Order>) => {
  handle(data).catch((error) => send({ type: 'failed', reason: String(error) }));
});
