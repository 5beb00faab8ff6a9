/** When the results of a reveal appear: one after the other, the worst first. Pure. */

export interface Entry {
  player: string;
  /** Among the recognized, from 0; -1 if not recognized. */
  place: number;
  /** How sure the network was of the prompt at the end, 0..1; less if nothing was drawn. It orders those who are not recognized. */
  closeness: number;
}

const FIRST_MS = 200;
/** The last one is there, with its motion, within three seconds of the reveal. */
const LAST_MS = 2400;
/** With few results. */
const MAX_PAUSE_MS = 600;

/** For each player, the time after the reveal's start. Before the last one the pause is twice as long. One alone is there at once. ms */
export function sequence(entries: readonly Entry[]): Map<string, number> {
  const { length } = entries;
  const isMissed = ({ place }: Entry) => place < 0;
  const order = [...entries].sort(
    (a, b) =>
      Number(isMissed(b)) - Number(isMissed(a)) || (isMissed(a) ? a.closeness - b.closeness : b.place - a.place),
  );
  const pause = Math.min(MAX_PAUSE_MS, (LAST_MS - FIRST_MS) / length);
  const at = (i: number) => (length === 1 ? 0 : FIRST_MS + pause * (i === length - 1 ? length : i));
  return new Map(order.map(({ player }, i) => [player, at(i)]));
}
