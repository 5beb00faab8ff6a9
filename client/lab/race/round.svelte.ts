/** A round: two networks look at a drawing while it grows, each on its own, until somebody wipes the board. */
import { among, type Answer, type Called, record, type Standing, winnerOf } from '../../../shared/lab/race.ts';
import { followInk } from '../follow.ts';
import type { Sketchpad } from '../../ui/sketchpad.ts';
import type { Racer } from './racers.ts';

/** The learner's network, and its opponent. */
export const SIDES = ['mine', 'theirs'] as const;
export type Side = (typeof SIDES)[number];

/** About as often as the rule was measured: 24 looks at a drawing of six seconds. */
const REST_MS = 250;
/** A pen that rests so long has finished. */
const STILL_MS = 1000;

/** What a network makes of the drawing. */
export interface Seen {
  state: 'opening' | 'looking' | 'failed';
  /** Until there is ink there is none. */
  answer?: Answer;
  standing: Standing;
  /** `stroke`: the number of the newest, from 1. */
  called?: Called & { stroke: number };
}

export interface Round {
  readonly prompt: string;
  readonly sides: Record<Side, Seen>;
  readonly winner: ReturnType<typeof winnerOf>;
  /** Another prompt, on an empty board. */
  ask(prompt: string): void;
  close(): void;
}

/** `won` is called once a round. */
export function createRound(
  pad: Sketchpad,
  racers: Record<Side, Racer>,
  words: readonly string[],
  first: string,
  won: (side: Side) => void,
): Round {
  let prompt = $state(first);
  let sides = $state.raw<Record<Side, Seen>>({
    mine: { state: 'opening', standing: {} },
    theirs: { state: 'opening', standing: {} },
  });
  const winner = $derived(winnerOf(prompt, sides.mine.called, sides.theirs.called));
  /** ms; undefined while the board is empty. */
  let began: number | undefined;
  let stops: (() => void)[] = [];

  const update = (side: Side, part: Partial<Seen>) => {
    sides = { ...sides, [side]: { ...sides[side], ...part } };
  };

  function note(side: Side, answer: Answer, stroke: number): void {
    const standing = record(sides[side].standing, answer);
    const isCall = standing.call && !sides[side].called;
    const wasOpen = !winner;
    const called = { word: standing.call ?? '', at: performance.now() - began!, stroke };
    update(side, { answer, standing, ...(isCall && { called }) });
    if (wasOpen && winner === side) won(side);
  }

  function follow(side: Side): () => void {
    let still: ReturnType<typeof setTimeout> | undefined;
    const stop = followInk(
      pad,
      async (strokes) => {
        clearTimeout(still);
        return strokes.length > 0 ? among(words, await racers[side].look(strokes)) : undefined;
      },
      (answer, { length }) => {
        if (!answer) return;
        note(side, answer, length);
        // A second look at the same ink would see the same.
        still = setTimeout(() => note(side, answer, length), STILL_MS);
      },
      (reason) => {
        console.warn("A network of the race doesn't run:", reason);
        update(side, { state: 'failed' });
      },
      REST_MS,
    );
    return () => {
      clearTimeout(still);
      stop();
    };
  }

  function begin(): void {
    for (const stop of stops) stop();
    began = undefined;
    for (const side of SIDES) sides = { ...sides, [side]: { state: sides[side].state, standing: {} } };
    stops = SIDES.map(follow);
  }

  const stop = pad.onInk(() => {
    if (pad.strokes().length > 0) began ??= performance.now();
    else if (began !== undefined) begin();
  });
  begin();
  for (const side of SIDES)
    racers[side].ready.then(
      () => update(side, { state: 'looking' }),
      () => update(side, { state: 'failed' }),
    );

  return {
    get prompt() {
      return prompt;
    },
    get sides() {
      return sides;
    },
    get winner() {
      return winner;
    },
    ask(next) {
      prompt = next;
      pad.clear();
    },
    close() {
      for (const each of [stop, ...stops]) each();
    },
  };
}
