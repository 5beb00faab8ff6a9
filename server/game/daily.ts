/** The six words of a day, the room in which somebody draws them, and what a try leaves behind. Pure. */
import { createHmac } from 'node:crypto';
import type { DailyRound } from '../../shared/daily.ts';
import { DAILY_ROUNDS } from '../../shared/daily.ts';
import type { Settings } from '../../shared/protocol.ts';
import { DEFAULT_SETTINGS } from '../../shared/protocol.ts';
import type { Word, Words } from '../../shared/verdict.ts';
import type { Game, Prompt } from './game.ts';
import { worthOf } from './results.ts';

/** A try is for one person, and nobody else may see the words. */
export const DAILY_SETTINGS: Settings = {
  ...DEFAULT_SETTINGS,
  ...{ rounds: DAILY_ROUNDS, seconds: 20, seats: 1, finale: false },
  ...{ chat: false, locked: true, spectators: false },
};

/** Two words of each third, from the easy to the hard. */
const THIRDS = 3;
const WORDS_OF_THIRD = DAILY_ROUNDS / THIRDS;
const EASY_TO_HARD = ['easy', 'medium', 'hard'];

/**
 * The words of the day, the easy ones first; null if the model has fewer than six prompts. All processes of one secret and one
 * model find the same; nobody foretells them without the secret.
 */
export function dailyPrompts(words: Words, day: number, secret: string): Prompt[] | null {
  const ranked = words.words
    .filter(({ prompt }) => prompt)
    .sort((a, b) => EASY_TO_HARD.indexOf(a.difficulty) - EASY_TO_HARD.indexOf(b.difficulty));
  if (ranked.length < DAILY_ROUNDS) return null;
  const cut = (third: number) => Math.floor((third * ranked.length) / THIRDS);
  return Array.from({ length: THIRDS }, (_, third) => wordsOfDay(ranked.slice(cut(third), cut(third + 1)), day, secret))
    .flat()
    .map(({ word, alike, difficulty, factor }) => ({ word, ...(alike && { alike }), difficulty, factor }));
}

/**
 * Each word comes once in a cycle of days. The order is another one in each cycle, but a half of the words stays the first: so a
 * word never comes again within half a cycle (27 days, with the shipped model).
 */
function wordsOfDay(deck: Word[], day: number, secret: string): Word[] {
  const days = Math.floor(deck.length / WORDS_OF_THIRD);
  const half = Math.ceil(days / 2) * WORDS_OF_THIRD;
  const cycle = Math.floor(day / days);
  const halves = sorted(deck, `${secret} daily`);
  const order = [halves.slice(0, half), halves.slice(half)].flatMap((each) => sorted(each, `${secret} daily ${cycle}`));
  const first = (day - cycle * days) * WORDS_OF_THIRD;
  return order.slice(first, first + WORDS_OF_THIRD);
}

/** In an order that follows from the key alone. */
const sorted = (deck: Word[], key: string): Word[] =>
  deck
    .map((word) => ({ word, hash: createHmac('sha256', key).update(word.word).digest('hex') }))
    .sort((a, b) => (a.hash < b.hash ? -1 : 1))
    .map(({ word }) => word);

/** A finished try that counts. */
export interface DailyTry {
  day: number;
  session: string;
  /** The match's id. */
  match: string;
  nick: string;
  score: number;
  rounds: DailyRound[];
}

/** The try whose podium is shown; null in any other phase, and for practice. */
export function tryOf({ phase, match, daily }: Game): DailyTry | null {
  const [runner] = Object.entries(match?.runners ?? {});
  if (phase.name !== 'podium' || !match || !runner || !daily?.scored || daily.session === null) return null;
  const [player, { nick }] = runner;
  const { day, session } = daily;
  const recognitions = match.results.map(({ recognized }) => recognized.find((each) => each.player === player));
  return {
    ...{ day, session, match: match.id, nick },
    score: recognitions.reduce((sum, each) => sum + (each ? worthOf(each) : 0), 0),
    rounds: match.results.map(({ prompt }, i) => ({ word: prompt, at: recognitions[i]?.at ?? null })),
  };
}
