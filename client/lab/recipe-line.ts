/** A recipe in one line. */
import { countWords, labelsOf, parametersOf, presetOf, type Recipe } from '../../shared/lab/recipe.ts';
import type { Language } from '../page/language.svelte.ts';

export function recipeLine({ t, percent }: Pick<Language, 't' | 'percent'>, recipe: Recipe): string {
  const { layers, drawings, partial, others, pranked, seed } = recipe;
  const count = parametersOf(layers, labelsOf(recipe).length);
  return [
    t('lab.train.words', { count: countWords(recipe) }),
    t('lab.train.drawings', { count: drawings }),
    ...(partial ? [t('lab.train.partial')] : []),
    ...(others ? [t('lab.train.others')] : []),
    ...(pranked > 0 ? [t('lab.train.pranked', { share: percent(pranked) })] : []),
    `${t(`lab.build.presets.${presetOf(layers) ?? 'mix'}.name`)} (${t('lab.build.numbers', { count })})`,
    t('lab.train.seed', { seed }),
  ].join(' · ');
}
