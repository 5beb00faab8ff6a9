/** From a drawing to a verdict: its guesses for the room and, when the prompt is recognized, an action for the game. */
import type { Ink } from '../../shared/ink.ts';
import { emptyInk } from '../../shared/ink.ts';
import type { InkMoment, PlayerGuesses } from '../../shared/protocol.ts';
import { lineOf } from '../../shared/protocol.ts';
import type { Verdict, Words } from '../../shared/verdict.ts';
import { judge } from '../../shared/verdict.ts';
import type { Presence } from '../cluster/presence.ts';
import type { Game } from '../game/game.ts';
import { promptOf } from '../game/match.ts';
import { createBatcher } from '../inference/batcher.ts';
import type { Recognizer } from '../inference/recognizer.ts';
import type { Load } from '../load.ts';
import type { Log } from '../log.ts';
import type { Broadcaster, Meter } from './broadcaster.ts';
import type { Commits } from './commits.ts';
import type { Drawing } from './drawing.ts';
import { areGuessesDue, nextDue } from './guess-schedule.ts';
import type { LiveRoom } from './live-room.ts';
import { hasPlayers } from './live-room.ts';
import { plausibleFrom } from './plausibility.ts';
import type { Registry } from './registry.ts';

interface Parts {
  recognizer: Pick<Recognizer, 'recognize' | 'words'>;
  registry: Registry;
  broadcaster: Broadcaster;
  commits: Commits;
  presence: Pick<Presence, 'id'>;
  load: Load;
  log: Log;
  now: () => number;
  meter?: Meter | undefined;
}

/** What takes the recognizer as long as its network, beside the network: so many points, and so long a line (`LINE_LIMIT`). */
const POINTS_A_UNIT = 8_000;
const LINE_A_UNIT = 400;

/** At this probability of the prompt, the next stroke may decide. */
const PROMISING = 0.1;

/** How long after a failure the recognizer is tried again. */
const PROBE_DELAY_MS = 1000;

/** What a drawing was when its batch started. */
interface Captured {
  ink: InkMoment;
  /** When the newest chunk came. ms of the round */
  at: number;
  /** Of the ink. Board steps */
  length: number;
  /** When it could first count. ms of the round */
  plausibleFrom: number;
  areDue: boolean;
}

export type Verdicts = ReturnType<typeof createVerdicts>;

