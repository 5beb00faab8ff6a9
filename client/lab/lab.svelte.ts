/** The state of the lab: a recipe, the drawings for it, and the network that is trained by it, in a worker. */
import { createContext } from 'svelte';
import type { Stroke } from '../../shared/ink.ts';
import { sampleOfOwn } from '../../shared/lab/examples.ts';
import type { Network } from '../../shared/lab/network.ts';
import { EPOCHS, FIRST_RECIPE, labelsOf, MOST_SEEDS, type Recipe } from '../../shared/lab/recipe.ts';
import type { Sample } from '../../shared/lab/sample.ts';
import { OWN_WORD } from '../../shared/lab/words.ts';
import type { BackendName } from './engine/backend.ts';
import type { NetworkFiles } from './engine/files.ts';
import type { Epoch, Pace, Report } from './engine/orders.ts';
import type { Batch } from './engine/training.ts';
import { type Looks, openWorker, type WorkerLink } from './link.ts';
import type { Notebook } from './notebook.ts';

/** One training, from the click on. */
export interface Run {
  recipe: Recipe;
  /** `starting`: drawings and TensorFlow.js are fetched. `resting`: it may go on. */
  state: 'starting' | 'training' | 'resting' | 'failed';
  backend?: BackendName;
  /** The last epoch that is wanted, from 1. */
  until: number;
  /** The validation drawings, packed, and the true label of each: label by label, in the order of their samples. */
  validation: readonly string[];
  truth: Uint8Array;
  epochs: readonly Epoch[];
  /** Those that were reported: all in slow motion, else twenty a second. */
  batches: readonly EpochBatch[];
  /** The last batch of the running epoch. */
  batch?: EpochBatch;
}

export type EpochBatch = Batch & { epoch: number };

/** What is left of a training once there is another. */
export interface Training {
  recipe: Recipe;
  epochs: number;
  /** On the validation drawings, after the last epoch. */
  accuracy: number;
  /** ms of learning */
  time: number;
}

/** Undefined before the first epoch is done. */
export function trainingOf({ recipe, epochs }: Run): Training | undefined {
  const last = epochs.at(-1);
  return last && { recipe, epochs: epochs.length, accuracy: last.validation.accuracy, time: last.time };
}

export interface Lab {
  readonly recipe: Recipe;
  change(part: Partial<Recipe>): void;
  /** A learner's drawings of a word of their own, packed. */
  readonly own: readonly string[];
  setOwn(drawings: readonly string[]): void;
  /** The drawings of a label, once they are here. */
  sample(label: string): Omit<Sample, 'word'> | undefined;
  /** Fetches the drawings of these labels. Rejects if some cannot be fetched. */
  fetch(labels: readonly string[]): Promise<void>;
  readonly run: Run | undefined;
  /** The network that was trained last, or opened from a file. */
  readonly network: Network | undefined;
  /** Whether the recipe says something else than that of the network. */
  readonly isChanged: boolean;
  /** Earlier trainings since the page was loaded, the first one first. */
  readonly past: readonly Training[];
  /** A new network, in a new worker. */
  train(): Promise<void>;
  /** What has not even started is called off. */
  pause(): void;
  goOn(): void;
  readonly pace: Pace;
  setPace(pace: Pace): void;
  /** The same recipe with other luck. */
  reseed(): void;
  /** A network from a file. */
  open(network: Network): void;
  /** Classifies drawings with the network; `maps` of the first one, too. Rejects without a network. */
  look(drawings: Stroke[][], maps?: boolean): Promise<Looks>;
  /** The network as files. */
  save(): Promise<NetworkFiles>;
  close(): void;
}

export const [useLab, provideLab] = createContext<Lab>();

const addresses = import.meta.glob<string>('./sample/*.json', { import: 'default', query: '?url', eager: true });
/** Fetched, not imported: some browsers do not try twice to import what did not come. */
async function fetchSample(label: string): Promise<Sample> {
  const answer = await fetch(addresses[`./sample/${label.replaceAll(' ', '-')}.json`]!);
  if (!answer.ok) throw new Error(`${label}: ${answer.status}`);
  return answer.json();
}

