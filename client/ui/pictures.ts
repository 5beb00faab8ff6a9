/** The drawings of finished rounds, as they can be looked at, kept and shared. Pure. */
import type { Recognition, RoundResult } from '../../shared/protocol.ts';
import type { RoundRecord, Thought } from '../net/match-history.ts';
import { recordedStrokes } from '../net/match-history.ts';

export interface Picture {
  record: RoundRecord;
  prompt: string;
  /** The player who drew it. */
  player: string;
  nick: string;
  mark: number;
  recognition: Recognition | undefined;
}

export interface Artist {
  player: string;
  nick: string;
  mark: number;
}

/** Every drawing of these rounds that this client saw; in each round the recognized first, in their order, then as `artists` are. */
export function picturesOf(results: RoundResult[], artists: Artist[], history: RoundRecord[]): Picture[] {
  return results.flatMap(({ round, prompt, recognized }) => {
    const record = history.find((each) => each.round === round);
    if (!record) return [];
    const at = ({ player }: Artist) => {
      const place = recognized.findIndex((each) => each.player === player);
      return place < 0 ? Infinity : place;
    };
    return artists
      .filter(({ player }) => recordedStrokes(record, player).length > 0)
      .sort((a, b) => (at(a) === at(b) ? 0 : at(a) - at(b)))
      .map(({ player, nick, mark }) => {
        const recognition = recognized.find((each) => each.player === player);
        return { record, prompt, player, nick, mark, recognition };
      });
  });
}

/** What the network saw in the drawing on its way, except what counts for the prompt; each word once, in order. */
export function wrongGuesses({ record, prompt, player, recognition }: Picture): Thought[] {
  const right = new Set([prompt, ...record.accepted, ...(recognition ? [recognition.word] : [])]);
  const surest = new Map<string, Thought>();
  for (const thought of record.thoughts.get(player) ?? []) {
    if (right.has(thought.word)) continue;
    const known = surest.get(thought.word);
    if (!known || known.probability < thought.probability) surest.set(thought.word, thought);
  }
  return [...surest.values()];
}

/** Of the recognized: the one of which the network was surest; of equally sure ones the fastest. */
export function clearest(pictures: Picture[]): Picture | undefined {
  const known = pictures.filter(({ recognition }) => recognition);
  return known.sort((a, b) => {
    const [one, other] = [a.recognition!, b.recognition!];
    return other.probability - one.probability || one.at - other.at;
  })[0];
}

/** The surest wrong guess of all. */
export function surestMistake(pictures: Picture[]): { picture: Picture; thought: Thought } | undefined {
  return pictures
    .flatMap((picture) => wrongGuesses(picture).map((thought) => ({ picture, thought })))
    .sort((a, b) => b.thought.probability - a.thought.probability)[0];
}

/** The clearest; if none was recognized, the one with the surest mistake, or any. */
export const best = (pictures: Picture[]): Picture | undefined =>
  clearest(pictures) ?? surestMistake(pictures)?.picture ?? pictures[0];

/**
 * At most `most` drawings for the match's card, in the order of their rounds: of each round the clearest by one of those who have the
 * fewest on it so far; if none was recognized, the one with the surest mistake. Of more rounds, those about whose drawing the network
 * was most mistaken.
 */
export function cardPictures(pictures: Picture[], most = 6): Picture[] {
  const records = new Set(pictures.map(({ record }) => record));
  const chosen: Picture[] = [];
  const share = ({ player }: Picture) => chosen.filter((each) => each.player === player).length;
  for (const record of records) {
    const round = pictures.filter((picture) => picture.record === record);
    const known = round.filter(({ recognition }) => recognition);
    const fewest = Math.min(...known.map(share));
    const turn = known.filter((picture) => share(picture) === fewest);
    chosen.push(best(turn.length > 0 ? turn : round)!);
  }
  const mistaken = (picture: Picture) => surestMistake([picture])?.thought.probability ?? 0;
  const funniest = [...chosen].sort((a, b) => mistaken(b) - mistaken(a)).slice(0, most);
  return chosen.filter((picture) => funniest.includes(picture));
}
