/** The words that a host can choose from: by pack, with what the model says of them. Import it only when they are needed. */
import { PACK_NAMES, type PackName } from '../../shared/pack-names.ts';
import { PACKS } from '../../shared/packs.ts';
import type { Settings } from '../../shared/protocol.ts';
import type { Word } from '../../shared/verdict.ts';
import { parseWords } from '../../shared/words.ts';

/** Identifies the model in the names of its cached files. */
declare const __MODEL__: string;

/** Only the words that the server's model knows. */
export type Deck = Record<PackName, Word[]>;

export async function fetchDeck(): Promise<Deck> {
  const { words } = parseWords(await (await fetch(`models/quickdraw/words.json?${__MODEL__}`)).json());
  const byName = new Map(words.map((word) => [word.word, word]));
  const known = (name: string) => byName.get(name) ?? [];
  return Object.fromEntries(PACK_NAMES.map((pack) => [pack, PACKS[pack].flatMap(known)])) as Deck;
}

/** How many different words a match can ask for. */
export function countOf(deck: Deck, { pack, difficulty }: Pick<Settings, 'pack' | 'difficulty'>): number {
  const words = pack === 'all' ? Object.values(deck).flat() : deck[pack];
  return words.filter((word) => word.prompt && (difficulty === 'mixed' || word.difficulty === difficulty)).length;
}
