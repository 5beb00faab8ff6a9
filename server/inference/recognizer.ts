/** The recognizer as the rest of the server sees it: ink in, probabilities out. The port. */
import type { Ink } from '../../shared/ink.ts';
import type { Words } from '../../shared/verdict.ts';
import type { EngineName } from './engine.ts';

export interface Recognizer {
  /** Undefined until the network is loaded; `recognize` waits for that. */
  readonly engine: EngineName | undefined;
  readonly words: Words;
  /** Probabilities of all words for each ink, in the given order. Rejects if the worker died; the next call starts a new one. */
  recognize(inks: readonly Pick<Ink, 'strokes'>[]): Promise<Float32Array[]>;
  /** How often the worker was replaced. */
  restarts(): number;
  /** Tensors that the worker held after its newest answer: they do not grow. */
  tensors(): number;
  close(): Promise<void>;
}
