/** Collects the rounds of a class while its desk is open, and the stars; keeps them until the class ends. */
import { STARS_LIMIT, type TeacherView } from '../../../shared/lesson.ts';
import type { NewCell } from '../../net/cell.ts';
import type { Overview } from '../overview.ts';
import { keyOf, type LessonRound, merged, roundsOf, starKey } from './rounds.ts';
import type { ResultStorage } from './storage.ts';

export interface Results {
  rounds(): LessonRound[];
  stars(): ReadonlySet<string>;
  /** The teacher's newest view. */
  follow(view: TeacherView): void;
  /** Nothing is left of them. */
  destroy(): Promise<void>;
  close(): void;
}

interface Parts {
  overview: Pick<Overview, 'view' | 'inkOf' | 'guessesOf' | 'onResult'>;
  storage: ResultStorage;
  cell: NewCell;
}

/** Resolves once what was kept before is read. */
export async function collectResults({ overview, storage, cell }: Parts): Promise<Results> {
  const kept = await storage.read().catch(() => ({ rounds: [], stars: [] }));
  const rounds = cell<LessonRound[]>(kept.rounds);
  const stars = cell<ReadonlySet<string>>(new Set(kept.stars));
  let rooms: string[] = [];
  let isGone = false;

  /** What is not kept is lost with a reload, and no earlier. */
  const quietly = (work: Promise<void>) => work.catch((reason) => console.warn("Couldn't keep the results:", reason));

  function collect(room: string): void {
    const view = overview.view(room);
    if (!view || isGone) return;
    const seen = {
      number: rooms.indexOf(room) + 1,
      strokesOf: (pupil: string) => overview.inkOf(pupil).strokes,
      guessesOf: overview.guessesOf,
    };
    for (const each of roundsOf(view, seen)) {
      const before = rounds.value.find((known) => keyOf(known) === keyOf(each));
      const round = merged(before, each);
      if (JSON.stringify(round) === JSON.stringify(before)) continue;
      rounds.value = [...rounds.value.filter((known) => known !== before), round];
      void quietly(storage.keepRound(round));
    }
  }

  const stop = overview.onResult(collect);

  return {
    rounds: () => rounds.value,
    stars: () => stars.value,
    follow(view) {
      rooms = view.rooms;
      if (isGone) return;
      const given = view.stars.map(starKey);
      // A full list has lost its oldest.
      const next = new Set(given.length < STARS_LIMIT ? given : [...stars.value, ...given]);
      if ([...next].join() === [...stars.value].join()) return;
      stars.value = next;
      void quietly(storage.keepStars([...next]));
    },
    async destroy() {
      isGone = true;
      rounds.value = [];
      stars.value = new Set();
      await storage.destroy();
    },
    close: stop,
  };
}
