/** What a look at a drawing means: guesses for the room, and perhaps that the prompt is recognized. */
import type { Verdict, Words } from '../../shared/verdict.ts';
import { judge } from '../../shared/verdict.ts';
import type { Action, Game } from '../game/game.ts';
import { promptOf } from '../game/game.ts';
import type { Guesser } from '../inference/batcher.ts';
import { createGuesser } from '../inference/batcher.ts';
import type { Recognizer } from '../inference/recognizer.ts';
import type { Log } from '../log.ts';
import type { Desk } from './drawing.ts';

/** What a look was at: a result for anything else is stale. */
interface Taken {
  rev: number;
  at: number;
}

interface Options {
  recognizer: Pick<Recognizer, 'recognize' | 'words'>;
  log: Log;
  /** Whether the desk's guesses may go out as soon as there are some. */
  due(desk: Desk): boolean;
  /** The game that the desk belongs to; undefined if the desk was cleared away. */
  gameOf(desk: Desk): Game | undefined;
  /** The desk has new guesses. */
  guessed(desk: Desk): void;
  recognized(desk: Desk, action: Action & { type: 'recognized' }): void;
}

export interface Looks extends Guesser<Desk> {
  /** Whether the recognizer's last batch came back. */
  isSeeing(): boolean;
}

export function createLooks({ recognizer, log, due, gameOf, guessed, recognized }: Options): Looks {
  const { words } = recognizer;
  let seeing = true;

  function seen(desk: Desk, taken: Taken, probabilities: Float32Array): void {
    const game = gameOf(desk);
    if (game?.phase.name !== 'drawing' || desk.ink.rev !== taken.rev) return;
    const prompt = promptOf(game).word;
    const verdict = judge(words, prompt, probabilities, desk.ink);
    desk.guesses = guessesOf(desk.player, words, verdict);
    desk.news = true;
    desk.seen = taken.at;
    guessed(desk);
    if (!verdict.recognized || desk.recognized) return;
    desk.recognized = true;
    // The time that counts is that of the stroke, so it does not matter how late this is committed.
    const { player: id, round: inRound, seen: at } = desk;
    const word = acceptedGuess(words, prompt, verdict);
    recognized(desk, { type: 'recognized', id, round: inRound, at, word, probability: round(verdict.target) });
  }

  const guesser = createGuesser<Desk, Taken>(recognizer, {
    taken: (desk) => ({ rev: desk.ink.rev, at: desk.at }),
    due,
    seen: (looks) => {
      seeing = true;
      for (const { drawing, taken, probabilities } of looks) seen(drawing, taken, probabilities);
    },
    failed: (reason) => {
      seeing = false;
      log.warn({ reason: String(reason) }, 'the recognizer failed; its drawings wait');
    },
  });
  return { ...guesser, isSeeing: () => seeing };
}

/** The guess that counted: the prompt, or a look-alike that is accepted for it. */
function acceptedGuess({ words }: Words, prompt: string, { guesses }: Verdict): string {
  const accepted = [prompt, ...(words.find((each) => each.word === prompt)?.alike ?? [])];
  return guesses.map((guess) => words[guess.word]!.word).find((word) => accepted.includes(word)) ?? prompt;
}

const guessesOf = (player: string, { words }: Words, { sureness, guesses, target }: Verdict) => ({
  player,
  sureness,
  top: guesses.map(({ word, p }): [string, number] => [words[word]!.word, round(p)]),
  target: round(target),
});

const round = (p: number): number => Math.round(p * 1000) / 1000;
