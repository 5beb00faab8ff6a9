/** The report of a process under load, sent to the bench over IPC. Each report resets the counters. */
import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';

export interface ProcessReport {
  /** CPU since the last report, of the main thread and of the whole process. s */
  mainCpu: number;
  cpu: number;
  /** Delay of the event loop, without the millisecond of its own timer. ms */
  loopP50: number;
  loopP99: number;
  chunks: number;
  /** Latency of each guesses message sent. ms */
  guesses: number[];
}

export type Ready = { port: number; engine: string };

/** Answers every message of the bench with a report. Linux only: it reads the main thread's CPU from /proc. */
export function reportTo(parent: NodeJS.Process) {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const counted = { chunks: 0, guesses: [] as number[] };
  const cpu = () => ({ main: mainThreadCpu(), all: process.cpuUsage().user / 1e6 + process.cpuUsage().system / 1e6 });
  let before = { main: 0, all: 0 };
  parent.on('message', () => {
    const now = cpu();
    const report: ProcessReport = {
      mainCpu: now.main - before.main,
      cpu: now.all - before.all,
      loopP50: Math.max(0, delay.percentile(50) / 1e6 - 1),
      loopP99: Math.max(0, delay.percentile(99) / 1e6 - 1),
      ...counted,
    };
    before = now;
    counted.chunks = 0;
    counted.guesses = [];
    delay.reset();
    parent.send!(report);
  });
  return counted;
}

/** User and system time of the main thread. s */
const mainThreadCpu = (): number =>
  Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[0]) / 1e9;

/** Of the replays that the measured server has. */
export const replayId = (i: number): string => `${i}`.padStart(22, '0');
