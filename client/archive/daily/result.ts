/** A result as six shapes, and as text to paste. It says how quick somebody was, and no word. */
import type { DailyRound } from '../../../shared/daily.ts';

/** How soon a drawing was recognized. Each has a shape and a colour of its own. */
export type Level = 'soon' | 'later' | 'late' | 'missed';

export const SOON_MS = 5_000;
export const LATER_MS = 10_000;

export const levelOf = ({ at }: Pick<DailyRound, 'at'>): Level => {
  if (at === null) return 'missed';
  if (at <= SOON_MS) return 'soon';
  return at <= LATER_MS ? 'later' : 'late';
};

const EMOJI: Record<Level, string> = { soon: '🟩', later: '🟡', late: '🔶', missed: '❌' };

interface Shared {
  rounds: Pick<DailyRound, 'at'>[];
  /** The first line: what it is, and how many points. */
  title: string;
  link: string;
  seconds(ms: number): string;
}

/** The times are beside the shapes, for people who hear the text. */
export function resultText({ rounds, title, link, seconds }: Shared): string {
  const shapes = rounds.map((round) => EMOJI[levelOf(round)]).join('');
  const times = rounds.map(({ at }) => (at === null ? '–' : seconds(at))).join(' · ');
  return [title, shapes, times, link].join('\n');
}
