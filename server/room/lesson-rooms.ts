/** What happens in the rooms of a lesson, in all of them at once. */
import type { LessonSettings } from '../../shared/lesson.ts';
import { MOST_IN_ROOM } from '../../shared/lesson.ts';
import type { Settings } from '../../shared/protocol.ts';
import { DEFAULT_SETTINGS } from '../../shared/protocol.ts';
import type { Action } from '../game/game.ts';
import type { Retry } from './retry.ts';
import type { Rooms } from './rooms.ts';

interface Ports {
  rooms: Pick<Rooms, 'direct'>;
  retry: Retry['retry'];
  failed(reason: unknown, code?: string): void;
}

export type LessonRooms = ReturnType<typeof createLessonRooms>;

export function createLessonRooms({ rooms, retry, failed }: Ports) {
  /** A room that refuses, since nobody sits in it or it is in another phase, stays as it is. */
  const inAll = (codes: readonly string[], act: (code: string) => Promise<unknown>): Promise<unknown> =>
    Promise.all(codes.map((code) => act(code).catch((reason) => failed(reason, code))));

  return {
    inAll,
    direct: (codes: readonly string[], action: Action): Promise<unknown> =>
      inAll(codes, (code) => rooms.direct(code, action)),
    /** However long the store is unavailable. */
    close: (codes: readonly string[]): Promise<unknown> =>
      Promise.all(codes.map((code) => retry(code, () => rooms.direct(code, { type: 'close' })))),
  };
}

export const roomSettings = ({ rounds, seconds, pack, difficulty, words: own }: LessonSettings): Settings => ({
  ...DEFAULT_SETTINGS,
  ...{ rounds, seconds, pack, difficulty, words: own },
  ...{ seats: MOST_IN_ROOM, public: false, chat: false, spectators: false },
});
