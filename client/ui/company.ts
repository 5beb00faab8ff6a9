import type { RoomView } from '../../shared/protocol.ts';

/** Whether anybody else is in the room, to be talked to. */
export const hasCompany = ({ players, spectators }: RoomView): boolean => players.length > 1 || spectators > 0;
