/** Why a network is too large to be trained here, for a learner. */
import {
  excessOf,
  type Layers,
  MOST_OPERATIONS,
  MOST_PARAMETERS,
  operationsOf,
  parametersOf,
} from '../../../shared/lab/recipe.ts';
import type { Language } from '../../page/language.svelte.ts';

/** Undefined for a network that is not. */
export function refusalOf({ t }: Pick<Language, 't'>, layers: Layers, labels: number): string | undefined {
  const excess = excessOf(layers, labels);
  if (excess === 'parameters')
    return t('lab.build.tooMany.parameters', { count: parametersOf(layers, labels), most: MOST_PARAMETERS });
  if (excess === 'operations')
    return t('lab.build.tooMany.operations', { count: operationsOf(layers, labels), most: MOST_OPERATIONS });
  return undefined;
}
