/**
 * All rooms of this process, put together out of their parts; what the edge calls. A command becomes an action, which the
 * store commits; what is committed, here or on another process, comes back to every process that watches the room, and
 * `advance` reports it to the subscribers below. Ink takes a shorter way: `draw` appends it and reports it at once.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { dayOf } from '../../shared/daily.ts';
import type { Chunk } from '../../shared/ink.ts';
import type { Answer, Reaction, Refusal, ReplayName, Settings } from '../../shared/protocol.ts';
import { DEFAULT_SETTINGS } from '../../shared/protocol.ts';
import type { Presence } from '../cluster/presence.ts';
import { challengePrompts } from '../game/challenge.ts';
import { dailyPrompts } from '../game/daily.ts';
import type { Action, Game, Pace, Visitor } from '../game/game.ts';
import { startRefusal } from '../game/match.ts';
import { drawPrompts } from '../game/prompts.ts';
import type { Recognizer } from '../inference/recognizer.ts';
import type { Load } from '../load.ts';
import type { Log } from '../log.ts';
import type { Challenges } from '../storage/challenges.ts';
import type { Dailies } from '../storage/dailies.ts';
import type { Leaderboard } from '../storage/leaderboard.ts';
import type { Replays } from '../storage/replays.ts';
import type { Sample } from '../storage/samples.ts';
import type { Store } from '../storage/store.ts';
import { createAdmission } from './admission.ts';
import type { Meter } from './broadcaster.ts';
import { createBroadcaster } from './broadcaster.ts';
import { createChat } from './chat.ts';
import { createCommits } from './commits.ts';
import { createDeadlines } from './deadlines.ts';
import type { Drawing, Erasing } from './drawing.ts';
import { createDuels } from './duels.ts';
import { asksForDrawings } from './giving.ts';
import { createGhosts } from './ghosts.ts';
import { createHandover } from './handover.ts';
import { newMatch } from './ids.ts';
import type { ErasePoint, LiveRoom, Member, Player } from './live-room.ts';
import { draw, erase, spectatorsOf } from './live-room.ts';
import { createMembers } from './members.ts';
import type { Outbox } from './outbox.ts';
import { createPersister } from './persister.ts';
import { isImplausible } from './plausibility.ts';
import { createRecorder } from './recorder.ts';
import type { ReplayIds } from './replay-ids.ts';
import { createReplayWriter } from './replay-writer.ts';
import { createRegistry } from './registry.ts';
import { createSnapshots } from './snapshots.ts';
import { createTries } from './tries.ts';
import { createVerdicts } from './verdicts.ts';

export interface Ports {
  store: Store;
  presence: Presence;
  leaderboard: Leaderboard;
  dailies: Dailies;
  challenges: Challenges;
  /** Chooses the words of each day; the same on all processes. */
  secret: string;
  replays: Replays;
  replayIds: ReplayIds;
  /** The drawings that ship as ghosts. */
  samples?: readonly Sample[];
  recognizer: Pick<Recognizer, 'recognize' | 'words'> & Partial<Pick<Recognizer, 'engine'>>;
  outbox: Outbox;
  log: Log;
  load?: Load;
  meter?: Meter;
  /** ms since 1970 */
  now?: () => number;
}

export interface Limits {
  pace: Pace;
  /** On this process. */
  maxRooms: number;
  /** Whether players are asked to give drawings away. */
  donations?: boolean;
}

const REFRESH_INTERVAL_MS = 60_000;
/** The longest that closing waits for a store that is unavailable. */
const CLOSE_TIMEOUT_MS = 3_000;

const UNLOADED: Load = { level: () => 0 };

export type Rooms = ReturnType<typeof createRooms>;

