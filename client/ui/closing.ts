/** The end of a round: why it comes early, and whether somebody has to hurry. */
import type { PhaseView } from '../../shared/protocol.ts';

type Drawing = Extract<PhaseView, { name: 'drawing' }>;

const isRecognized = ({ recognized }: Drawing, me: string | undefined): boolean =>
  recognized.some(({ player }) => player === me);

/** The message that says why the round ends early, if it does. `me` is the player who draws; none for a spectator. */
export function closingMessage(phase: Drawing, me: string | undefined) {
  if (phase.closing === 'all') return me === undefined ? 'race.finishing' : 'race.finish';
  if (phase.closing === 'most') return me === undefined || isRecognized(phase, me) ? 'race.mostDone' : 'race.hurry';
  return undefined;
}

/** Nothing depends on the last seconds any more: for those who are recognized and, once all are, for everybody. */
export const isCalm = (phase: Drawing, me: string | undefined): boolean =>
  phase.closing === 'all' || isRecognized(phase, me);

/** A line that runs out evenly. On the server's clock. ms */
export interface Line {
  started: number;
  ends: number;
}

/** The line with another end: it goes on from where it is, at another pace. */
export function withEnd(line: Line, ends: number, now: number): Line {
  const rest = (line.ends - now) / (line.ends - line.started);
  return rest > 0 && rest < 1 && ends > now ? { started: ends - (ends - now) / rest, ends } : { ...line, ends };
}

/** Follows a round whose end may change, or which goes on after a pause: a function to be called again for each change. */
export function followLine(): (round: Line, now: number) => Line {
  let began: number | undefined;
  let line: Line | undefined;
  return ({ started, ends }, now) => {
    const pause = began === undefined ? 0 : started - began;
    if (line && pause > 0 && ends - line.ends === pause) line = { started: line.started + pause, ends };
    else if (line === undefined || pause !== 0) line = { started, ends };
    else if (line.ends !== ends) line = withEnd(line, ends, now);
    began = started;
    return line;
  };
}