export function createLab(notebook: Notebook): Lab {
  const kept = notebook.read();
  // `?backend=cpu` in the address shows how browsers without WebAssembly fare.
  const forced = new URLSearchParams(location.search).get('backend') === 'cpu' ? { backend: 'cpu' as const } : {};
  let recipe = $state.raw<Recipe>(kept.recipe ?? FIRST_RECIPE);
  let own = $state.raw<readonly string[]>(kept.own);
  let samples = $state.raw<ReadonlyMap<string, Sample>>(new Map());
  let run = $state.raw<Run | undefined>();
  let past = $state.raw<readonly Training[]>([]);
  let network = $state.raw<Network | undefined>(kept.network);
  let pace = $state<Pace>('fast');
  /** Whether the notebook lacks the network. */
  let isUnwritten = false;
  let link: WorkerLink | undefined;

  function change(part: Partial<Recipe>): void {
    recipe = { ...recipe, ...part };
    notebook.write({ recipe });
  }

  const sample = (label: string) => (label === OWN_WORD ? { ...sampleOfOwn(own), heldOut: 0 } : samples.get(label));

  async function fetchSamples(labels: readonly string[]): Promise<void> {
    const missing = labels.filter((label) => label !== OWN_WORD && !samples.has(label));
    const fetched = await Promise.all(missing.map(async (label) => [label, await fetchSample(label)] as const));
    if (fetched.length > 0) samples = new Map([...samples, ...fetched]);
  }

  function update(part: Partial<Run>): void {
    run = { ...run!, ...part };
  }

  function receive(report: Report): void {
    if (!run) return;
    if (report.type === 'ready') {
      const { backend, truth, weights } = report;
      // What the notebook lacks must not be lost to a network that knows nothing yet.
      writeNetwork();
      update({ state: 'training', backend, truth });
      network = { recipe: run.recipe, weights };
    }
    if (report.type === 'batch') update({ batch: report, batches: [...run.batches, report] });
    if (report.type === 'failed') {
      console.warn("The lab's worker failed:", report.reason);
      update({ state: 'failed' });
    }
    if (report.type !== 'epoch') return;
    const { batch: _, ...rest } = run;
    const state = report.epoch < run.until ? run.state : 'resting';
    const { weights, ...epoch } = report;
    run = { ...rest, state, epochs: [...run.epochs, epoch] };
    network = { recipe: run.recipe, weights };
    isUnwritten = true;
  }

  /** To write a large network takes longer than a frame: it waits until nobody looks. */
  function writeNetwork(): void {
    if (network && isUnwritten) notebook.write({ network });
    isUnwritten = false;
  }
  const leave = () => document.visibilityState === 'hidden' && writeNetwork();
  document.addEventListener('visibilitychange', leave);
  addEventListener('pagehide', writeNetwork);

  function close(): void {
    document.removeEventListener('visibilitychange', leave);
    removeEventListener('pagehide', writeNetwork);
    writeNetwork();
    stop();
  }

  /** A network has a worker for itself. */
  function start(receive: (report: Report) => void): WorkerLink {
    stop();
    const mine = openWorker((report) => {
      // One that failed does no more: the next look starts another.
      if (report.type === 'failed') stop();
      receive(report);
    });
    link = mine;
    return mine;
  }

  function stop(): void {
    link?.close();
    link = undefined;
  }

  function leaveRun(): void {
    const left = run && trainingOf(run);
    if (left) past = [...past, left];
    run = undefined;
  }

  async function train(): Promise<void> {
    stop();
    leaveRun();
    const mine: Run = {
      recipe,
      state: 'starting',
      until: EPOCHS,
      validation: [],
      truth: new Uint8Array(0),
      epochs: [],
      batches: [],
    };
    run = mine;
    const labels = labelsOf(recipe);
    try {
      await fetchSamples(labels);
    } catch {
      if (run === mine) update({ state: 'failed' });
      return;
    }
    // It was called off, or another was begun.
    if (run !== mine) return;
    const samples = new Map(labels.map((label) => [label, sample(label)!]));
    update({ validation: labels.flatMap((label) => samples.get(label)!.validation) });
    const to = start(receive);
    to.send({ type: 'open', recipe: mine.recipe, samples, ...forced });
    to.send({ type: 'train', until: EPOCHS, pace });
  }

  function pause(): void {
    if (run?.state === 'starting') {
      stop();
      run = undefined;
    } else if (run?.state === 'training') {
      update({ state: 'resting' });
      link?.send({ type: 'pause' });
    }
  }

  function goOn(): void {
    if (run?.state !== 'resting') return;
    const until = (Math.floor(run.epochs.length / EPOCHS) + 1) * EPOCHS;
    update({ state: 'training', until });
    link?.send({ type: 'train', until, pace });
  }

  /** The worker of the network; after a reload, and after a file, it has to be started. */
  function worker(): WorkerLink {
    if (link) return link;
    if (!network) throw new Error('no network yet');
    const to = start(() => undefined);
    to.send({ type: 'open', ...network, ...forced });
    return to;
  }

  return {
    get recipe() {
      return recipe;
    },
    change,
    get own() {
      return own;
    },
    setOwn(drawings) {
      own = drawings;
      notebook.write({ own });
    },
    sample,
    fetch: fetchSamples,
    get run() {
      return run;
    },
    get network() {
      return network;
    },
    get isChanged() {
      return network !== undefined && JSON.stringify(network.recipe) !== JSON.stringify(recipe);
    },
    get past() {
      return past;
    },
    train,
    pause,
    goOn,
    get pace() {
      return pace;
    },
    setPace(wanted) {
      pace = wanted;
      link?.send({ type: 'pace', pace });
    },
    reseed: () => change({ seed: (recipe.seed % MOST_SEEDS) + 1 }),
    open(opened) {
      stop();
      leaveRun();
      network = opened;
      recipe = opened.recipe;
      isUnwritten = true;
      notebook.write({ recipe });
    },
    look: async (drawings, maps = false) => worker().look(drawings, maps),
    save: async () => worker().save(),
    close,
  };
}