export function createRooms(ports: Ports, { pace, maxRooms, donations = false }: Limits) {
  const { store, presence, leaderboard, recognizer, outbox, log, load = UNLOADED, meter, now = Date.now } = ports;
  const { dailies, challenges, secret, replays, replayIds, samples = [] } = ports;
  const { words } = recognizer;
  const registry = createRegistry(store, maxRooms);
  const commits = createCommits(store, log, now);
  const broadcaster = createBroadcaster(outbox, now, load, meter);
  const persister = createPersister(store, commits, now);
  const chat = createChat(broadcaster);
  const snapshots = createSnapshots({ store, broadcaster, outbox });
  const verdicts = createVerdicts({ recognizer, registry, broadcaster, commits, presence, load, log, now, meter });
  const members = createMembers({
    ...{ store, presence, registry, commits, broadcaster, persister, verdicts, outbox, now },
  });
  const deadlines = createDeadlines(registry, commits, now);
  const ghosts = createGhosts({ replays, samples, ids: replayIds, commits, presence, words });
  const recorder = createRecorder(leaderboard, commits, now);
  const tries = createTries(dailies, commits);
  const duels = createDuels(challenges, replayIds, commits);
  const replayWriter = createReplayWriter({
    ...{ store, replays, ids: replayIds, registry, commits, presence, recognizer, now },
  });
  const handover = createHandover({ presence, registry, commits, broadcaster, members, outbox, log });
  const admission = createAdmission({
    ...{ store, presence, registry, commits, snapshots, members, handover, outbox, pace, now },
  });
  // First where it is to be sent. Those who lost their seat are gone before the view is sent.
  registry.subscribe(
    ...[handover, members, broadcaster, persister, verdicts, deadlines],
    ...[ghosts, recorder, tries, duels, replayWriter],
  );

  const refreshing = setInterval(
    () => store.refresh(registry.all().map(({ code }) => code)).catch((reason) => commits.failed(reason)),
    REFRESH_INTERVAL_MS,
  );
  refreshing.unref();

  /**
   * The room that the socket is in, on the seat that it says. Nothing else decides: a socket whose seat another one took, or
   * that was removed while it was let in, is in no room.
   */
  function roomOf({ code, socket, player }: Member): LiveRoom | undefined {
    const room = registry.get(code);
    return room && room.members.get(socket)?.player === player ? room : undefined;
  }

  const request = (player: Player, action: Action | ((game: Game) => Action | Refusal)): Promise<Answer> =>
    roomOf(player) ? commits.request(player.code, action) : Promise.resolve({ ok: false, why: 'not-seated' });

  /** Ink that does not fit the drawing is answered with the drawing as it is. */
  function corrected(
    room: LiveRoom,
    { player, socket }: Omit<Player, 'code'>,
    refusal: Refusal | null,
  ): Refusal | null {
    if (refusal === 'misplaced' || refusal === 'ink-full')
      snapshots.request(room, socket, player).catch((reason) => commits.failed(reason, room.code));
    return refusal;
  }

  const known = new Set(words.words.map(({ word }) => word));
  /** The host's own words. */
  const areKnown = ({ words = [] }: Partial<Settings>): boolean => words.every((word) => known.has(word));

  function noticeImplausible(drawing: Drawing): void {
    if (drawing.implausible || !isImplausible(drawing)) return;
    drawing.implausible = true;
    meter?.implausible();
    log.warn({ room: drawing.code, points: drawing.measure.points, ms: drawing.at }, 'no hand draws so fast');
  }

  return {
    async create(...asked: Parameters<typeof admission.create>): ReturnType<typeof admission.create> {
      return areKnown(asked[2]) ? admission.create(...asked) : { ok: false, why: 'bad-settings' };
    },
    /** Opens a room for one try at the words of the day. */
    createDaily: admission.createDaily,
    /** Opens a room for one match against the drawings of a challenge. */
    async createChallenge(
      socket: string,
      nick: string,
      id: string,
      visitor?: Visitor,
    ): ReturnType<typeof admission.create> {
      const challenge = await challenges.read(id);
      return challenge && challengePrompts(words, challenge)
        ? admission.createChallenge(socket, nick, challenge, visitor)
        : { ok: false, why: 'no-challenge' };
    },
    join: admission.join,
    /** A pupil takes their seat in a room of the lesson, which is opened if nobody sits in it yet. */
    sit: admission.sit,
    /** Whether somebody draws in one of these rooms. */
    async isDrawing(codes: readonly string[]): Promise<boolean> {
      const games = await Promise.all(codes.map((code) => registry.get(code)?.game ?? store.read(code)));
      return games.some((game) => game?.phase.name === 'drawing');
    },
    /** The teacher of a lesson acts in one of its rooms. */
    direct: (code: string, action: Action): Promise<Answer> => commits.request(code, action),
    comeBack: admission.comeBack,
    watch: admission.watch,
    exit: members.exit,
    vacate: members.vacate,
    /** Whether the socket is in the room still. */
    has: (member: Member): boolean => roomOf(member) !== undefined,
    async settings(player: Player, settings: Partial<Settings>): Promise<Answer> {
      if (!areKnown(settings)) return { ok: false, why: 'bad-settings' };
      return request(player, { type: 'settings', by: player.player, settings });
    },
    kick: (player: Player, id: string) => request(player, { type: 'kick', by: player.player, id }),
    /** Hands the host's role over, or votes for another host. */
    host: (player: Player, id: string | null) => request(player, { type: 'host', by: player.player, id }),
    start(player: Player): Promise<Answer> {
      const match = newMatch();
      return request(player, (game) => {
        // Drawing the prompts takes longer than all else.
        const refusal = startRefusal(game, player.player, now());
        if (refusal) return refusal;
        if (game.daily) {
          const day = dayOf(now());
          const prompts = dailyPrompts(words, day, secret);
          return prompts ? { type: 'start', by: player.player, match, prompts, day } : 'bad-settings';
        }
        if (game.challenge) {
          const prompts = challengePrompts(words, game.challenge);
          return prompts ? { type: 'start', by: player.player, match, prompts } : 'no-challenge';
        }
        const prompts = drawPrompts(words, { ...DEFAULT_SETTINGS, ...game.settings }, match, game.past);
        return prompts ? { type: 'start', by: player.player, match, prompts } : 'bad-settings';
      });
    },
    skip: (player: Player, round: number) => request(player, { type: 'skip', id: player.player, round }),
    draw(player: Player, chunk: Chunk & { round: number }): Refusal | null {
      const room = roomOf(player);
      if (!room) return 'not-seated';
      meter?.chunk();
      const refusal = draw(room, player.player, chunk, now());
      if (refusal === null) noticeImplausible(room.drawings.get(player.player)!);
      return corrected(room, player, refusal);
    },
    erase(player: Player, what: Erasing, at: ErasePoint): Refusal | null {
      const room = roomOf(player);
      return room ? corrected(room, player, erase(room, player.player, what, at, now())) : 'not-seated';
    },
    async resync(member: Member, player: string): Promise<Answer> {
      const room = roomOf(member);
      if (!room) return { ok: false, why: 'no-room' };
      if (!room.game.seats.some((seat) => seat.id === player)) return { ok: false, why: 'unknown-player' };
      await snapshots.request(room, member.socket, player);
      if (!room.drawings.has(player)) handover.requestDrawings(room);
      return { ok: true };
    },
    /** The replays of the match so far, whether or not there is one: null to those who are not in the room. */
    replays(member: Member): ReplayName[] | null {
      const room = roomOf(member);
      if (!room) return null;
      const { match, lesson } = room.game;
      if (lesson) return [];
      return (match?.results ?? []).flatMap(({ round }) =>
        Object.keys(match!.runners).map((player) => ({ round, player, id: replayIds.idOf(match!.id, round, player) })),
      );
    },
    /** Whether its people are asked to give their drawings away. */
    asksForDrawings: (member: Member): boolean => asksForDrawings(donations, roomOf(member)?.game ?? {}),
    chat(member: Member, text: string, masked: (text: string) => string): Refusal | null {
      const room = roomOf(member);
      return room ? chat.say(room, member.player, text, masked) : 'not-seated';
    },
    cheer(member: Member, player: string, reaction: Reaction): Refusal | null {
      const room = roomOf(member);
      return room ? chat.cheer(room, member.player, player, reaction) : 'not-seated';
    },
    /** What runs here now, for health and metrics. */
    count() {
      const all = registry.all();
      const spectators = all.reduce((sum, room) => sum + spectatorsOf(room), 0);
      const players = all.reduce((sum, room) => sum + room.members.size, 0) - spectators;
      return { rooms: all.length, players, spectators, waiting: verdicts.waiting() };
    },
    /** Whether somebody may draw in some room on this process. */
    areDrawing: (): boolean => registry.all().some(({ game }) => game.phase.name === 'drawing'),
    isRecognizing: verdicts.isWorking,
    /** Whether the room may have people on other processes. */
    isSpread: (code: string): boolean => registry.get(code)?.isSpread ?? true,
    /** After an outage of the store or of the broadcast: what others have of the drawings here may have gaps. */
    catchUp(): void {
      persister.markAll(registry.all());
      handover.catchUp();
    },
    /** Saves all ink and stops. The app tells the sockets. */
    async close(): Promise<void> {
      for (const part of [admission, members, deadlines, handover, verdicts]) part.close();
      clearInterval(refreshing);
      for (const room of registry.all()) broadcaster.flush(room, true);
      const saved = Promise.all([persister.saveEverything(), replayWriter.settled().then(commits.settled)]);
      await Promise.race([saved, wait(CLOSE_TIMEOUT_MS, undefined, { ref: false })]);
      commits.stop();
      persister.close();
      replayWriter.close();
      for (const room of registry.all()) registry.close(room);
    },
  };
}
