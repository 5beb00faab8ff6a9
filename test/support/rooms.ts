/**
 * The rooms of one process over an in-memory outbox and store, with a recognizer whose every answer the test decides. What is sent is
 * kept, with its addressees.
 */
import { expect } from 'vitest';
import { replayLimitsOf } from '../../server/backend.ts';
import { readConfig } from '../../server/config.ts';
import { alone } from '../../server/cluster/presence.ts';
import type { LoadLevel } from '../../server/load.ts';
import { createLog } from '../../server/log.ts';
import type { Player } from '../../server/room/live-room.ts';
import type { Ports } from '../../server/room/rooms.ts';
import { createReplayIds } from '../../server/room/replay-ids.ts';
import { createRooms } from '../../server/room/rooms.ts';
import { createMemoryChallenges } from '../../server/storage/memory/challenges.ts';
import { createMemoryDailies } from '../../server/storage/memory/dailies.ts';
import { createMemoryLeaderboard } from '../../server/storage/memory/leaderboard.ts';
import { createMemoryReplays } from '../../server/storage/memory/replays.ts';
import { createMemoryStore } from '../../server/storage/memory/store.ts';
import type { Store } from '../../server/storage/store.ts';
import type { Chunk } from '../../shared/ink.ts';
import type { LiveFrame, RoomView } from '../../shared/protocol.ts';
import { QUICK } from './server.ts';
import { probabilitiesOf, testWords } from './words.ts';

const stops: (() => Promise<void>)[] = [];

/** After each test. */
export async function endRaces(): Promise<void> {
  for (const stop of stops.splice(0)) await stop();
}

export const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

export type Race = Awaited<ReturnType<typeof race>>;

/** A room of `n` in the middle of a round. */
export async function race(n: number, pace = QUICK, behind = new Set<string>(), level: LoadLevel = 0) {
  const sent: { to: string; event: string; payload: unknown }[] = [];
  const looks: ((word: string, p: number) => void)[] = [];
  const store = createMemoryStore();
  const replays = createMemoryReplays(replayLimitsOf(readConfig({})));
  const ports: Ports = {
    store,
    presence: alone(),
    leaderboard: createMemoryLeaderboard(),
    ...{ dailies: createMemoryDailies(), challenges: createMemoryChallenges(60_000), secret: 'a secret of the test' },
    ...{ replays, replayIds: createReplayIds('a secret of the test') },
    recognizer: {
      words: testWords,
      recognize: (inks) =>
        new Promise((resolve) => looks.push((word, p) => resolve(inks.map(() => probabilitiesOf(word, p))))),
    },
    outbox: {
      toPlayers: (to, event, payload) => void sent.push({ to, event, payload: structuredClone(payload) }),
      toSpectators: (to, event, payload) => void sent.push({ to: `${to}~`, event, payload: structuredClone(payload) }),
      toSockets: (sockets, event, payload) => {
        for (const to of sockets) sent.push({ to, event, payload: structuredClone(payload) });
      },
      isBehind: (socket) => behind.has(socket),
      enter: () => {},
      expel: (to, _, why) => void sent.push({ to, event: 'gone', payload: why }),
    },
    load: { level: () => level },
    log: createLog('silent'),
  };
  const rooms = createRooms(ports, { pace, maxRooms: 2 });
  stops.push(() => rooms.close());
  const host = await rooms.create('s0', 'p0', { rounds: 2, seconds: 60 });
  if (!host.ok) throw new Error(host.why);
  const { code } = host;
  const players: Player[] = [{ socket: 's0', code, player: host.player }];
  for (let i = 1; i < n; i++) {
    const answer = await rooms.join(`s${i}`, code, `p${i}`);
    if (!answer.ok) throw new Error(answer.why);
    players.push({ socket: `s${i}`, code, player: answer.player });
  }
  await rooms.start(players[0]!);
  const view = () => sent.findLast((each) => each.event === 'room')!.payload as RoomView;
  const until = async (holds: () => unknown) => {
    for (let i = 0; i < 1000 && !holds(); i++) await wait(10);
    expect(holds()).toBeTruthy();
  };
  await until(() => view().phase.name === 'drawing');
  const frames = () => sent.filter((each) => each.event === 'live').map((each) => each.payload as LiveFrame);
  const prompt = () => (view().phase as { prompt: string }).prompt;
  return { rooms, store, replays, players, code, sent, looks, view, until, frames, prompt, round: 1 };
}

export const chunk = (from: number, more: Partial<Chunk & { round: number }> = {}) => ({
  round: 1,
  rev: 0,
  stroke: 0,
  from,
  points: [100 + from * 300, 100, 900, 200 + from * 300],
  ...more,
});

export const guesses = (frames: LiveFrame[]) => frames.flatMap((frame) => frame.guesses);

export const recognitions = (view: RoomView) => (view.phase as { recognized: unknown[] }).recognized;

/** The round's time is up now; what was drawn may be judged for two more seconds. Returns when. ms since 1970 */
export async function endDrawing(store: Store, code: string): Promise<number> {
  const ends = Date.now();
  await store.update(code, (game) => ({
    ...game,
    version: game.version + 1,
    phase: { ...(game.phase as Extract<typeof game.phase, { name: 'drawing' }>), ends, close: ends + 2000 },
  }));
  return ends;
}
