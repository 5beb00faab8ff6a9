/** What this client saw of the match: each round's drawings and the best guesses on the way, for the reveal and the podium. */
import type { Stroke } from '../../shared/ink.ts';
import type { InkMoment, LiveFrame } from '../../shared/protocol.ts';
import type { Drawings } from '../drawing/drawings.ts';
import { revOf, strokesOf } from '../drawing/drawings.ts';

export interface RoundRecord {
  round: number;
  drawings: Drawings;
  /** This client was there from the round's beginning. */
  whole: boolean;
  /** The prompt and its look-alikes; empty if this client was not there while they were drawn. */
  accepted: string[];
  /** The best guesses for each player's drawing, in order. */
  thoughts: Map<string, Thought[]>;
}

/** A guess that was the best for a while. */
export interface Thought {
  word: string;
  /** The highest that it reached, 0..1. */
  probability: number;
}

const MAX_THOUGHTS = 12;

export const newRoundRecord = (drawings: Drawings, whole: boolean): RoundRecord => ({
  round: drawings.round,
  whole,
  drawings,
  accepted: [],
  thoughts: new Map(),
});

export function recordThoughts(record: RoundRecord, frame: Pick<LiveFrame, 'guesses'>): void {
  for (const { player, sureness, top } of frame.guesses) {
    if (sureness !== 'guessing' || !top[0]) continue;
    const [word, probability] = top[0];
    const thoughts = record.thoughts.get(player) ?? [];
    const last = thoughts.at(-1);
    if (last?.word === word) last.probability = Math.max(last.probability, probability);
    else if (thoughts.length < MAX_THOUGHTS) thoughts.push({ word, probability });
    record.thoughts.set(player, thoughts);
  }
}

/**
 * The stroke of the player's drawing that was being drawn when it was recognized, up to that moment; undefined if this client has not
 * seen it. What was erased since came after it: recognized strokes stay.
 */
export function decidingStroke(record: RoundRecord, player: string, moment: InkMoment): Stroke | undefined {
  if (revOf(record.drawings, player) < moment.rev) return undefined;
  const stroke = recordedStrokes(record, player)[moment.strokes - 1];
  return stroke && stroke.length >= 2 * moment.points ? stroke.slice(0, 2 * moment.points) : undefined;
}

export const recordedStrokes = (record: RoundRecord, player: string): Stroke[] => strokesOf(record.drawings, player);