export function createVerdicts({ recognizer, registry, broadcaster, commits, presence, load, log, now, meter }: Parts) {
  const { words } = recognizer;
  let isWorking = true;
  let isClosed = false;
  let probing: NodeJS.Timeout | undefined;

  const batcher = createBatcher<Drawing, Captured>(recognizer, {
    capture(drawing) {
      const { ink, at, measure } = drawing;
      const areDue = areGuessesDue(drawing, now());
      // Here, not when they leave: what is drawn meanwhile is no reason to look again before the next ones are due.
      if (areDue) drawing.guessesDueAt = nextDue(drawing, now(), load.level());
      return { ink: momentOf(ink), at, length: measure.length, plausibleFrom: plausibleFrom(drawing), areDue };
    },
    costOf: ({ measure }) => 1 + measure.points / POINTS_A_UNIT + lineOf(measure) / LINE_A_UNIT,
    isDue: (drawing) => areGuessesDue(drawing, now()) || isOver(drawing),
    isPromising: ({ recognized, guesses }) => !recognized && guesses !== null && guesses.target >= PROMISING,
    classified(results) {
      recovered();
      for (const { drawing, state, probabilities } of results) judgeDrawing(drawing, state, probabilities);
      for (const room of [...closing]) reportJudged(room);
    },
    failed(reason) {
      if (isWorking) log.warn({ reason: String(reason) }, 'the recognizer failed; its drawings wait');
      isWorking = false;
      probing ??= setTimeout(probe, PROBE_DELAY_MS);
    },
  });

  function recovered(): void {
    if (!isWorking) log.warn({}, 'the recognizer works again');
    isWorking = true;
  }

  /** After a failure the recognizer is tried until it works, whether or not anybody draws. */
  async function probe(): Promise<void> {
    try {
      if (!isWorking) await recognizer.recognize([emptyInk()]);
      probing = undefined;
      recovered();
    } catch {
      if (!isClosed) probing = setTimeout(probe, PROBE_DELAY_MS);
    }
  }

  function judgeDrawing(
    drawing: Drawing,
    { ink, at, length, plausibleFrom, areDue }: Captured,
    probabilities: Float32Array,
  ): void {
    const room = roomOf(drawing, ink.rev);
    if (!room) return;
    const prompt = promptOf(room.game).word;
    const verdict = judge(words, prompt, probabilities, length);
    drawing.guesses = guessesOf(drawing.player, words, verdict);
    // Those of an early look take the place of some that were due and did not leave yet.
    if (areDue || drawing.unsentGuesses === 'none') drawing.unsentGuesses = areDue ? 'due' : 'early';
    drawing.guessedAt = at;
    broadcaster.schedule(room);
    if (!verdict.recognized) return;
    const { player: id, round, started } = drawing;
    // The best guess is the prompt, or a look-alike that is accepted for it.
    const recognition = { word: words.words[verdict.guesses[0]!.word]!.word, probability: rounded(verdict.target) };
    // Ink that came quicker than a hand draws counts from when a hand could have drawn it, if it is still there then.
    const countsFrom = Math.max(at, Math.ceil(plausibleFrom));
    const wait = started + countsFrom - now();
    const recognize = () => {
      if (drawing.recognized || !roomOf(drawing, ink.rev) || started + countsFrom > endOf(room)) return;
      drawing.recognized = true;
      drawing.kept = ink.strokes;
      // What counts is the time of the stroke, so it does not matter how late this is committed.
      commits.ensure(drawing.code, { type: 'recognized', id, round, at: countsFrom, ink, ...recognition });
    };
    if (wait > 0) setTimeout(recognize, wait);
    else recognize();
  }

  /** The room in whose round the drawing is; undefined if it is of another round, or was released or erased since `rev`. */
  function roomOf(drawing: Drawing, rev: number): LiveRoom | undefined {
    const room = registry.get(drawing.code);
    const isCurrent = room?.drawings.get(drawing.player) === drawing && drawing.ink.rev === rev;
    return isCurrent && room.game.phase.name === 'drawing' ? room : undefined;
  }

  /** The time of its round is up: nothing newer will come. */
  function isOver({ code }: Drawing): boolean {
    const room = registry.get(code);
    return room !== undefined && now() >= endOf(room);
  }

  /** Rooms whose round is over, but for drawings that are still being judged. */
  const closing = new Set<LiveRoom>();

  /** It is still being judged, or its recognition is not committed yet: the change that commits it looks again. */
  const isOpen = ({ phase, seats }: Game, drawing: Drawing): boolean =>
    batcher.isPending(drawing) ||
    (drawing.recognized &&
      phase.name === 'drawing' &&
      !phase.recognized.some(({ player }) => player === drawing.player) &&
      seats.some(({ id }) => id === drawing.player));

  /** Once everything drawn here in time is judged, this process says so. It waits for the rest, up to the pace's `settle`. */
  function reportJudged(room: LiveRoom): void {
    const { game } = room;
    closing.delete(room);
    if (game.phase.name !== 'drawing' || registry.get(room.code) !== room || !hasPlayers(room)) return;
    // A timer may fire a moment early.
    if (now() < game.phase.ends) scheduleEnd(room);
    else if ([...room.drawings.values()].some((drawing) => isOpen(game, drawing))) closing.add(room);
    else commits.ensure(room.code, { type: 'judged', process: presence.id, round: game.round });
  }

  /** Looks again when the round's time is up, which may come to be earlier. */
  function scheduleEnd(room: LiveRoom): void {
    clearTimeout(room.timers.judged);
    closing.delete(room);
    const { phase } = room.game;
    if (phase.name !== 'drawing' || phase.judged?.includes(presence.id)) return;
    room.timers.judged = setTimeout(() => reportJudged(room), Math.max(0, phase.ends - now()) + 1);
  }

  return {
    drawn(_: LiveRoom, drawing: Drawing): void {
      if (drawing.measure.points > 0) batcher.mark(drawing);
      else batcher.unmark(drawing);
    },
    changed(room: LiveRoom): void {
      scheduleEnd(room);
      if (room.game.phase.name === 'drawing') return;
      for (const drawing of room.drawings.values()) {
        if (batcher.isPending(drawing) && !drawing.recognized) meter?.unjudged();
        batcher.unmark(drawing);
      }
    },
    /** Drawings that wait for a batch. */
    isPending: batcher.isPending,
    waiting: batcher.waiting,
    /** Whether the newest batch succeeded. */
    isWorking: (): boolean => isWorking,
    close(): void {
      isClosed = true;
      clearTimeout(probing);
      batcher.close();
    },
  };
}

const momentOf = ({ rev, strokes }: Ink): InkMoment => ({
  rev,
  strokes: strokes.length,
  points: (strokes.at(-1)?.length ?? 0) / 2,
});

/** When the ink of its round stops. ms since 1970 */
const endOf = ({ game }: LiveRoom): number => (game.phase.name === 'drawing' ? game.phase.ends : 0);

const guessesOf = (player: string, { words }: Words, { sureness, guesses, target }: Verdict): PlayerGuesses => ({
  player,
  sureness,
  top: guesses.map(({ word, p }): [string, number] => [words[word]!.word, rounded(p)]),
  target: rounded(target),
});

const rounded = (p: number): number => Math.round(p * 1000) / 1000;
