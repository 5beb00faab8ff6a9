/**
 * Draws the ghosts of a round: earlier drawings, from their records, at the pace of their hand and with the guesses that were shown
 * then. A page fetches this when a round has ghosts. What comes late, or while nobody looks, is caught up at once.
 */
import type { History } from '../../shared/history.ts';
import { smoothed } from '../../shared/history.ts';
import { decode } from '../../shared/record.ts';
import type { Room } from '../net/room.ts';

interface Wanted {
  room: Pick<Room, 'drawings' | 'replay'>;
  /** The replay's id, by the name of its drawing in the room. */
  ghosts: Map<string, string>;
  /** What is drawn by now: ms of the round. */
  elapsed: () => number;
}

/** The returned function ends it. */
export function replayGhosts({ room, ghosts, elapsed }: Wanted): () => void {
  const replays: { drawing: string; events: History; next: number }[] = [];
  const away = new AbortController();
  let frame = 0;

  async function load(drawing: string, id: string): Promise<void> {
    const answer = await fetch(`api/replays/${id}`, { signal: away.signal });
    if (!answer.ok) return;
    const { history } = decode(new Uint8Array(await answer.arrayBuffer()));
    replays.push({ drawing, events: smoothed(history), next: 0 });
  }
  // Without its record, a ghost does not draw.
  for (const [drawing, id] of ghosts) load(drawing, id).catch(() => undefined);

  function draw(): void {
    const now = elapsed();
    for (const replay of replays) {
      const { drawing, events } = replay;
      // A new connection has emptied it.
      if (!room.drawings().remote.has(drawing)) replay.next = 0;
      const { next } = replay;
      while (replay.next < events.length && events[replay.next]!.at <= now) replay.next++;
      if (replay.next > next) room.replay(drawing, events.slice(next, replay.next));
    }
    frame = requestAnimationFrame(draw);
  }
  draw();

  return () => {
    away.abort();
    cancelAnimationFrame(frame);
  };
}
