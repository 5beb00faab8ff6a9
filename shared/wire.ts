/**
 * How ink and guesses travel. A chunk is a string of numbers, each in digits of five bits, least first; 32 more says that another digit
 * follows: the variable-length quantities of source maps. Points are steps from the point before, the first from the corner of the board.
 * A chunk takes a third of the bytes that it takes as JSON.
 */
import type { Chunk } from './ink.ts';
import { BOARD } from './ink.ts';
import type { LiveFrame, PlayerGuesses, Refusal, ServerEvents } from './protocol.ts';
import { CHUNK_LIMIT } from './protocol.ts';
import type { Sureness } from './verdict.ts';

/** They need no escape in JSON. */
const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const MORE = 32;
/** Digits, and the last one says that none follows. */
const PACKED = /^[\w-]*[A-Za-f]$/;

function digitsOf(value: number): string {
  let digits = '';
  for (; value >= MORE; value = Math.floor(value / MORE)) digits += DIGITS[(value % MORE) + MORE];
  return digits + DIGITS[value];
}

/** With the sign in the lowest bit. */
const signed = (value: number): number => (value < 0 ? -2 * value + 1 : 2 * value);
const unsigned = (value: number): number => (value % 2 ? (1 - value) / 2 : value / 2);

function numbersOf(text: string): number[] {
  const numbers: number[] = [];
  let value = 0;
  let unit = 1;
  for (let i = 0; i < text.length; i++) {
    const digit = DIGITS.indexOf(text[i]!);
    value += (digit % MORE) * unit;
    if (digit >= MORE) unit *= MORE;
    else {
      numbers.push(value);
      value = 0;
      unit = 1;
    }
  }
  return numbers;
}

/** The chunk without its round. */
function textOf({ rev, stroke, from, points }: Chunk): string {
  let text = digitsOf(rev) + digitsOf(stroke) + digitsOf(from);
  for (let i = 0; i < points.length; i++) text += digitsOf(signed(points[i]! - (points[i - 2] ?? 0)));
  return text;
}

/** The chunk that begins at number `at`. */
function chunkAt(numbers: number[], at: number): Chunk {
  // A copy takes no more memory than it needs, and is kept.
  const points = numbers.slice(at + 3);
  for (let i = 0; i < points.length; i++) points[i] = unsigned(points[i]!) + (points[i - 2] ?? 0);
  return { rev: numbers[at]!, stroke: numbers[at + 1]!, from: numbers[at + 2]!, points };
}

/** As a drawer sends it. All numbers are integers from 0 on. */
export const packChunk = (chunk: Chunk & { round: number }): string => digitsOf(chunk.round) + textOf(chunk);

/** What a drawer sent, or why it is no chunk. */
export function unpackChunk(text: string): (Chunk & { round: number }) | Refusal {
  const numbers = PACKED.test(text) ? numbersOf(text) : [];
  if (!numbers.every(Number.isSafeInteger) || numbers.length < 6 || numbers.length % 2 !== 0) return 'malformed';
  if (numbers.length > 4 + CHUNK_LIMIT * 2) return 'too-large';
  const chunk = chunkAt(numbers, 1);
  return chunk.points.every((value) => value >= 0 && value <= BOARD) ? { round: numbers[0]!, ...chunk } : 'off-board';
}

/** What the server sends. */
export type WireEvents = Omit<ServerEvents, 'live'> & { live: (frame: PackedFrame) => void };

/** A player's id, how sure, thousandths for the prompt, then words each with its thousandths. */
export type PackedGuesses = [player: string, sureness: Sureness, target: number, ...top: (string | number)[]];

/** The round; ids of players each with a chunk, all between blanks; guesses. */
export type PackedFrame = [round: number, chunks: string, ...guesses: PackedGuesses[]];

export const packFrame = ({ round, chunks, guesses }: LiveFrame): PackedFrame => [
  round,
  chunks.map((chunk) => `${chunk.player} ${textOf(chunk)}`).join(' '),
  ...guesses.map(
    ({ player, sureness, target, top }): PackedGuesses => [
      ...([player, sureness, thousandths(target)] as const),
      ...top.flatMap(([word, probability]) => [word, thousandths(probability)]),
    ],
  ),
];

/** Only what a server packed. */
export function unpackFrame([round, chunks, ...guesses]: PackedFrame): LiveFrame {
  const parts = chunks ? chunks.split(' ') : [];
  const frame: LiveFrame = { round, chunks: [], guesses: guesses.map(guessesOf) };
  for (let i = 0; i < parts.length; i += 2)
    frame.chunks.push({ player: parts[i]!, ...chunkAt(numbersOf(parts[i + 1]!), 0) });
  return frame;
}

function guessesOf([player, sureness, target, ...rest]: PackedGuesses): PlayerGuesses {
  const top: [string, number][] = [];
  for (let i = 0; i < rest.length; i += 2) top.push([rest[i] as string, (rest[i + 1] as number) / 1000]);
  return { player, sureness, target: target / 1000, top };
}

const thousandths = (probability: number): number => Math.round(probability * 1000);
