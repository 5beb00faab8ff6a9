/**
 * All rooms of this process, put together out of their parts; what the edge calls. A command becomes an action, which the
 * store commits; what is committed, here or on another process, comes back to every process that watches the room, and
 * `advance` reports it to the subscribers below. Ink takes a shorter way: `draw` appends it and reports it at once.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { Chunk } from '../../shared/ink.ts';
import { emptyInk } from '../../shared/ink.ts';
import type { Answer, Refusal, Settings } from '../../shared/protocol.ts';
import { REACTIONS } from '../../shared/protocol.ts';
import type { Presence } from '../cluster/presence.ts';
import type { Pace } from '../game/game.ts';
import { drawPrompts } from '../game/prompts.ts';
import type { Recognizer } from '../inference/recognizer.ts';
import type { Log } from '../log.ts';
import type { Leaderboard } from '../storage/leaderboard.ts';
import type { Store } from '../storage/store.ts';
import { createAdmission } from './admission.ts';
import type { Meter } from './broadcaster.ts';
import { createBroadcaster } from './broadcaster.ts';
import { createCommits } from './commits.ts';
import { createDeadlines } from './deadlines.ts';
import type { Erasing } from './drawing.ts';
import { snapshot } from './drawing.ts';
import { createHandover } from './handover.ts';
import { newMatch } from './ids.ts';
import type { ErasePoint, Member, Player } from './live-room.ts';
import { draw, erase, spectatorsOf } from './live-room.ts';
import { createMembers } from './members.ts';
import type { Outbox } from './outbox.ts';
import { createPersister } from './persister.ts';
import { createRecorder } from './recorder.ts';
import { createRegistry } from './registry.ts';
import { createVerdicts } from './verdicts.ts';

export interface Ports {
  store: Store;
  presence: Presence;
  leaderboard: Leaderboard;
  recognizer: Pick<Recognizer, 'recognize' | 'words'>;
  outbox: Outbox;
  log: Log;
  meter?: Meter;
  /** ms since 1970 */
  now?: () => number;
}

export interface Limits {
  pace: Pace;
  /** On this process. */
  maxRooms: number;
}

const REFRESH_INTERVAL_MS = 60_000;
/** The longest that closing waits for a store that is unavailable. */
const CLOSE_TIMEOUT_MS = 3_000;

export type Rooms = ReturnType<typeof createRooms>;

export function createRooms(ports: Ports, { pace, maxRooms }: Limits) {
  const { store, presence, leaderboard, recognizer, outbox, log, meter, now = Date.now } = ports;
  const { words } = recognizer;
  const registry = createRegistry(store);
  const commits = createCommits(store, log, now);
  const broadcaster = createBroadcaster(outbox, now, meter);
  const persister = createPersister(store, commits);
  const members = createMembers({ store, presence, registry, commits, broadcaster, persister, outbox, now });
  const verdicts = createVerdicts({ recognizer, registry, broadcaster, commits, log });
  const deadlines = createDeadlines(registry, commits, now);
  const recorder = createRecorder(leaderboard, commits, now);
  const handover = createHandover({ presence, registry, commits, broadcaster, members, outbox, log });
  const admission = createAdmission({
    ...{ store, presence, registry, commits, broadcaster, members, handover, outbox, pace, maxRooms, now },
  });
  // Those who lost their seat are gone before the view is sent.
  registry.subscribe(members, broadcaster, persister, verdicts, deadlines, recorder);

  const refreshing = setInterval(
    () => store.refresh(registry.all().map(({ code }) => code)).catch((reason) => commits.failed(reason)),
    REFRESH_INTERVAL_MS,
  );
  refreshing.unref();

  return {
    create: admission.create,
    join: admission.join,
    comeBack: admission.comeBack,
    watch: admission.watch,
    exit: members.exit,
    settings: ({ code, player: by }: Player, settings: Partial<Settings>) =>
      commits.request(code, { type: 'settings', by, settings }),
    kick: ({ code, player: by }: Player, id: string) => commits.request(code, { type: 'kick', by, id }),
    /** Hands the host's role over, or votes for another host. */
    host: ({ code, player: by }: Player, id: string | null) => commits.request(code, { type: 'host', by, id }),
    start({ code, player: by }: Player): Promise<Answer> {
      const match = newMatch();
      return commits.request(code, ({ settings }) => {
        const prompts = drawPrompts(words, settings, match);
        return prompts ? { type: 'start', by, match, prompts } : 'bad-settings';
      });
    },
    /** A refused chunk is answered with the ink as it is. */
    draw({ code, player, socket }: Player, chunk: Chunk & { round: number }): Refusal | null {
      const room = registry.get(code);
      if (!room) return 'no-room';
      meter?.chunk();
      const refusal = draw(room, player, chunk, now());
      const drawing = refusal && room.drawings.get(player);
      if (drawing) outbox.toSocket(socket, 'ink', snapshot(drawing.round, player, drawing.ink));
      return refusal;
    },
    erase({ code, player, socket }: Player, what: Erasing, at: ErasePoint): Refusal | null {
      const room = registry.get(code);
      if (!room) return 'no-room';
      const refusal = erase(room, player, what, at, now());
      const drawing = refusal === 'misplaced' && room.drawings.get(player);
      if (drawing) outbox.toSocket(socket, 'ink', snapshot(drawing.round, player, drawing.ink));
      return refusal;
    },
    async resync({ code, socket }: Member, player: string): Promise<Answer> {
      const room = registry.get(code);
      if (!room) return { ok: false, why: 'no-room' };
      const { round } = room.game;
      if (!room.game.seats.some((seat) => seat.id === player)) return { ok: false, why: 'unknown-player' };
      const drawing = room.drawings.get(player);
      const { ink } = drawing ?? (await admission.allInk(room)).get(player) ?? { ink: emptyInk() };
      outbox.toSocket(socket, 'ink', snapshot(round, player, ink));
      if (!drawing) handover.requestDrawings(room);
      return { ok: true };
    },
    /** Players chat if the host allows it; everybody may react. */
    chat({ code, player }: Member, text: string): Refusal | null {
      const room = registry.get(code);
      if (!room) return 'no-room';
      if (!(REACTIONS as readonly string[]).includes(text)) {
        if (player === null) return 'not-seated';
        if (!room.game.settings.chat) return 'chat-off';
      }
      outbox.toRoom(code, 'chat', { player, text });
      return null;
    },
    /** What runs here now, for health and metrics. */
    count() {
      const all = registry.all();
      const spectators = all.reduce((sum, room) => sum + spectatorsOf(room), 0);
      const players = all.reduce((sum, room) => sum + room.members.size, 0) - spectators;
      return { rooms: all.length, players, spectators, waiting: verdicts.waiting() };
    },
    isRecognizing: verdicts.isWorking,
    /** After an outage of the store or of the broadcast: what others have of the drawings here may have gaps. */
    catchUp(): void {
      persister.saveAll(registry.all());
      handover.catchUp();
    },
    /** Saves all ink and stops. The app tells the sockets. */
    async close(): Promise<void> {
      for (const part of [admission, members, deadlines, handover, verdicts]) part.close();
      clearInterval(refreshing);
      for (const room of registry.all()) broadcaster.flush(room);
      const saved = Promise.all([persister.save(), commits.settled()]);
      await Promise.race([saved, wait(CLOSE_TIMEOUT_MS, undefined, { ref: false })]);
      commits.stop();
      persister.close();
      for (const room of registry.all()) registry.close(room);
    },
  };
}
