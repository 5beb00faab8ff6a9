/** The pupils of `bench/class.ts`, in a process of their own: each a client that comes in as the page does, and draws. */
import { setTimeout as pause } from 'node:timers/promises';
import type { PhaseView } from '../shared/protocol.ts';
import { CHUNK_EVERY } from '../shared/protocol.ts';
import { unpackFrame } from '../shared/wire.ts';
import { pupilView, seated, type Visitor, visitor } from '../test/support/lesson.ts';
import { eraseAll, until } from '../test/support/player.ts';
import { drawings } from './drawings.ts';

export type Order =
  /** All at the same moment, until everybody sits in their room. */
  | { do: 'enter'; url: string; code: string; pictures: number[]; pupils: number }
  /** From now on, in every round. Until everybody's first ink was accepted. */
  | { do: 'draw' }
  | { do: 'count' }
  | { do: 'counted' }
  /** Until every page heard it. */
  | { do: 'hear'; paused: boolean }
  | { do: 'hear'; phase: PhaseView['name'] };

export interface Outcome {
  /** When the last one was there. ms since 1970 */
  at?: number;
  /** Of each pupil, a second of drawing. */
  looks?: number[];
  /** From a chunk to the next guesses, p50 and p99. ms */
  waits?: number[];
}

/** A pen of 60 points a second. */
const POINTS_PER_CHUNK = 3;
const inks = drawings(400);

interface Pupil extends Visitor {
  looks: number;
  waits: number[];
  /** Chunks since the last guesses. ms */
  unanswered: number[];
  hasInk: boolean;
}
const pupils: Pupil[] = [];
let countingSince = 0;

async function enter({ url, code, pictures }: Order & { do: 'enter' }): Promise<void> {
  const visiting = visitor(url);
  const { lesson, player } = visiting;
  await until(() => player.socket.connected, 'a connection', 30_000);
  do {
    const answer = await lesson.knock(code, pictures);
    if (!answer.ok) throw new Error(answer.why);
    lesson.attend(code, answer.names[Math.floor(Math.random() * answer.names.length)]!);
    await until(() => lesson.state().at !== 'entering', 'an answer', 30_000);
  } while (lesson.state().at !== 'inside');
  const pupil: Pupil = { ...visiting, looks: 0, waits: [], unanswered: [], hasInk: false };
  pupils.push(pupil);
  player.socket.on('live', (frame) => {
    const { chunks, guesses } = unpackFrame(frame);
    const me = pupilView(pupil).id;
    if (chunks.some(({ player }) => player === me)) pupil.hasInk = true;
    if (!guesses.some(({ player }) => player === me)) return;
    pupil.looks++;
    const now = performance.now();
    for (const at of pupil.unanswered) pupil.waits.push(now - at);
    pupil.unanswered = [];
  });
}

/** One drawing after another, whenever pens write. */
async function draw(pupil: Pupil, seed: number): Promise<void> {
  const { player } = pupil;
  const { client } = player;
  const view = () => client.room.inside()?.view;
  const isDrawing = () => view()?.phase.name === 'drawing' && view()?.paused === undefined;
  const { pen } = client.input;
  // Pens do not move in step.
  await pause(Math.random() * CHUNK_EVERY);
  for (let n = seed; ; n += 7) {
    while (!isDrawing()) await pause(50);
    for (const line of inks[n % inks.length]!.strokes) {
      if (!isDrawing()) break;
      pen.down(line[0]!, line[1]!);
      for (let i = 2; i < line.length && isDrawing(); i += 2) {
        pen.move(line[i]!, line[i + 1]!);
        if (i % (POINTS_PER_CHUNK * 2) !== 0) continue;
        pen.drawn();
        pupil.unanswered.push(performance.now());
        await pause(CHUNK_EVERY);
      }
      pen.up();
      pen.drawn();
    }
    if (isDrawing()) eraseAll(player);
  }
}

async function obey(order: Order): Promise<Outcome> {
  switch (order.do) {
    case 'enter':
      await Promise.all(Array.from({ length: order.pupils }, () => enter(order)));
      await seated(pupils);
      return { at: Date.now() };
    case 'draw':
      for (const [i, pupil] of pupils.entries()) void draw(pupil, i);
      await until(() => pupils.every(({ hasInk }) => hasInk), 'ink', 30_000);
      return { at: Date.now() };
    case 'count':
      for (const pupil of pupils) Object.assign(pupil, { looks: 0, waits: [] });
      countingSince = performance.now();
      return {};
    case 'counted': {
      const seconds = (performance.now() - countingSince) / 1000;
      const waits = pupils.flatMap((each) => each.waits).sort((a, b) => a - b);
      return {
        looks: pupils.map(({ looks }) => looks / seconds),
        waits: [0.5, 0.99].map((share) => waits[Math.floor((waits.length - 1) * share)]!),
      };
    }
    case 'hear': {
      const views = () => pupils.map(({ player }) => player.client.room.inside()!.view);
      const heard = () =>
        views().every((view) =>
          'phase' in order ? view.phase.name === order.phase : (view.paused !== undefined) === order.paused,
        );
      await until(heard, JSON.stringify(order), 30_000);
      return { at: Date.now() };
    }
  }
}

process.on('message', (order: Order) => void obey(order).then((outcome) => process.send!(outcome)));
process.on('disconnect', () => process.exit());
process.send!({});
