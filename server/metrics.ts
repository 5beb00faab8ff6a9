/** What an operator needs to know, in the format of Prometheus. No name or label holds a nickname, a token or a room code. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Answer } from '../shared/protocol.ts';
import { COMMANDS } from '../shared/commands.ts';
import type { Recognizer } from './inference/recognizer.ts';
import type { Meter } from './room/broadcaster.ts';

/** Buckets from 1 ms to 5 s; the targets are 20 and 50 ms. */
const LATENCY_BUCKETS_S = [0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.2, 0.5, 1, 2, 5];

/** Read whenever the metrics are scraped. */
export interface Readings {
  sockets(): number;
  restarts(): number;
  tensors(): number;
  /** The load level, 0 to 2. */
  load(): number;
  rooms(): { rooms: number; players: number; spectators: number; waiting: number };
  /** None without DATA_DIR. */
  donations(): { appended: number; isStopped: boolean } | undefined;
  /** The store's counters since the start; none for a store in memory. */
  store(): { commands: number; failures: number; conflicts: number; reconnects: number } | undefined;
}

export interface Metrics {
  registry: Registry;
  meter: Meter;
  /** Counts a command and how it was answered. */
  countCommand(command: string, payload: unknown, answer: Answer): void;
  /** Counts a connection that was cut. */
  countCut(why: string): void;
  /** The same recognizer, timed. */
  timed(recognizer: Recognizer): Recognizer;
}

/** Those of Node and of the process cost a timer of 100 Hz, so they are collected only if they can be scraped. */
export function createMetrics(readings: Readings, isScraped = true): Metrics {
  const registry = new Registry();
  const registers = [registry];
  if (isScraped) collectDefaultMetrics({ register: registry });
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  const counter = <L extends string>(name: string, help: string, labelNames: L[] = []) =>
    new Counter({ name, help, labelNames, registers });
  const histogram = (name: string, help: string, buckets: number[]) =>
    new Histogram({ name, help, buckets, registers });

  gauge('doodle_sockets', 'Open connections', readings.sockets);
  gauge('doodle_rooms', 'Rooms with people on this process', () => readings.rooms().rooms);
  gauge('doodle_players', 'Seated players on this process', () => readings.rooms().players);
  gauge('doodle_spectators', 'Spectators on this process', () => readings.rooms().spectators);
  gauge(
    'doodle_load_level',
    '0: none is shed; 1: guesses are rarer for everybody; 2: frames of spectators too',
    readings.load,
  );
  gauge('doodle_drawings_waiting', 'Drawings that wait for the recognizer', () => readings.rooms().waiting);
  gauge('doodle_recognizer_tensors', 'Tensors that the recognizer holds', readings.tensors);

  const guesses = counter('doodle_guesses_total', 'Guesses that went out');
  const guessing = histogram(
    'doodle_guess_seconds',
    'From a chunk to the frame that carries its guesses',
    LATENCY_BUCKETS_S,
  );
  const unjudged = counter('doodle_unjudged_total', 'Drawings whose newest ink was not judged when their round closed');
  const implausible = counter('doodle_implausible_total', 'Drawings of which more was drawn than a hand can draw');
  const inference = histogram('doodle_inference_seconds', 'One batch in the recognizer', LATENCY_BUCKETS_S);
  const batches = histogram('doodle_batch_drawings', 'Drawings in a batch', [1, 2, 4, 8, 16]);
  const failures = counter(
    'doodle_inference_failures_total',
    'Batches that failed; their drawings were classified again',
  );
  // Unknown events share one label: invented names must not fill the memory.
  const commands = new Map([...Object.keys(COMMANDS), 'unknown'].map((command) => [command, 0]));
  new Counter({
    name: 'doodle_commands_total',
    help: 'Commands by name',
    labelNames: ['command'],
    registers,
    collect() {
      this.reset();
      for (const [command, count] of commands) this.inc({ command }, count);
    },
  });
  const refusals = counter('doodle_refusals_total', 'Refused commands by code', ['why']);
  const cuts = counter('doodle_connections_cut_total', 'Connections that ended because of what they did', ['why']);
  const limited = counter('doodle_rate_limited_total', 'Commands over the rate limit');
  const reconnects = counter('doodle_reconnects_total', 'Players who came back to their seat');
  const resyncs = counter('doodle_resyncs_total', 'Drawings requested as a whole');

  /** Counted elsewhere, and only read here. */
  const total = (name: string, help: string, read: () => number) =>
    new Counter({
      name,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  // Counted with each chunk, so as plain numbers.
  let chunks = 0;
  total('doodle_chunks_total', 'Chunks that came in', () => chunks);
  total(
    'doodle_recognizer_restarts_total',
    'Inference workers that crashed or hung and were replaced',
    readings.restarts,
  );
  const donations = readings.donations();
  if (donations) {
    total(
      'doodle_donations_total',
      'Drawings that were given away and are on the disk',
      () => readings.donations()!.appended,
    );
    gauge('doodle_donations_stopped', '1 while the disk takes no donated drawings', () =>
      Number(readings.donations()!.isStopped),
    );
  }
  const store = readings.store();
  if (store) {
    total('doodle_store_commands_total', 'Commands to Redis', () => store.commands);
    total('doodle_store_errors_total', 'Commands to Redis that failed', () => store.failures);
    total(
      'doodle_store_retries_total',
      'Commits that conflicted with another one and ran again',
      () => store.conflicts,
    );
    total('doodle_store_reconnects_total', 'Reconnects to Redis', () => store.reconnects);
  }

  return {
    registry,
    meter: {
      chunk: () => void chunks++,
      guesses(latency) {
        guesses.inc();
        guessing.observe(latency / 1000);
      },
      unjudged: () => unjudged.inc(),
      implausible: () => implausible.inc(),
    },
    countCut: (why) => cuts.inc({ why }),
    countCommand(command, payload, answer) {
      const name = commands.has(command) ? command : 'unknown';
      commands.set(name, commands.get(name)! + 1);
      if (!answer.ok) {
        refusals.inc({ why: answer.why });
        if (answer.why === 'too-often') limited.inc();
      } else if (command === 'resync') resyncs.inc();
      else if (command === 'join' && (payload as { token?: string }).token !== undefined) reconnects.inc();
    },
    timed: (recognizer) => ({
      ...recognizer,
      // Known only once the network is loaded.
      get engine() {
        return recognizer.engine;
      },
      async recognize(inks) {
        const took = inference.startTimer();
        batches.observe(inks.length);
        try {
          const result = await recognizer.recognize(inks);
          took();
          return result;
        } catch (reason) {
          failures.inc();
          throw reason;
        }
      },
    }),
  };
}
