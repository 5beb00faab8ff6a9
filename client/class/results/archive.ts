/** The results and drawings as one ZIP file. Pure, but for the pictures, which a browser paints. */
import { zipSync, strToU8, type Zippable } from 'fflate';
import { pointsIn, type Stroke } from '../../../shared/ink.ts';
import { type Lists, simplify } from '../../../shared/simplify.ts';
import type { NumberedRound, RoundPupil } from './rounds.ts';

export interface Drawing {
  round: NumberedRound;
  pupil: RoundPupil;
  /** In the archive, without its ending. */
  path: string;
}

const LONGEST_NAME = 40;
/** Windows has no files of these names. */
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)$/i;

/** A name for a file or folder on every system: letters, digits and hyphens. */
export function safeName(text: string): string {
  const name = [...text.normalize('NFC').replace(/[^\p{L}\p{M}\p{N}]+/gu, '-')]
    .slice(0, LONGEST_NAME)
    .join('')
    .replace(/^-+|-+$/g, '');
  return name === '' || RESERVED.test(name) ? `_${name}` : name;
}

const two = (value: number): string => `${value}`.padStart(2, '0');

/** All drawings with ink, in the order of the rounds: `drawings/1-02-cat/03-Swift-Otter`. */
export function drawingsOf(rounds: readonly NumberedRound[], word: (english: string) => string): Drawing[] {
  const taken = new Set<string>();
  return rounds.flatMap((round) =>
    round.pupils
      .filter(({ strokes }) => strokes.length > 0)
      .map((pupil) => {
        const folder = `drawings/${round.match}-${two(round.place)}-${safeName(word(round.word))}`;
        const name = `${folder}/${two(round.number)}-${safeName(pupil.name)}`;
        let path = name;
        // Some systems take capital letters for small ones.
        for (let i = 2; taken.has(path.toLowerCase()); i++) path = `${name}-${i}`;
        taken.add(path.toLowerCase());
        return { round, pupil, path };
      }),
  );
}

const listsOf = (strokes: readonly Stroke[]): Lists[] =>
  strokes.map((stroke) => [stroke.filter((_, i) => i % 2 === 0), stroke.filter((_, i) => i % 2 === 1)]);

/** A line as the files of Quick, Draw! have it: the drawing in a square of 256, with few points. */
export const lineOf = ({ round, pupil }: Drawing): string =>
  JSON.stringify({
    ...{ word: round.word, pupil: pupil.name, recognized: pupil.recognized !== undefined },
    ...{ match: round.match, round: round.place, room: round.number },
    drawing: simplify(listsOf(pupil.strokes.filter((stroke) => pointsIn(stroke) > 0))),
  });

/** `paint` makes the PNG of a drawing. */
export async function archiveOf(
  csv: string,
  drawings: readonly Drawing[],
  paint: (strokes: Stroke[]) => Promise<Uint8Array>,
  progress: (share: number) => void = () => undefined,
): Promise<Uint8Array<ArrayBuffer>> {
  const files: Zippable = {
    'results.csv': strToU8(csv),
    'drawings.ndjson': strToU8(drawings.map((each) => `${lineOf(each)}\n`).join('')),
  };
  for (const [i, { pupil, path }] of drawings.entries()) {
    // A PNG is compressed already.
    files[`${path}.png`] = [await paint(pupil.strokes), { level: 0 }];
    progress((i + 1) / drawings.length);
  }
  return zipSync(files) as Uint8Array<ArrayBuffer>;
}
