/**
 * What happens to a drawing that its player gives away: the gate looks at its final picture, then it is shown in the gallery,
 * appended to the donated drawings, or both. Giving it again with other choices changes them. A line is never changed: it is
 * deleted, and the next one has a key of its own.
 */
import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { inflateSync } from 'node:zlib';
import pLimit from 'p-limit';
import type { Choices } from '../../shared/choices.ts';
import { donationOf } from '../../shared/donation.ts';
import type { Reading } from '../../shared/gate.ts';
import { readAs } from '../../shared/gate.ts';
import { inkAt } from '../../shared/history.ts';
import { inkLength } from '../../shared/ink.ts';
import type { Record } from '../../shared/record.ts';
import { decode, RECORD_LIMIT } from '../../shared/record.ts';
import { dateOf } from '../date.ts';
import type { Game } from '../game/game.ts';
import type { Recognizer } from '../inference/recognizer.ts';
import type { Donations } from '../storage/donations.ts';
import type { Gift, Replays } from '../storage/replays.ts';

interface Parts {
  replays: Replays;
  donations: Donations;
  recognizer: Pick<Recognizer, 'recognize' | 'words'>;
  /** Whether drawings are taken. If not, those that were given can still be taken back. */
  isOn: boolean;
  /** Of all drawings: two letters, or ZZ. */
  countrycode: string;
}

/** What the drawer's browser keeps of it: with the secret it can be taken back for as long as it is kept, whatever session it has. */
export interface Given {
  key: string | null;
  secret: string;
  word: string;
  date: string;
  passes: boolean;
}

/** Who asks: the drawer's session, or a browser with the secret of what was given. */
export interface Giver {
  isOwner(owner: string | null): boolean;
  secret?: string | undefined;
}

export type Giving = ReturnType<typeof createGiving>;

/** Drawings that wait to be judged. */
const MAX_WAITING = 500;

/** Of the event loop. */
const nextTurn = promisify(setImmediate);

/** The one place that decides in which rooms people are asked: where a teacher has children draw, nobody is. */
export const asksForDrawings = (isOn: boolean, { lesson }: Pick<Game, 'lesson'>): boolean => isOn && !lesson;

export function createGiving({ replays, donations, recognizer, isOn, countrycode }: Parts) {
  /** Races come first: drawings are read and judged one after the other. */
  const oneByOne = pLimit(1);

  async function judge(bytes: Uint8Array): Promise<{ record: Record; reading: Reading }> {
    await nextTurn();
    const record = decode(inflateSync(bytes, { maxOutputLength: RECORD_LIMIT }));
    const ink = inkAt(record.history);
    const [probabilities] = await recognizer.recognize([ink]);
    return { record, reading: readAs(recognizer.words, record.word, probabilities!, inkLength(ink)) };
  }

  async function answerOf(id: string, { key, word, date, passes }: Gift): Promise<Given> {
    return { key, secret: await donations.secretOf(key ?? id), word, date, passes };
  }

  /** Whether nothing is left to do. */
  async function isDone(gift: Gift, choices: Choices): Promise<boolean> {
    if (!gift.isWritten || !isSame(gift.choices, choices)) return false;
    return gift.key === null || !(await donations.isDeleted(gift.key));
  }

  const isInterrupted = async ({ key, isWritten, choices: before }: Gift, choices: Choices): Promise<boolean> =>
    !isWritten && isSame(before, choices) && !(key && (await donations.isDeleted(key)));

  async function give(id: string, { isOwner, secret }: Giver, choices: Choices): Promise<Given | null | Fault> {
    if (!isOn && isAny(choices)) return 'not-taken';
    const replay = await replays.inspect(id);
    if (!replay) return 'no-replay';
    const before = await replays.gift(id);
    if (!isOwner(replay.owner)) {
      if (isAny(choices) || secret === undefined) return 'not-yours';
      if (before && !(await donations.isSecret(before.key ?? id, secret))) return 'not-yours';
    }
    // One that is hidden can be taken back, but not given again under a new key, which nobody has hidden.
    if (replay.hidden !== null && isAny(choices)) return 'no-replay';
    if (before && (await isDone(before, choices))) return answerOf(id, before);
    // Interrupted between the two: the same line may be there already, and may be there twice.
    const isRetry = before !== null && (await isInterrupted(before, choices));
    if (before?.key && !isRetry) await donations.remove(before.key);
    if (!isAny(choices)) {
      if (before && !(await replays.setGift(id, before, null))) return 'busy';
      await replays.unlist(id);
      return null;
    }
    // Nothing is given that could not be taken back.
    await donations.secretOf(id);
    const { record, reading } = await oneByOne(() => judge(replay.record));
    const key = choices.data || choices.training ? (isRetry && before.key) || newKey() : null;
    const { word } = record;
    const date = dateOf(record.day);
    const gift: Gift = { key, word, date, choices, passes: reading.passes, isWritten: false };
    if (!(await replays.setGift(id, before, gift))) return 'busy';
    if (choices.gallery) await replays.list(id, { word, ms: record.verdict?.at ?? null, passes: reading.passes });
    else await replays.unlist(id);
    if (key) await donations.append(donationOf(record, { key, date, countrycode, reading, choices }));
    if (await replays.setGift(id, gift, { ...gift, isWritten: true })) return answerOf(id, gift);
    // Another process changed it meanwhile, and may have taken it back before all of this was there.
    const newer = await replays.gift(id);
    if (key && newer?.key !== key) await donations.remove(key);
    if (!newer?.choices.gallery) await replays.unlist(id);
    return newer?.isWritten && isSame(newer.choices, choices) ? answerOf(id, newer) : 'busy';
  }

  /** By id: what is asked about one drawing is done in its order. */
  const turns = new Map<string, Promise<unknown>>();
  function inTurn<T>(id: string, work: () => Promise<T>): Promise<T> {
    const done = (turns.get(id) ?? Promise.resolve()).then(work);
    const last = done
      .catch(() => {})
      .then(() => {
        if (turns.get(id) === last) turns.delete(id);
      });
    turns.set(id, last);
    return done;
  }

  return {
    async give(...asked: Parameters<typeof give>): Promise<Given | null | Fault> {
      return oneByOne.pendingCount > MAX_WAITING ? 'busy' : inTurn(asked[0], () => give(...asked));
    },
  };
}

/** `busy`: another request changes the same. */
export type Fault = 'not-taken' | 'no-replay' | 'not-yours' | 'busy';

const newKey = (): string => `${randomBytes(8).readBigUInt64BE()}`;
const isAny = ({ gallery, data, training }: Choices): boolean => gallery || data || training;
const isSame = (a: Choices, b: Choices): boolean =>
  a.gallery === b.gallery && a.data === b.data && a.training === b.training;
