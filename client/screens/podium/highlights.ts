/** The highlights of a match, which the podium shows first. Pure. */
import type { RoundResult, Standing } from '../../../shared/protocol.ts';
import { clearest, type Picture, surestMistake } from '../../ui/pictures.ts';

export type Highlight = { picture: Picture } & (
  | { kind: 'mistake'; word: string }
  | { kind: 'fastest'; at: number }
  | { kind: 'clearest'; share: number }
  /** Places in the match, from 1: the worst after any round but the last, and the final one. */
  | { kind: 'comeback'; from: number; to: number }
);

/** Of each kind at most one, each with a drawing that this client saw. No drawing is both the fastest and the clearest. */
export function highlightsOf(pictures: Picture[], results: RoundResult[], standing: Standing[]): Highlight[] {
  const found: Highlight[] = [];
  const mistake = surestMistake(pictures);
  if (mistake) found.push({ kind: 'mistake', picture: mistake.picture, word: mistake.thought.word });

  const fastest = pictures
    .filter(({ recognition }) => recognition)
    .sort((a, b) => a.recognition!.at - b.recognition!.at)[0];
  if (fastest) found.push({ kind: 'fastest', picture: fastest, at: fastest.recognition!.at });

  const clear = clearest(pictures.filter((picture) => picture !== fastest));
  if (clear) found.push({ kind: 'clearest', picture: clear, share: clear.recognition!.probability });

  for (const { player, from, to } of climbs(results, standing)) {
    const picture = clearest(pictures.filter((each) => each.player === player && each !== clear && each !== fastest));
    const shown = picture ?? clearest(pictures.filter((each) => each.player === player));
    if (!shown) continue;
    found.push({ kind: 'comeback', picture: shown, from, to });
    break;
  }
  return found;
}

/** Who ended higher than they had been, the highest climb first; of equal climbs the better place. */
function climbs(results: RoundResult[], standing: Standing[]): { player: string; from: number; to: number }[] {
  const scores = new Map(standing.map(({ player }) => [player, 0]));
  const worst = new Map<string, number>();
  for (const { recognized } of results.slice(0, -1)) {
    for (const { player, points } of recognized) scores.set(player, (scores.get(player) ?? 0) + points);
    for (const [player, score] of scores) {
      const place = [...scores.values()].filter((each) => each > score).length + 1;
      worst.set(player, Math.max(place, worst.get(player) ?? 1));
    }
  }
  return standing
    .map(({ player, place }) => ({ player, from: worst.get(player) ?? place, to: place }))
    .filter(({ from, to }) => from > to)
    .sort((a, b) => b.from - b.to - (a.from - a.to) || a.to - b.to);
}
