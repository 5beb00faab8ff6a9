/** Ghosts, as the parts that show players take them. */
import type { GhostView, PhaseView, PlayerView, RoomView } from '../../shared/protocol.ts';
import type { Language } from '../page/language.svelte.ts';
import type { Page } from '../page/page.ts';

/** Stands where a player does. It has no mark, place or points. */
export type Ghost = PlayerView & { ghost: GhostView };

/** The name of its drawing in the room; no player's id is like it. */
export const drawingOf = (i: number): string => `ghost:${i}`;

export const ghostsIn = (phase: PhaseView): GhostView[] => ('ghosts' in phase && phase.ghosts) || [];

/** Whether this page shows ghosts, when there are any. Their texts are fetched when a room may have some. */
export const showsGhosts = ({ language, preferences }: Pick<Page, 'language' | 'preferences'>): boolean =>
  preferences.get('ghosts') && language.isArchiveOpen();

/** `me` is the id of the player who sits here. */
export function ghostsOf({ phase, players }: RoomView, me: string | undefined, t: Language['t']): Ghost[] {
  const nameOf = ({ whose, nick }: GhostView): string => {
    if (whose === 'challenger') return nick;
    if (typeof whose === 'string') return nick || t(`ghosts.${whose}`);
    if (whose.player === me) return t('ghosts.yours');
    return t('ghosts.theirs', { nick: players.find(({ id }) => id === whose.player)?.nick ?? nick });
  };
  return ghostsIn(phase).map((ghost, i) => ({
    ...{ id: drawingOf(i), nick: nameOf(ghost), mark: NO_MARK, ghost },
    ...{ connected: true, playing: true, score: 0, vote: null },
  }));
}

/** A ghost's: it has neither colour nor shape. */
const NO_MARK = -1;

/** The player's own best was beaten: their new drawing is the one to race from now on. */
export const isBeaten = (ghosts: Ghost[], me: string | undefined, at: number): boolean =>
  ghosts.some(({ ghost: { whose, at: before } }) => typeof whose === 'object' && whose.player === me && at < before);
