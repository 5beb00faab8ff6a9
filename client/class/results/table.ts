/** The results as a table for spreadsheets: a line for each pupil and round. Pure. */
import { type NumberedRound, starKey } from './rounds.ts';

export const COLUMNS = [
  'match',
  'round',
  'word',
  'pupil',
  'room',
  'recognized',
  'seconds',
  'guess',
  'probability',
  'points',
  'star',
] as const;
export type Column = (typeof COLUMNS)[number];

export interface Names {
  column(column: Column): string;
  /** In the page's language. */
  word(english: string): string;
  yes: string;
  no: string;
}

/** Spreadsheets know the encoding by it. */
const BOM = '\uFEFF';

/** A cell that begins like a formula is none: an apostrophe before it makes it a text. */
export function cell(value: string | number): string {
  const text = `${value}`;
  const safe = typeof value === 'string' && /^[=+\-@\t\r\n]/.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
}

export function table(rounds: readonly NumberedRound[], stars: ReadonlySet<string>, names: Names): string {
  const decimals = (value: number, digits: number) => Number(value.toFixed(digits));
  const lines = rounds.flatMap((round) =>
    round.pupils.map(({ id, name, recognized, guess }) => [
      ...[round.match, round.place, names.word(round.word), name, round.number],
      recognized ? names.yes : names.no,
      recognized ? decimals(recognized.at / 1000, 1) : '',
      guess ? names.word(guess.word) : '',
      guess ? decimals(guess.probability, 3) : '',
      recognized?.points ?? 0,
      stars.has(starKey({ room: round.room, round: round.round, pupil: id })) ? names.yes : names.no,
    ]),
  );
  return BOM + [COLUMNS.map(names.column), ...lines].map((line) => `${line.map(cell).join()}\r\n`).join('');
}
