/**
 * The drawings that the teacher let through, each up to the moment that the teacher saw. What was cut out once stays, whatever
 * happens to the drawing afterwards.
 */
import type { Stroke } from '../../../shared/ink.ts';
import type { LessonDrawing, ShownDrawing } from '../../../shared/lesson.ts';
import { cutAt } from '../moment.ts';
import type { Overview } from '../overview.ts';

export interface Captures {
  /** Undefined if nothing of it is let through, or it cannot be cut out exactly. */
  strokesOf(drawing: LessonDrawing): Stroke[] | undefined;
  /** All that is let through now. `roundOf` a room: whose drawings the overview has. */
  follow(shown: readonly ShownDrawing[], roundOf: (room: string) => number | undefined): void;
}

const keyOf = ({ room, round, pupil }: LessonDrawing): string => `${room}/${round}/${pupil}`;

export function createCaptures({ inkOf }: Pick<Overview, 'inkOf'>): Captures {
  let captures = new Map<string, { shown: ShownDrawing; strokes: Stroke[] }>();
  const isSameMoment = (one: ShownDrawing, other: ShownDrawing) =>
    one.rev === other.rev && one.strokes === other.strokes && one.points === other.points;
  return {
    strokesOf: (drawing) => captures.get(keyOf(drawing))?.strokes,
    follow(shown, roundOf) {
      const next: typeof captures = new Map();
      for (const each of shown) {
        const before = captures.get(keyOf(each));
        const isKept = before !== undefined && isSameMoment(before.shown, each);
        const strokes = !isKept && roundOf(each.room) === each.round ? cutAt(inkOf(each.pupil), each) : undefined;
        // An earlier moment stays until the newer one can be cut out.
        const capture = strokes ? { shown: each, strokes } : before;
        if (capture) next.set(keyOf(each), capture);
      }
      captures = next;
    },
  };
}
