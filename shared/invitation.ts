import type { PublicRoom } from './protocol.ts';

/** The answer of `/api/rooms/CODE`: what somebody who knows the code sees of the room before entering. */
export interface Invitation extends Omit<PublicRoom, 'host'> {
  /** None if all seats are empty. */
  host: string | null;
  /** Nobody new takes a seat. */
  locked: boolean;
  /** Whether people may watch without a seat. */
  spectators: boolean;
  /** Whether the visitor's browser has a seat in it. */
  seated: boolean;
}

/** Why there is no invitation: there is no such room, the visitor was removed from it, or the code is that of a class. */
export type NotInvited = 'no-room' | 'kicked' | 'lesson';
