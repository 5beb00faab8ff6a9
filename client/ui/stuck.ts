/** When the network does not get a drawing: it says so instead of repeating itself, and the page offers a new start. Pure. */
import type { Captioning } from './caption.ts';

/** A wrong word, or doubt, that has been shown for so long will hardly change without new ideas from the player. */
const STUCK_MS = 4000;
/** Ink that is not recognized after so long. */
export const START_OVER_MS = 12_000;

/** From when on a caption counts as stuck, if nothing changes until then; never if it names an `accepted` word. ms */
export const stuckAt = ({ shown, changedAt }: Captioning, accepted: readonly string[]): number | undefined =>
  shown.kind === 'unsure' || (shown.kind === 'guess' && !accepted.includes(shown.word))
    ? changedAt + STUCK_MS
    : undefined;
