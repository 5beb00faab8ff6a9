/**
 * What a caption says of a drawing. Guesses come ten times a second and waver; the caption changes at a pace that people can
 * read, and soon says what the newest guesses say. Pure.
 */
import type { PlayerGuesses } from '../../shared/protocol.ts';

export type Caption = { kind: 'blank' | 'unsure' } | { kind: 'guess'; word: string; share: number };

export interface Captioning {
  shown: Caption;
  /** When it last said something else. ms */
  changedAt: number;
  /** Since when the guesses have been unsure while it names a word. ms */
  unsureSince?: number;
}

/** A caption stays for so long at the least. */
const MIN_SHOWN_MS = 800;
/** A word goes only once the guesses have been unsure for so long. */
const DOUBT_MS = 1000;

export const newCaptioning = (): Captioning => ({ shown: { kind: 'blank' }, changedAt: -Infinity });

export function captionOf(guesses: PlayerGuesses | undefined): Caption {
  const best = guesses?.top[0];
  if (guesses?.sureness === 'guessing' && best) return { kind: 'guess', word: best[0], share: best[1] };
  return { kind: guesses?.sureness === 'unsure' ? 'unsure' : 'blank' };
}

const isSame = (one: Caption, other: Caption): boolean =>
  one.kind === other.kind && (one.kind !== 'guess' || one.word === (other as { word: string }).word);

/** The next state, and when to ask again even if no guesses come: what is held back now is then due. */
export function nextCaption(
  { shown, changedAt, unsureSince }: Captioning,
  guesses: PlayerGuesses | undefined,
  now: number,
): Captioning & { dueAt?: number } {
  const wanted = captionOf(guesses);
  if (isSame(shown, wanted)) return { shown: wanted, changedAt };
  const isDoubt = shown.kind === 'guess' && wanted.kind === 'unsure';
  const since = isDoubt ? (unsureSince ?? now) : undefined;
  const dueAt = Math.max(changedAt + MIN_SHOWN_MS, since === undefined ? 0 : since + DOUBT_MS);
  // Nothing is doubtful about an empty board.
  if (now >= dueAt || shown.kind === 'blank' || wanted.kind === 'blank') return { shown: wanted, changedAt: now };
  const share = shown.kind === 'guess' ? guesses?.top.find(([word]) => word === shown.word)?.[1] : undefined;
  return {
    shown: shown.kind === 'guess' && share !== undefined ? { ...shown, share } : shown,
    changedAt,
    ...(since !== undefined && { unsureSince: since }),
    dueAt,
  };
}
