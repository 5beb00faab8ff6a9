/** From a drawing to a verdict: its guesses for the room and, when the prompt is recognized, an action for the game. */
import { emptyInk } from '../../shared/ink.ts';
import type { PlayerGuesses } from '../../shared/protocol.ts';
import type { Verdict, Words } from '../../shared/verdict.ts';
import { judge } from '../../shared/verdict.ts';
import { promptOf } from '../game/game.ts';
import { createBatcher } from '../inference/batcher.ts';
import type { Recognizer } from '../inference/recognizer.ts';
import type { Log } from '../log.ts';
import type { Broadcaster } from './broadcaster.ts';
import type { Commits } from './commits.ts';
import type { Drawing } from './drawing.ts';
import type { LiveRoom } from './live-room.ts';
import type { Registry } from './registry.ts';

interface Parts {
  recognizer: Pick<Recognizer, 'recognize' | 'words'>;
  registry: Registry;
  broadcaster: Broadcaster;
  commits: Commits;
  log: Log;
}

/** How long after a failure the recognizer is tried again. */
const PROBE_DELAY_MS = 1000;

/** What a drawing was when its batch started. */
interface Captured {
  rev: number;
  at: number;
}

export type Verdicts = ReturnType<typeof createVerdicts>;

export function createVerdicts({ recognizer, registry, broadcaster, commits, log }: Parts) {
  const { words } = recognizer;
  let isWorking = true;
  let isClosed = false;
  let probing: NodeJS.Timeout | undefined;

  const batcher = createBatcher<Drawing, Captured>(recognizer, {
    capture: ({ ink, at }) => ({ rev: ink.rev, at }),
    isDue: broadcaster.areGuessesDue,
    classified(results) {
      recovered();
      for (const { drawing, state, probabilities } of results) judgeDrawing(drawing, state, probabilities);
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

  function judgeDrawing(drawing: Drawing, { rev, at }: Captured, probabilities: Float32Array): void {
    const room = registry.get(drawing.code);
    // The result is stale if the drawing was erased, released, or belongs to another round.
    if (room?.drawings.get(drawing.player) !== drawing || drawing.ink.rev !== rev) return;
    if (room.game.phase.name !== 'drawing') return;
    const prompt = promptOf(room.game).word;
    const verdict = judge(words, prompt, probabilities, drawing.ink);
    drawing.guesses = guessesOf(drawing.player, words, verdict);
    drawing.guessesUnsent = true;
    drawing.guessedAt = at;
    broadcaster.schedule(room);
    if (!verdict.recognized || drawing.recognized) return;
    drawing.recognized = true;
    const { player: id, round } = drawing;
    const word = acceptedGuess(words, prompt, verdict);
    // What counts is the time of the stroke, so it does not matter how late this is committed.
    commits.ensure(room.code, { type: 'recognized', id, round, at, word, probability: rounded(verdict.target) });
  }

  return {
    drawn(_: LiveRoom, drawing: Drawing): void {
      if (drawing.points > 0) batcher.mark(drawing);
      else batcher.unmark(drawing);
    },
    changed(room: LiveRoom): void {
      if (room.game.phase.name !== 'drawing') for (const drawing of room.drawings.values()) batcher.unmark(drawing);
    },
    /** Drawings that wait for a batch. */
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

/** The guess that counted: the prompt, or a look-alike that is accepted for it. */
function acceptedGuess({ words }: Words, prompt: string, { guesses }: Verdict): string {
  const accepted = [prompt, ...(words.find((each) => each.word === prompt)?.alike ?? [])];
  return guesses.map((guess) => words[guess.word]!.word).find((word) => accepted.includes(word)) ?? prompt;
}

const guessesOf = (player: string, { words }: Words, { sureness, guesses, target }: Verdict): PlayerGuesses => ({
  player,
  sureness,
  top: guesses.map(({ word, p }): [string, number] => [words[word]!.word, rounded(p)]),
  target: rounded(target),
});

const rounded = (p: number): number => Math.round(p * 1000) / 1000;
