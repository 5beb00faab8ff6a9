/** The vote for another host, as a page shows it. */
import type { PlayerView, RoomView } from '../../shared/protocol.ts';

/** The players whom others want as the host, with the votes of those who are here. */
export const candidates = ({ players }: RoomView): { player: PlayerView; votes: number }[] =>
  players
    .map((player) => ({ player, votes: players.filter((each) => each.connected && each.vote === player.id).length }))
    .filter(({ votes }) => votes > 0);

/** Whether enough players are here to take the role from the host. */
export const canVote = ({ players, host, votesNeeded }: RoomView): boolean =>
  players.filter((each) => each.connected && each.id !== host).length >= votesNeeded;
