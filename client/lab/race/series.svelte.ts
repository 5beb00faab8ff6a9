/** What stays between the rounds, while the learner is at other steps of the lab: the guest, the opponent, and the score. */
import { createContext } from 'svelte';
import type { Network } from '../../../shared/lab/network.ts';
import type { Side } from './round.svelte.ts';

/** The game's network, or a neighbour's. */
export type Opponent = 'game' | 'guest';

export interface Series {
  readonly opponent: Opponent;
  choose(opponent: Opponent): void;
  readonly guest: Network | undefined;
  /** A neighbour's network becomes the opponent, at nil to nil. */
  invite(guest: Network): void;
  /** Rounds won against the opponent. */
  readonly score: Record<Side, number>;
  win(side: Side): void;
}

export const [useSeries, provideSeries] = createContext<Series>();

export function createSeries(): Series {
  const nil = { mine: 0, theirs: 0 };
  let opponent = $state<Opponent>('game');
  let guest = $state.raw<Network | undefined>();
  let scores = $state.raw<Record<Opponent, Record<Side, number>>>({ game: nil, guest: nil });
  return {
    get opponent() {
      return opponent;
    },
    choose(chosen) {
      opponent = chosen;
    },
    get guest() {
      return guest;
    },
    invite(network) {
      guest = network;
      opponent = 'guest';
      scores = { ...scores, guest: nil };
    },
    get score() {
      return scores[opponent];
    },
    win(side) {
      const score = scores[opponent];
      scores = { ...scores, [opponent]: { ...score, [side]: score[side] + 1 } };
    },
  };
}
