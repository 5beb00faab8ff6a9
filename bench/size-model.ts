/** How much many rooms need, computed from what was measured with few. Pure */
import type { Step } from './steps.ts';

/** Measured with rooms together, unless it says otherwise. */
export interface Inputs {
  /** Event loop, rooms together and rooms spread over `processes`. µs a chunk */
  loop: number;
  loopSpread: number;
  /** CPU of the recognizer for one drawing. ms */
  look: number;
  /** Of one person, a mean of those who draw and those who wait. Bytes a second */
  up: number;
  down: number;
  /** Of Redis, a chunk: commands, bytes, and µs of CPU */
  commands: number;
  bytesIn: number;
  bytesOut: number;
  redisCpu: number;
  /** The same with rooms spread. */
  commandsSpread: number;
  bytesInSpread: number;
  bytesOutSpread: number;
  redisCpuSpread: number;
  /** Of a process without rooms: MB, and what each room adds. kB */
  rss: number;
  rssRoom: number;
  /** A room in Redis, at the worst moment. kB */
  redisRoom: number;
  /** What a process does on each node of a Cluster without people: commands a second, connections. */
  probes: number;
  connections: number;
}

/** How people play, after `npm run simulate`, and how full machines may be. */
export interface Choices {
  seats: number;
  /** Share of the time in which a person draws. */
  drawing: number;
  /** Chunks a second of one who draws, and looks of the recognizer at their drawing. */
  chunks: number;
  looks: number;
  /** Words in a match, and how long it takes with the countdown and reveals. s */
  rounds: number;
  match: number;
  /** A core, and a Redis, may be used up to this share. */
  full: number;
  /** Network of one Redis. Gbit/s */
  link: number;
}

export const CHOICES: Choices = {
  seats: 8,
  drawing: 1 / 3,
  chunks: 20,
  looks: 5,
  rounds: 6,
  match: 131,
  full: 0.7,
  link: 1,
};

/** Of `Presence.isAlive`, see `server/cluster/deaths.ts`. s */
const CHECK_INTERVAL = 4;

export interface Size {
  rooms: number;
  people: number;
  /** A second. */
  chunks: number;
  /** Cores that work without a pause. */
  loops: number;
  inference: number;
  /** Each has an event loop and a recognizer, and neither is full. */
  processes: number;
  peopleOfEach: number;
  /** Of a process. MB */
  rss: number;
  /** Of Redis: commands a second, bytes a second, cores, bytes */
  commands: number;
  bytesIn: number;
  bytesOut: number;
  redisCores: number;
  memory: number;
  shards: number;
  /** Replays saved and matches counted, a second: each on one shard. At most, without pauses between matches. */
  replays: number;
  matches: number;
  /** Questions whether a process is alive, a second. */
  presence: number;
  /** At each shard: commands a second without people, connections. */
  probes: number;
  connections: number;
  /** Bytes a second. */
  up: number;
  down: number;
}

export function sizeOf(rooms: number, inputs: Inputs, choices: Choices = CHOICES, spread = false): Size {
  const { seats, drawing, full } = choices;
  const people = rooms * seats;
  const chunks = people * drawing * choices.chunks;
  const loops = (chunks * (spread ? inputs.loopSpread : inputs.loop)) / 1e6;
  const inference = (people * drawing * choices.looks * inputs.look) / 1e3;
  const processes = Math.ceil(Math.max(loops, inference) / full);
  const ofRedis = spread
    ? [inputs.commandsSpread, inputs.bytesInSpread, inputs.bytesOutSpread, inputs.redisCpuSpread]
    : [inputs.commands, inputs.bytesIn, inputs.bytesOut, inputs.redisCpu];
  const [commands, bytesIn, bytesOut, redisCpu] = ofRedis.map((of) => of * chunks) as [number, number, number, number];
  const redisCores = redisCpu / 1e6;
  const byNetwork = (Math.max(bytesIn, bytesOut) * 8) / (choices.link * 1e9);
  const shards = Math.max(1, Math.ceil(Math.max(redisCores, byNetwork) / full));
  return {
    ...{ rooms, people, chunks, loops, inference, processes, commands, bytesIn, bytesOut, redisCores, shards },
    peopleOfEach: people / processes,
    // A room that is spread is on as many processes as it has people.
    rss: inputs.rss + (inputs.rssRoom * (spread ? Math.min(seats, processes) : 1) * rooms) / processes / 1e3,
    memory: rooms * inputs.redisRoom * 1e3,
    presence: spread ? (processes * metProcesses(processes, people / processes, seats)) / CHECK_INTERVAL : 0,
    replays: (people * choices.rounds) / choices.match,
    matches: rooms / choices.match,
    probes: processes * inputs.probes,
    connections: processes * inputs.connections,
    up: people * inputs.up,
    down: people * inputs.down,
  };
}

/** How many other processes one of them shares a room with, if everybody is anywhere. */
export function metProcesses(processes: number, peopleHere: number, seats: number): number {
  const others = processes - 1;
  return others === 0 ? 0 : others * (1 - (1 - 1 / processes) ** (peopleHere * (seats - 1)));
}

/** Of a step with rooms together, and one with rooms spread. */
export function inputsOf(together: Step, spread: Step): Omit<Inputs, 'redisRoom' | 'probes' | 'connections'> {
  const ofRedis = ({ redis, cpu, chunks }: Step) => ({
    commands: redis.commands / chunks,
    bytesIn: redis.bytesIn / chunks,
    bytesOut: redis.bytesOut / chunks,
    redisCpu: (cpu.redis / chunks) * 1e6,
  });
  const elsewhere = ofRedis(spread);
  const [before, after] = together.rss;
  return {
    ...ofRedis(together),
    loop: together.loop,
    loopSpread: spread.loop,
    look: (together.cpu.inference / together.looks) * 1e3,
    up: together.up,
    down: together.down,
    commandsSpread: elsewhere.commands,
    bytesInSpread: elsewhere.bytesIn,
    bytesOutSpread: elsewhere.bytesOut,
    redisCpuSpread: elsewhere.redisCpu,
    rss: before / 1e6,
    rssRoom: ((after - before) / 1e3 / together.rooms) * together.processes,
  };
}
