/** Networks of the lab that members of a room or lesson share while that lives: the port. They are bytes here, and never run. */
import { PUPILS_LIMIT } from '../../shared/lesson.ts';

/** Any method may reject with `Unavailable`; then nothing was changed. */
export interface Networks {
  /**
   * The newest of a member replaces the former. It goes with the room or lesson, and with the first change of that after the member has
   * left. `gone`: neither is there. `full`: the store holds no more.
   */
  save(code: string, member: string, network: KeptNetwork): Promise<'saved' | 'gone' | 'full'>;
  /** What is said of each, by member. */
  list(code: string): Promise<Map<string, string>>;
  read(code: string, member: string): Promise<Uint8Array | null>;
  remove(code: string, member: string): Promise<void>;
}

export interface KeptNetwork {
  /** What the list says of it. */
  about: string;
  bytes: Uint8Array;
}

/** In a room or lesson: its pupils', and the teacher's. */
export const MAX_NETWORKS = PUPILS_LIMIT + 1;
/** In the memory of a process. bytes */
export const MAX_NETWORKS_BYTES = 64 * 1024 * 1024;
