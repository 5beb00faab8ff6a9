/** What this browser gave away, and for what: only it has the keys with which a drawing can be taken back. */
import type { Choices } from '../../../shared/choices.ts';
import { NO_CHOICES } from '../../../shared/choices.ts';
import type { Client } from '../../client.ts';
import { recordedStrokes } from '../../net/match-history.ts';
import type { Memory } from '../../net/memory.ts';

export interface Gift {
  replay: string;
  choices: Choices;
  /** Of the donated drawing; null if it is only in the gallery. */
  key: string | null;
  /** Proves, in any session, that it was given here. Null: from before there was one. */
  secret: string | null;
  word: string;
  /** As in `2026-11-28`. */
  date: string;
  /** Whether the gate took it. */
  passes: boolean;
}

/** What came of giving a match's drawings. */
export interface Outcome {
  /** Of this match, now or before. */
  given: Gift[];
  /** The server could not take some. They are given after the next round. */
  failed: boolean;
}

/** Beyond that, the oldest can no longer be taken back: the browser's storage is small. */
const MOST_GIFTS = 5_000;
/** More than any match has rounds, in several tabs. */
const MOST_TAKEN_BACK = 200;
/** The server writes a drawing down shortly after its round. */
const ATTEMPTS = 5;
const RETRY_MS = 700;

// ---------------------------------------------------------------- what is remembered

/** Undefined if this browser was never asked. */
export function choicesOf(memory: Memory): Choices | undefined {
  try {
    const stored = JSON.parse(memory.get('giving') ?? 'null');
    return stored ? { ...NO_CHOICES, ...stored } : undefined;
  } catch {
    return undefined;
  }
}

export const choose = (memory: Memory, choices: Choices): void => memory.set('giving', JSON.stringify(choices));

export const isAny = ({ gallery, data, training }: Choices): boolean => gallery || data || training;

function listIn<T>(memory: Memory, name: string): T[] {
  try {
    return JSON.parse(memory.get(name) ?? '[]');
  } catch {
    return [];
  }
}

export const giftsOf = (memory: Memory): Gift[] => listIn(memory, 'given');
/** Replays whose drawings were taken back: they are not given again with the rest of their match. */
const takenBack = (memory: Memory): string[] => listIn(memory, 'takenBack');

const remember = (memory: Memory, gift: Gift): void =>
  memory.set('given', JSON.stringify([...without(memory, gift.replay), gift].slice(-MOST_GIFTS)));
function forget(memory: Memory, { replay }: Gift): void {
  memory.set('takenBack', JSON.stringify([...takenBack(memory), replay].slice(-MOST_TAKEN_BACK)));
  memory.set('given', JSON.stringify(without(memory, replay)));
}
const without = (memory: Memory, replay: string): Gift[] => giftsOf(memory).filter((each) => each.replay !== replay);

// ---------------------------------------------------------------- giving

const send = (method: string, path: string, body: object): Promise<Response> =>
  fetch(path, { method, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });

const wait = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

type Give = 'given' | 'not-drawn' | 'failed';

async function give(memory: Memory, replay: string, choices: Choices, isDrawn: boolean): Promise<Give> {
  for (let attempt = 1; ; attempt++) {
    const response = await send('POST', `api/replays/${replay}/give`, choices).catch(() => undefined);
    if (response?.ok) {
      remember(memory, { replay, choices, ...(await response.json()) });
      return 'given';
    }
    const mayCome = response?.status === 409 || (response?.status === 404 && isDrawn);
    if (!mayCome || attempt === ATTEMPTS) return response?.status === 404 ? 'not-drawn' : 'failed';
    await wait(RETRY_MS);
  }
}

/** Gives this match's drawings of ours that were not given yet. Undefined if nobody is asked here, or nothing may be given. */
async function giveNow({ link, memory, room }: Client): Promise<Outcome | undefined> {
  const choices = choicesOf(memory);
  const me = room.inside()?.me;
  if (!me || !choices || !isAny(choices)) return undefined;
  const answer = await link.request('replays', {}).catch(() => undefined);
  if (!answer?.ok) return { given: [], failed: true };
  if (!answer.donations) return undefined;
  const mine = answer.replays.filter(({ player }) => player === me);
  let failed = false;
  for (const { id, round } of mine) {
    if (giftsOf(memory).some(({ replay }) => replay === id) || takenBack(memory).includes(id)) continue;
    const seen = room.history().find((each) => each.round === round);
    const isDrawn = seen !== undefined && recordedStrokes(seen, me).length > 0;
    // A page that was not there from the beginning cannot know.
    if (seen?.whole && !isDrawn) continue;
    if ((await give(memory, id, choices, isDrawn)) === 'failed') failed = true;
  }
  const ids = new Set(mine.map(({ id }) => id));
  return { given: giftsOf(memory).filter(({ replay }) => ids.has(replay)), failed };
}

/** One after the other: the reveal and the podium may ask at once. */
const underWay = new WeakMap<Client, Promise<unknown>>();

export function giveMine(client: Client): Promise<Outcome | undefined> {
  const outcome = (underWay.get(client) ?? Promise.resolve()).then(() => giveNow(client));
  underWay.set(
    client,
    outcome.catch(() => {}),
  );
  return outcome;
}

async function withdraw({ replay, key, secret }: Gift): Promise<boolean> {
  const proof = secret === null ? {} : { secret };
  const answer = await send('POST', `api/replays/${replay}/give`, { ...NO_CHOICES, ...proof });
  if (answer.ok) return true;
  // Where no replay is, none is in a gallery. A server that takes no drawings any more says nothing of the kind.
  const isForgotten = answer.status === 404 && (await answer.json()).error === 'no-replay';
  if (!isForgotten || key === null) return isForgotten;
  return (await send('DELETE', `api/donations/${key}`, proof)).ok;
}

/** False if the server could not: then it is still remembered, to be tried again. */
export async function takeBack(memory: Memory, gift: Gift): Promise<boolean> {
  const isGone = await withdraw(gift).catch(() => false);
  if (isGone) forget(memory, gift);
  return isGone;
}
