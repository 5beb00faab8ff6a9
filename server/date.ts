import { startOfDay } from '../shared/daily.ts';

/** As in `2026-11-28`. `day`: UTC days since 1970 */
export const dateOf = (day: number): string => new Date(startOfDay(day)).toISOString().slice(0, 10);
