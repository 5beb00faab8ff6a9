/** The networks that race: each looks at a drawing, and says how probable it finds each of its labels. */
import type { Network } from '../../../shared/lab/network.ts';
import type { Look } from '../../../shared/lab/race.ts';
import { labelsOf, type Recipe } from '../../../shared/lab/recipe.ts';
import { openNetwork } from '../../practice/network.ts';
import type { Lab } from '../lab.svelte.ts';
import { openWorker } from '../link.ts';

export interface Racer {
  /** Waits until the network is here. Rejects if it cannot run. */
  look: Look;
  /** Resolves when it is here. */
  ready: Promise<unknown>;
  close(): void;
}

const answerOf = (labels: readonly string[], probabilities: Float32Array) =>
  new Map(labels.map((label, i) => [label, probabilities[i]!]));

/** The learner's own, which the lab has already. */
export function racerOf(lab: Lab, recipe: Recipe): Racer {
  const labels = labelsOf(recipe);
  const look: Look = async (strokes) => answerOf(labels, (await lab.look([strokes])).looks[0]!);
  return { look, ready: look([]), close: () => undefined };
}

/** A neighbour's, in a worker of its own. */
export function openGuest({ recipe, weights }: Network): Racer {
  const labels = labelsOf(recipe);
  const link = openWorker(() => undefined);
  link.send({ type: 'open', recipe, weights });
  const look: Look = async (strokes) => {
    const [probabilities] = (await link.look([strokes], false)).looks;
    // Weights can be numbers, and so large that their sums are none.
    if (!probabilities!.every(Number.isFinite)) throw new Error('its answer is no number');
    return answerOf(labels, probabilities!);
  };
  return { look, ready: look([]), close: link.close };
}

/** The game's own. */
export function openGame(): Racer {
  const { network, close } = openNetwork();
  const look: Look = async (strokes) => {
    const { words, look } = await network;
    const labels = words.words.map(({ word }) => word);
    return answerOf(labels, (await look(strokes, '')).probabilities);
  };
  return { look, ready: network, close };
}
