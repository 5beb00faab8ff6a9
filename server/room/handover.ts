/**
 * What this process does for the other processes with people in its rooms: it hands drawings over, sends its drawings to
 * newcomers, and notices when another process dies.
 */
import { codesOfProcesses, watchForDeaths } from '../cluster/deaths.ts';
import type { Presence } from '../cluster/presence.ts';
import { processOf } from '../cluster/presence.ts';
import type { Game } from '../game/game.ts';
import type { Log } from '../log.ts';
import type { Broadcaster } from './broadcaster.ts';
import type { Commits } from './commits.ts';
import { wholeInkPause } from './drawing.ts';
import type { LiveRoom } from './live-room.ts';
import type { Members } from './members.ts';
import type { Outbox } from './outbox.ts';
import type { Registry } from './registry.ts';

/** Requests for the drawings of this process within this time are answered together. */
const COLLECT_REQUESTS_MS = 50;

interface Parts {
  presence: Presence;
  registry: Registry;
  commits: Commits;
  broadcaster: Broadcaster;
  members: Members;
  outbox: Outbox;
  log: Log;
}

export type Handover = ReturnType<typeof createHandover>;

export function createHandover({ presence, registry, commits, broadcaster, members, outbox, log }: Parts) {
  /** The other processes with people in the room. */
  function othersIn(game: Game): Set<string> {
    const seated = game.seats.flatMap(({ socket }) => (socket === null ? [] : [processOf(socket)]));
    const others = new Set([...seated, ...Object.keys(game.spectators)]);
    others.delete(presence.id);
    return others;
  }

  /** Asks the other processes to send what is drawn there: the store's copy of it lags. */
  function requestDrawings({ code, game }: LiveRoom): void {
    for (const process of othersIn(game))
      presence.requestDrawings(process, code).catch((reason) => commits.failed(reason, code));
  }

  function sendDrawings(code: string): void {
    const room = registry.get(code);
    if (!room || room.timers.drawings) return;
    const points = [...room.drawings.values()].reduce((sum, { measure }) => sum + measure.points, 0);
    room.timers.drawings = setTimeout(() => {
      delete room.timers.drawings;
      broadcaster.showDrawings(room);
    }, COLLECT_REQUESTS_MS + wholeInkPause(points));
  }

  /** The player came back on another process, which asks for what is here. */
  async function handOver(code: string, player: string): Promise<void> {
    const room = registry.get(code);
    if (!room) return;
    for (const [socket, member] of room.members) {
      if (member.player !== player) continue;
      room.members.delete(socket);
      outbox.expel(socket, code, 'replaced');
    }
    await members.release(room, player);
  }

  /** The seats of a dead process count as lost, and its spectators as gone. */
  function died(process: string, codes: string[]): void {
    log.warn({ process, rooms: codes.length }, 'a process died; its seats are lost');
    for (const code of codes) commits.ensure(code, { type: 'vanished', process });
  }

  /** The other processes, each with its rooms. */
  const others = () =>
    codesOfProcesses(
      registry
        .all()
        .flatMap(({ code, game }) => [...othersIn(game)].map((process): [string, string] => [process, code])),
    );

  presence.onHandOver(handOver);
  presence.onDrawingsRequested(sendDrawings);
  const close = watchForDeaths({ presence, others, died, failed: commits.failed });

  return {
    requestDrawings,
    /**
     * The first people on other processes are known, or the first spectators there are counted. Before that, they were sent nothing: they
     * may have entered while somebody drew, or their process was cut off from Redis and is back.
     */
    changed(room: LiveRoom): void {
      const isSpread = othersIn(room.game).size > 0;
      const elsewhere = Object.keys(room.game.spectators).some((process) => process !== presence.id);
      if ((isSpread && !room.isSpread) || (elsewhere && !room.spectators.elsewhere)) sendDrawings(room.code);
      room.isSpread = isSpread;
      room.spectators.elsewhere = elsewhere;
    },
    /** After an outage, when messages between processes may be lost. The process that is back last does both, send and ask. */
    catchUp(): void {
      for (const room of registry.all()) {
        if (room.isSpread) sendDrawings(room.code);
        requestDrawings(room);
      }
    },
    close,
  };
}
