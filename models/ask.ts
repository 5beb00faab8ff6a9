/** Classifies many drawings: full batches, a few in flight at a time, answers in order. */

import type { Recognizer } from '../server/inference/recognizer.ts';
import type { Ink } from '../shared/ink.ts';

const BATCH = 64;
/** Batches in flight: the next is packed while the worker runs one. */
const AHEAD = 3;

/** Yields every item with the probabilities of its ink. */
export async function* ask<T extends { ink: Pick<Ink, 'strokes'> }>(
  recognizer: Recognizer,
  items: AsyncIterable<T> | Iterable<T>,
): AsyncGenerator<{ item: T; probabilities: Float32Array }> {
  const asked: { batch: T[]; answer: Promise<Float32Array[]> }[] = [];
  const send = (batch: T[]) => {
    const answer = recognizer.recognize(batch.map((item) => item.ink));
    // A failure surfaces where the answer is awaited, some batches later.
    answer.catch(() => {});
    asked.push({ batch, answer });
  };
  async function* receive() {
    const { batch, answer } = asked.shift()!;
    const answers = await answer;
    for (const [i, item] of batch.entries()) yield { item, probabilities: answers[i]! };
  }
  let batch: T[] = [];
  for await (const item of items) {
    batch.push(item);
    if (batch.length < BATCH) continue;
    send(batch);
    batch = [];
    if (asked.length >= AHEAD) yield* receive();
  }
  if (batch.length > 0) send(batch);
  while (asked.length > 0) yield* receive();
}
