/** Days in a row on which this browser finished its try at the daily six. The browser alone remembers them. */
import type { Memory } from '../../net/memory.ts';

interface Kept {
  /** The last day that was counted; UTC days since 1970. */
  last: number;
  days: number;
}

const KEY = 'daily';

function read(memory: Pick<Memory, 'get'>): Kept {
  try {
    const { last, days } = JSON.parse(memory.get(KEY) ?? '') as Kept;
    if (Number.isInteger(last) && Number.isInteger(days)) return { last, days };
  } catch {
    // Nothing, or nothing that can be read.
  }
  return { last: -1, days: 0 };
}

/** As it is on the day `today`: it lasts until the end of the day after the last. */
export function streakOn(memory: Pick<Memory, 'get'>, today: number): number {
  const { last, days } = read(memory);
  return last >= today - 1 ? days : 0;
}

/** Counts a day, however often it is reported. */
export function countDay(memory: Pick<Memory, 'get' | 'set'>, day: number): void {
  const { last, days } = read(memory);
  if (day <= last) return;
  memory.set(KEY, JSON.stringify({ last: day, days: day === last + 1 ? days + 1 : 1 } satisfies Kept));
}
