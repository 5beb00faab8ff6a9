/** Ghosts: earlier drawings of the word that are drawn again beside those of the round. They have no seat and no points. Pure. */
import type { GhostView, RoundResult } from '../../shared/protocol.ts';
import { DEFAULT_SETTINGS } from '../../shared/protocol.ts';
import type { Action, Game } from './game.ts';
import { isPlaying } from './seats.ts';

/** Without the id of its replay, which tells the word. */
const concealed = ({ id: _, ...ghost }: GhostView): GhostView => ghost;

/** How many ghosts have a place in this round. */
export function ghostsWanted(game: Game): number {
  // Settings of an earlier version lack `ghosts`.
  const { ghosts = DEFAULT_SETTINGS.ghosts, seats } = game.settings;
  const free = game.challenge ? 1 : Math.max(0, Math.min(ghosts, seats - game.seats.length));
  return game.phase.name === 'countdown' ? free : 0;
}

/** The round has its ghosts: the first that were picked. Those who come in later displace none. */
export function setGhosts(game: Game, { round, ghosts }: Action & { type: 'ghosts' }): Game {
  if (game.round !== round || game.match?.ghosts?.round === round) return game;
  const chosen = ghosts.slice(0, ghostsWanted(game));
  return chosen.length > 0 ? { ...game, match: { ...game.match!, ghosts: { round, ghosts: chosen } } } : game;
}

/** As people see them now. */
export function ghostsShown({ match, round, phase }: Game): GhostView[] {
  const ghosts = match?.ghosts?.round === round ? match.ghosts.ghosts : [];
  return phase.name === 'countdown' ? ghosts.map(concealed) : ghosts;
}

/** The player who draws alone; null if there are several, or none. */
export function soloist(game: Game): Game['seats'][number] | null {
  const [first, ...others] = game.seats.filter((seat) => isPlaying(game, seat));
  return first && others.length === 0 ? first : null;
}

/**
 * How long the players of a match would take for a word, by how long they took before: ms. `usual` is what others take for a word,
 * in ms, if it is known.
 */
export function paceFor(word: string, results: RoundResult[], usual: (word: string) => number | undefined): number {
  const ratios = results
    .flatMap(({ prompt, recognized }) => recognized.map(({ at }) => at / (usual(prompt) ?? NaN)))
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
  return (usual(word) ?? 0) * (ratios[Math.floor(ratios.length / 2)] ?? 1);
}
