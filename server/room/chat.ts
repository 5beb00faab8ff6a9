/** What people say to each other: players chat if the host allows it, and everybody may react. */
import type { Reaction, Refusal } from '../../shared/protocol.ts';
import { REACTIONS } from '../../shared/protocol.ts';
import type { Bucket } from '../bucket.ts';
import { bucketOf } from '../bucket.ts';
import type { Broadcaster } from './broadcaster.ts';
import type { LiveRoom } from './live-room.ts';

/** Of all spectators of a room together: everybody in the room is sent each of them. */
const SPECTATORS_REACTIONS = { perSecond: 4, burst: 12 };

export type Chat = ReturnType<typeof createChat>;

export function createChat(broadcaster: Broadcaster) {
  const spectators = new WeakMap<LiveRoom, Bucket>();

  function mayReact(room: LiveRoom): boolean {
    const bucket = spectators.get(room) ?? bucketOf(SPECTATORS_REACTIONS);
    spectators.set(room, bucket);
    return bucket();
  }

  return {
    /** `player` is null for a spectator. `masked` hides what would offend; it takes a while, so it runs only on what is sent. */
    say(room: LiveRoom, player: string | null, text: string, masked: (text: string) => string): Refusal | null {
      const isReaction = (REACTIONS as readonly string[]).includes(text);
      if (player === null) {
        if (!isReaction) return 'not-seated';
        if (!mayReact(room)) return 'too-often';
      } else if (!isReaction && !room.game.settings.chat) return 'chat-off';
      broadcaster.send(room, 'chat', { player, text: isReaction ? text : masked(text) });
      return null;
    },
    /** A reaction to one player's drawing. */
    cheer(room: LiveRoom, from: string | null, player: string, reaction: Reaction): Refusal | null {
      if (!room.game.seats.some(({ id }) => id === player)) return 'unknown-player';
      if (from === null && !mayReact(room)) return 'too-often';
      broadcaster.send(room, 'cheer', { from, player, reaction });
      return null;
    },
  };
}
