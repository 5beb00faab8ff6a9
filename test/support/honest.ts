/** What an honest race feels while somebody attacks its server. */
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type PackedFrame, packChunk, unpackFrame } from '../../shared/wire.ts';
import type { Target } from './attacks.ts';
import type { Player } from './player.ts';
import { drawing } from './race.ts';

export interface Felt {
  /** From a pen's stroke to another player's screen, each. ms */
  relay: number[];
  /** Guesses that the other player saw. */
  guesses: number;
}

/** Runs the attack in a process of its own; resolves, once it is under way, with the function that ends it. */
export async function launch(name: string, target: Target): Promise<() => void> {
  const child = fork(join(import.meta.dirname, 'attack-process.ts'), { execArgv: ['--import', 'tsx'] });
  const started = new Promise((done, failed) => {
    child.once('message', done);
    child.once('exit', (code) => failed(new Error(`the attack ended with ${code}`)));
  });
  child.send({ name, target });
  await started;
  return () => void child.kill('SIGKILL');
}

/** Draws 20 strokes a second for a while, and sees how they arrive at `other`. A stroke that does not arrive counts as late as the end. */
export async function feel(drawer: Player, other: Player, ms: number): Promise<Felt> {
  const felt: Felt = { relay: [], guesses: 0 };
  const sent = new Map<number, number>();
  const { round } = drawing(drawer);
  const look = (frame: PackedFrame) => {
    const { chunks, guesses } = unpackFrame(frame);
    felt.guesses += guesses.length;
    for (const { player, stroke } of chunks) {
      if (player !== drawer.id || !sent.has(stroke)) continue;
      felt.relay.push(performance.now() - sent.get(stroke)!);
      sent.delete(stroke);
    }
  };
  other.socket.on('live', look);
  let from = 0;
  const end = performance.now() + ms;
  for (let stroke = 0; performance.now() < end; stroke++) {
    const x = (stroke * 60) % 2000;
    sent.set(stroke, performance.now());
    drawer.socket.emit('chunk', packChunk({ round, rev: 0, stroke, from, points: [x, 100, x + 30, 900] }));
    from += 2;
    await pause(50);
  }
  await pause(500);
  other.socket.off('live', look);
  for (const at of sent.values()) felt.relay.push(performance.now() - at);
  felt.relay.sort((a, b) => a - b);
  return felt;
}

export const percentile = (sorted: number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
