/** What `bench:scale` measures at a number of people, and when it stops. Pure */

export interface Step {
  people: number;
  processes: number;
  /** The people of each room are spread over all processes. */
  spread: boolean;
  engine: string;
  connected: number;
  rooms: number;
  /** In which everybody draws. */
  drawing: number;
  /** Chunks a second: those that the people owe, and those that the servers got. */
  due: number;
  chunks: number;
  /** ms: p50, p99 */
  relay: [number, number];
  /** Sent to people, and drawings that the network looked at. A second */
  guesses: number;
  looks: number;
  /** µs of CPU a chunk, of the event loops */
  loop: number;
  /** Cores: the event loops, all other threads of the servers (the recognizer's, and V8's helpers), Redis, the generator; and what else the
   * machine did meanwhile, the kernel's work for the network included. */
  cpu: { loops: number; inference: number; redis: number; generator: number; others: number };
  /** How late the generator's event loop runs, p99. ms */
  generatorDelay: number;
  /** A second, less what the processes do without people; `memory` in bytes, of all rooms. */
  redis: { commands: number; bytesIn: number; bytesOut: number; memory: number };
  /** Of a process without people: commands a second, and connections to Redis. */
  idle: { commands: number; connections: number };
  /** Of a process, before the people came and at the end. Bytes */
  rss: [number, number];
  /** Of one person. Bytes a second, without headers of WebSocket, TCP and IP */
  up: number;
  down: number;
  /** Connections that ended, why servers cut some, and why rooms did not open. */
  lost: number;
  cuts: string[];
  refused: string[];
  /** Of the most loaded process: 1 and 2 mean that it sheds load. */
  loadLevel: number;
}

/** Rooms for so many people, and in how many of them everybody draws. */
export function roomsFor(people: number, seats: number, drawing: number): { rooms: number; drawing: number } {
  const rooms = Math.ceil(people / seats);
  return { rooms, drawing: Math.round(rooms * drawing) };
}

/** Below this share of the chunks that are due, somebody's stroke waits. */
const LEAST_CHUNKS = 0.95;
const MOST_RELAY_MS = 500;

/** Why its figures are those of a machine that is full, and more people make no sense. */
export function overload(step: Step): string | undefined {
  const { connected, rooms, due, chunks, relay, lost, cuts, refused } = step;
  if (refused.length > 0) return `${refused.length} of ${rooms} rooms did not open: ${refused[0]}`;
  if (lost > 0)
    return `${lost} of ${connected + lost} connections were lost (${cuts.join(', ') || 'no server cut them'})`;
  if (chunks < due * LEAST_CHUNKS) return `${Math.round(chunks)} of ${Math.round(due)} chunks a second got through`;
  // Not a number, if nothing was relayed.
  if (!(relay[1] <= MOST_RELAY_MS)) return `the relay took ${Math.round(relay[1])} ms at p99`;
  return undefined;
}
