/** What somebody who knows a room's code sees before entering. Names nobody but the host. */
import type { Invitation, NotInvited } from '../../shared/invitation.ts';
import type { Game, Visitor } from '../game/game.ts';
import { isKicked } from '../game/kicks.ts';

export function invitationFor(game: Game | null, visitor: Visitor): Invitation | NotInvited {
  if (!game || game.phase.name === 'closed') return 'no-room';
  if (isKicked(game, visitor)) return 'kicked';
  const { code, seats, settings, phase } = game;
  return {
    code,
    host: seats.find(({ id }) => id === game.host)?.nick ?? null,
    players: seats.filter(({ lost }) => lost === null).length,
    seats: settings.seats,
    phase: phase.name,
    locked: settings.locked,
    spectators: settings.spectators,
    seated: visitor.session !== null && seats.some(({ session }) => session === visitor.session),
  };
}
