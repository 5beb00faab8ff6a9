/** A ghost is drawn from its record: at the pace of the hand, caught up when it comes late, and without asking anybody. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { replayGhosts } from '../../client/archive/ghosts/replay.ts';
import { plainCell } from '../../client/net/cell.ts';
import type { Link } from '../../client/net/link.ts';
import { createRoom } from '../../client/net/room.ts';
import { createServerClock } from '../../client/net/server-clock.ts';
import { isBeaten, ghostsOf } from '../../client/ui/ghosts.ts';
import { readSamples } from '../../server/storage/samples.ts';
import { GHOSTS_FILE } from '../../server/paths.ts';
import type { Record } from '../../shared/record.ts';
import { decode } from '../../shared/record.ts';
import { inkAt, smoothed } from '../../shared/history.ts';
import type { PhaseView, PlayerView, RoomView } from '../../shared/protocol.ts';
import { DEFAULT_SETTINGS } from '../../shared/protocol.ts';
import { inflateSync } from 'node:zlib';

const FRAME_MS = 16;
const [sample] = (await readSamples(GHOSTS_FILE)).filter(({ word }) => word === 'cat');
const bytes = inflateSync(sample!.record);
const record: Record = decode(bytes);

let now = 0;
let frames: (() => void)[] = [];
let asked: string[] = [];
let load = () => {};

beforeEach(() => {
  now = 0;
  frames = [];
  asked = [];
  vi.stubGlobal('requestAnimationFrame', (frame: () => void) => frames.push(frame));
  vi.stubGlobal('cancelAnimationFrame', () => {
    frames = [];
  });
  vi.stubGlobal('fetch', (path: string) => {
    asked.push(path);
    return new Promise((resolve) => {
      load = () => resolve(new Response(bytes, { status: path.endsWith('gone') ? 404 : 200 }));
    });
  });
});
afterEach(() => vi.unstubAllGlobals());

/** Shows frames until `until`, as a browser does. ms of the round */
function pass(until: number): void {
  while (now < until) {
    now = Math.min(until, now + FRAME_MS);
    for (const frame of frames.splice(0)) frame();
  }
}
/** The record is here. */
async function loaded(): Promise<void> {
  load();
  await new Promise((done) => setTimeout(done, 10));
}

function enter(round = 1) {
  const handlers = new Map<string, (payload: unknown) => void>();
  const socket = { on: (event: string, handler: (payload: unknown) => void) => handlers.set(event, handler) };
  const sent: string[] = [];
  const link = { socket, send: (command: string) => void sent.push(command) } as never as Link;
  const room = createRoom({ link, clock: createServerClock(() => 0), now: () => 0, cell: plainCell });
  const show = (phase: object) =>
    handlers.get('room')!({ now: 0, players: [], settings: DEFAULT_SETTINGS, phase } as never as RoomView);
  const drawing = (round: number) => ({
    name: 'drawing',
    prompt: 'cat',
    alike: [],
    round,
    number: 1,
    of: 1,
    started: 0,
    ends: 20_000,
    recognized: [],
  });
  const begin = () => {
    room.beginEntering();
    show(drawing(round));
    room.admit(undefined);
  };
  begin();
  return { room, begin, next: () => show(drawing(++round)), sent };
}

const elapsed = () => now;
const ghosts = new Map([['ghost:0', 'an-id']]);

test('it draws and guesses as its record says, within a frame, and asks nobody but for the record', async () => {
  const { room, sent } = enter();
  const seen: number[] = [];
  const stop = replayGhosts({ room, ghosts, elapsed });
  room.onInk('ghost:0', () => seen.push(now));
  expect(asked).toEqual(['api/replays/an-id']);
  await loaded();
  const events = smoothed(record.history);
  for (let at = 500; at < 6000; at += 250) {
    pass(at);
    const points = room.strokes('ghost:0').flat().length;
    const of = (ms: number) => inkAt(events, ms).strokes.flat().length;
    expect(points).toBeGreaterThanOrEqual(of(at - FRAME_MS));
    expect(points).toBeLessThanOrEqual(of(at));
    const said = events.findLast((event) => 'guesses' in event && event.at <= at);
    expect(room.guessesOf('ghost:0')).toEqual(
      said && 'guesses' in said ? { player: 'ghost:0', ...said.guesses } : undefined,
    );
  }
  pass(20_000);
  expect(room.strokes('ghost:0')).toEqual(inkAt(record.history).strokes);
  // The pages' canvases hear of it in small steps, not at once.
  expect(seen.length).toBeGreaterThan(30);
  expect(sent).toEqual([]);
  // What the network thought of it is known in the reveal.
  expect(room.history().at(-1)!.thoughts.get('ghost:0')!.length).toBeGreaterThan(0);
  stop();
});

test('it catches up at once: when its record comes late, after a hidden tab, on a new connection', async () => {
  const { room, begin } = enter();
  const stop = replayGhosts({ room, ghosts, elapsed });
  pass(3000);
  expect(room.strokes('ghost:0')).toEqual([]);
  await loaded();
  pass(3000 + FRAME_MS);
  expect(room.strokes('ghost:0')).toEqual(inkAt(smoothed(record.history), now).strokes);
  // No frames for a while.
  now = 4500;
  pass(4500 + FRAME_MS);
  const ink = inkAt(smoothed(record.history), now).strokes;
  expect(room.strokes('ghost:0')).toEqual(ink);
  begin();
  expect(room.strokes('ghost:0')).toEqual([]);
  pass(now + FRAME_MS);
  expect(room.strokes('ghost:0')).toEqual(inkAt(smoothed(record.history), now).strokes);
  stop();
});

test('it ends with the round, and one that is gone or hidden draws nothing', async () => {
  const { room, next } = enter();
  const stop = replayGhosts({ room, ghosts, elapsed });
  await loaded();
  pass(2000);
  stop();
  next();
  pass(4000);
  expect(room.strokes('ghost:0')).toEqual([]);
  expect(room.guessesOf('ghost:0')).toBeUndefined();
  const stopOther = replayGhosts({ room, ghosts: new Map([['ghost:0', 'gone']]), elapsed });
  await loaded();
  pass(5000);
  expect(room.strokes('ghost:0')).toEqual([]);
  stopOther();
});

test('it is named by whose drawing it is, and has no place, points or mark', () => {
  const ann = { id: 'ann', nick: 'Ann' } as PlayerView;
  const ghost = { nick: '', at: 3000, old: false };
  const phase = {
    name: 'drawing',
    ghosts: [
      { ...ghost, whose: { player: 'ann' } },
      { ...ghost, whose: 'earlier', nick: 'Bob' },
      { ...ghost, whose: 'sample' },
    ],
  } as never as PhaseView;
  const view = { phase, players: [ann] } as never as RoomView;
  const t = ((key: string, values = {}) => [key, ...Object.values(values)].join(' ')) as never;
  const named = (me: string) => ghostsOf(view, me, t).map(({ nick }) => nick);
  expect(named('ann')).toEqual(['ghosts.yours', 'Bob', 'ghosts.sample']);
  expect(named('eve')).toEqual(['ghosts.theirs Ann', 'Bob', 'ghosts.sample']);
  const all = ghostsOf(view, 'ann', t);
  expect(all.every(({ score, mark }) => score === 0 && mark < 0)).toBe(true);
  expect(isBeaten(all, 'ann', 2900)).toBe(true);
  expect(isBeaten(all, 'ann', 3000)).toBe(false);
  // Another's ghost is another's to beat.
  expect(isBeaten(all, 'eve', 100)).toBe(false);
});
