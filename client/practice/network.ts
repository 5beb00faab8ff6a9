/** The recognizer in this browser, asked about one drawing after the other. It is the worker of the practice board. */
import type { Stroke } from '../../shared/ink.ts';
import type { Words } from '../../shared/verdict.ts';
import type { Answer, Question } from './guess-worker.ts';

export type Look = Omit<Extract<Answer, { type: 'seen' }>, 'type' | 'id'>;

export interface Network {
  words: Words;
  /** `stages`: as in the worker's question. Rejects if the network cannot run. */
  look(strokes: Stroke[], target: string, stages?: readonly string[]): Promise<Look>;
}

export interface Opening {
  /** Rejects if the network cannot be fetched, or cannot run. */
  network: Promise<Network>;
  /** What is still asked gets no answer. */
  close(): void;
}

export function openNetwork(): Opening {
  const waiting = new Map<number, { resolve: (look: Look) => void; reject: (reason: Error) => void }>();
  let count = 0;
  let worker: Worker | undefined;
  const network = new Promise<Network>((resolve, reject) => {
    const fail = (reason: Error) => {
      reject(reason);
      for (const each of waiting.values()) each.reject(reason);
      waiting.clear();
    };
    worker = new Worker(new URL('./guess-worker.ts', import.meta.url), { type: 'module' });
    worker.onerror = ({ message }) => fail(new Error(message));
    worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      if (data.type === 'failed') return fail(new Error(data.reason));
      if (data.type === 'ready') return resolve({ words: data.words, look });
      waiting.get(data.id)?.resolve(data);
      waiting.delete(data.id);
    };
  });
  function look(strokes: Stroke[], target: string, stages: readonly string[] = []): Promise<Look> {
    const question: Question = { id: ++count, strokes, target, stages };
    return new Promise((resolve, reject) => {
      waiting.set(question.id, { resolve, reject });
      worker!.postMessage(question);
    });
  }
  return { network, close: () => worker?.terminate() };
}
