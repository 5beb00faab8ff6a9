/**
 * What this browser remembers of playing alone: the best score, and how many drawings in a row were recognized. Only matches of
 * the same rounds, seconds, theme, difficulty and finale are compared; matches of the host's own words, of those of a day, against a challenge, or in a class do not count.
 */
import type { PhaseView, RoomView, Settings } from '../../shared/protocol.ts';
import type { NewCell } from './cell.ts';
import type { Memory } from './memory.ts';
import type { Room } from './room.ts';

/** The room is for one match whose words the server has: nobody else may come in, and nothing can be set. */
export const isLone = ({ daily, challenge }: RoomView): boolean => (daily ?? challenge) !== undefined;

export interface Solo {
  /** Drawings recognized one after the other, across matches. */
  streak(): number;
  /** How the match whose podium is shown compares; undefined if it does not count. */
  outcome(view: RoomView): Outcome | undefined;
}

export interface Outcome {
  score: number;
  /** The best score before this match; none if it was the first of its kind. */
  before?: number;
}

interface Kept {
  streak: number;
  /** The best scores, by what makes matches comparable. */
  best: Record<string, number>;
  /** The last round that was counted, so that no reload counts it twice: a room never repeats one. */
  counted: { code: string; round: number };
  /** The last match. */
  last?: Outcome & { code: string; round: number };
}

const kindOf = ({ rounds, seconds, pack, difficulty, finale }: Settings): string =>
  [rounds, seconds, pack, difficulty, finale ? 'finale' : ''].join(' ');

const lastRoundOf = ({ results }: Extract<PhaseView, { name: 'podium' }>): number => results.at(-1)?.round ?? -1;

export function createSolo(room: Room, memory: Memory, cell: NewCell): Solo {
  const nothing: Kept = { streak: 0, best: {}, counted: { code: '', round: -1 } };
  const read = (): Kept => {
    try {
      return { ...nothing, ...JSON.parse(memory.get('solo') ?? '{}') };
    } catch {
      return nothing;
    }
  };
  const kept = cell(read());

  room.onChange(() => {
    const inside = room.inside();
    if (!inside?.me || inside.view.ownWords > 0 || inside.view.lesson || isLone(inside.view)) return;
    // Another tab may have played meanwhile.
    const before = read();
    const after = count(before, inside.view, inside.me);
    if (after === before) return;
    kept.value = after;
    memory.set('solo', JSON.stringify(after));
  });

  return {
    streak: () => kept.value.streak,
    outcome({ code, phase }) {
      const { last } = kept.value;
      return phase.name === 'podium' && last?.code === code && last.round === lastRoundOf(phase) ? last : undefined;
    },
  };
}

/** `kept` itself if nothing is new. */
function count(kept: Kept, view: RoomView, me: string): Kept {
  const { code, phase } = view;
  const isAlone =
    phase.name === 'podium'
      ? phase.standing.length === 1 && phase.standing[0]!.player === me
      : view.players.length === 1 && view.players[0]!.playing;
  if (!isAlone) return kept;
  const results = phase.name === 'podium' ? phase.results : phase.name === 'reveal' ? [phase.result] : [];
  const isNew = ({ round }: { round: number }) => code !== kept.counted.code || round > kept.counted.round;
  const fresh = results.filter(isNew);
  let next = kept;
  for (const { round, recognized } of fresh)
    next = {
      ...next,
      streak: recognized.some(({ player }) => player === me) ? next.streak + 1 : 0,
      counted: { code, round },
    };
  if (phase.name !== 'podium') return next;

  const match = { code, round: lastRoundOf(phase) };
  if (kept.last?.code === match.code && kept.last.round >= match.round) return next;
  const kind = kindOf(view.settings);
  const { score } = phase.standing[0]!;
  const before = kept.best[kind];
  return {
    ...next,
    best: { ...next.best, [kind]: Math.max(score, before ?? 0) },
    last: { ...match, score, ...(before !== undefined && { before }) },
  };
}
