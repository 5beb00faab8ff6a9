/** What would offend the room. English for now, with the usual disguises (d0uble l3tters, spacing). */
import { englishDataset, englishRecommendedTransformers, RegExpMatcher, TextCensor } from 'obscenity';

const matcher = new RegExpMatcher({ ...englishDataset.build(), ...englishRecommendedTransformers });
const censor = new TextCensor().setStrategy(({ matchLength }) => '•'.repeat(matchLength));

export const isOffensive = (text: string): boolean => matcher.hasMatch(text);

/** The text with what offends blotted out. */
export const decent = (text: string): string => censor.applyTo(text, matcher.getAllMatches(text));
