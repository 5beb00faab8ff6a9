/** Records of drawings, as the server writes them, without the match that they would be of. */
import { randomBytes } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import type { Replays } from '../../server/storage/replays.ts';
import type { History } from '../../shared/history.ts';
import type { Stroke } from '../../shared/ink.ts';
import type { Record } from '../../shared/record.ts';
import { encode } from '../../shared/record.ts';
import { someCode } from '../store.contract.ts';

interface Drawn {
  word: string;
  strokes: Stroke[];
  /** What it was taken for meanwhile. */
  thoughts?: string[];
  /** When it was recognized; null if it was not. ms */
  ms?: number | null;
  nick?: string;
}

export function recordOf({ word, strokes, thoughts = [], ms = 4000, nick = '' }: Drawn): Record {
  const duration = ms ?? 10_000;
  const time = (share: number) => Math.round(share * duration);
  const history: History = strokes.map((points, stroke) => ({
    at: time((stroke + 1) / strokes.length),
    stroke,
    points,
  }));
  thoughts.forEach((thought, i) => {
    const top: [string, number][] = [
      [thought, 0.5],
      [word, 0.2],
    ];
    const at = time((i + 1) / (thoughts.length + 1));
    history.push({ at, guesses: { sureness: 'guessing', top, target: 0.2 } });
  });
  history.sort((a, b) => a.at - b.at);
  return {
    ...{ model: '2f4ef0cc624910d7', engine: 'native', word, language: 'en', nick, mark: 3, day: 20_785, seconds: 20 },
    verdict: ms === null ? null : { at: ms, word, probability: 0.9, ink: null },
    history,
  };
}

/** Seconds with one digit after the comma or point, as texts of a language have them. */
export const secondsIn = (language: string, ms: number): string =>
  new Intl.NumberFormat(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(ms / 1000);

/** Saves it, and lists it unless `passes` is left undefined. Returns its id. */
export async function saveReplay(
  replays: Replays,
  drawn: Drawn,
  {
    id = randomBytes(16).toString('base64url'),
    owner = null,
    passes,
  }: { id?: string; owner?: string | null; passes?: boolean } = {},
): Promise<string> {
  const record = deflateSync(encode(recordOf(drawn)));
  const { word, ms = 4000 } = drawn;
  await replays.save({ id, code: someCode(), owner, word, ms, record });
  if (passes !== undefined) await replays.list(id, { word, ms, passes });
  return id;
}
