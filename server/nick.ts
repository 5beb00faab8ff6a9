/** Whether a nickname would offend the room. English for now, with the usual disguises (d0uble l3tters, spacing). */
import { englishDataset, englishRecommendedTransformers, RegExpMatcher } from 'obscenity';

const matcher = new RegExpMatcher({ ...englishDataset.build(), ...englishRecommendedTransformers });

export const isOffensive = (nick: string): boolean => matcher.hasMatch(nick);
