/** What the page and the lab's worker say to each other. A worker has one network for as long as it lives. */
import type { Samples } from '../../../shared/lab/examples.ts';
import type { Recipe } from '../../../shared/lab/recipe.ts';
import type { Stroke } from '../../../shared/ink.ts';
import type { BackendName } from './backend.ts';
import type { NetworkFiles } from './files.ts';
import type { Maps } from './look.ts';
import type { Batch, Check } from './training.ts';

/** Slow motion shows each batch. */
export type Pace = 'fast' | 'slow';

export type Order =
  /** The first order: a network of this recipe, new or with these weights. Without samples it cannot be trained. */
  | { type: 'open'; recipe: Recipe; samples?: Samples; weights?: Float32Array; backend?: BackendName }
  /** Trains until that epoch is done, counted from 1. A training that goes on counts on. */
  | { type: 'train'; until: number; pace: Pace }
  | { type: 'pace'; pace: Pace }
  /** Ends the training after the batch that it is at. The epoch ends there, too. */
  | { type: 'pause' }
  /** Classifies drawings; of the first one also the maps. Also while it trains. */
  | { type: 'look'; id: number; drawings: Stroke[][]; maps: boolean }
  /** Wants the files of the network. */
  | { type: 'save' };

export type Report =
  /** The network is there. `truth`: the true label of each validation drawing. */
  | { type: 'ready'; backend: BackendName; truth: Uint8Array; weights: Float32Array }
  | ({ type: 'batch'; epoch: number } & Batch)
  | ({ type: 'epoch'; weights: Float32Array } & Epoch)
  | { type: 'seen'; id: number; looks: Float32Array[]; maps?: Maps[] }
  | ({ type: 'saved' } & NetworkFiles)
  | { type: 'failed'; reason: string };

export interface Epoch {
  /** From 1. */
  epoch: number;
  /** On the drawings that it learns from, while it learned. */
  loss: number;
  accuracy: number;
  validation: Check;
  /** ms of learning since the training began, without pauses and slow motion. */
  time: number;
}
