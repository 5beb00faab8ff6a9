/**
 * Draws the ghosts of a round: earlier drawings, from their records, at the pace of their hand and with the guesses that were shown
 * then. A page fetches this when a round has ghosts. What comes late, or while nobody looks, is caught up at once.
 */
import type { History } from '../../../shared/history.ts';
import { apply, smoothed } from '../../../shared/history.ts';
import type { Ink } from '../../../shared/ink.ts';
import { emptyInk } from '../../../shared/ink.ts';
import { decode } from '../../../shared/record.ts';
import type { Room } from '../../net/room.ts';

interface Wanted {
  room: Pick<Room, 'drawings' | 'replay'>;
  /** The replay's id, by the name of its drawing in the room. */
  ghosts: Map<string, string>;
  /** What is drawn by now: ms of the round. */
  elapsed: () => number;
}

/** The returned function ends it. */
export function replayGhosts({ room, ghosts, elapsed }: Wanted): () => void {
  const replays: { drawing: string; events: History; next: number; ink: Ink }[] = [];
  const away = new AbortController();
  let frame = 0;

  async function load(drawing: string, id: string): Promise<void> {
    const answer = await fetch(`api/replays/${id}`, { signal: away.signal });
    if (!answer.ok) return;
    const { history } = decode(new Uint8Array(await answer.arrayBuffer()));
    replays.push({ drawing, events: smoothed(history), next: 0, ink: emptyInk() });
  }
  // Without its record, a ghost does not draw.
  for (const [drawing, id] of ghosts) load(drawing, id).catch(() => undefined);

  function draw(): void {
    const now = elapsed();
    for (const replay of replays) {
      const { drawing, events } = replay;
      // A new connection has emptied it.
      if (!room.drawings().remote.has(drawing)) Object.assign(replay, { next: 0, ink: emptyInk() });
      const from = replay.next;
      while (replay.next < events.length && events[replay.next]!.at <= now) apply(replay.ink, events[replay.next++]!);
      if (replay.next === from) continue;
      const due = events.slice(from, replay.next);
      const guesses = due.flatMap((event) => ('guesses' in event ? [{ player: drawing, ...event.guesses }] : []));
      room.replay(drawing, replay.ink, guesses);
    }
    frame = requestAnimationFrame(draw);
  }
  draw();

  return () => {
    away.abort();
    cancelAnimationFrame(frame);
  };
}
