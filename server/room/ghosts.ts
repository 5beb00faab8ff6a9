/**
 * Picks a round's ghosts while it is counted down. The round waits for nothing: if the store does not answer in time, it has none.
 * The pages replay them from their records, so they cost no inference and no frame.
 */
import { promisify } from 'node:util';
import { inflateSync } from 'node:zlib';
import type { GhostView } from '../../shared/protocol.ts';
import { DEFAULT_SETTINGS } from '../../shared/protocol.ts';
import { decodeHead, RECORD_LIMIT } from '../../shared/record.ts';
import type { Words } from '../../shared/verdict.ts';
import type { Presence } from '../cluster/presence.ts';
import { processOf } from '../cluster/presence.ts';
import type { Game } from '../game/game.ts';
import { ghostsWanted, paceFor, soloist } from '../game/ghosts.ts';
import { numberOf, promptOf } from '../game/match.ts';
import type { ListedReplay, Replays } from '../storage/replays.ts';
import { speedOf } from '../storage/replays.ts';
import type { Sample } from '../storage/samples.ts';
import type { Commits } from './commits.ts';
import type { LiveRoom } from './live-room.ts';
import type { ReplayIds } from './replay-ids.ts';

interface Parts {
  replays: Pick<Replays, 'best' | 'listed' | 'read'>;
  samples: readonly Sample[];
  ids: Pick<ReplayIds, 'ownerOf'>;
  commits: Commits;
  presence: Pick<Presence, 'id'>;
  words: Words;
}

/** Out of so many of the word's gallery. */
const LOOKED_AT = 48;
/** The slowest ghost that is near is about as much slower than the players as the quickest is quicker. */
const QUICKER = 0.75;

/** Of the event loop. */
const nextTurn = promisify(setImmediate);

export type Ghosts = ReturnType<typeof createGhosts>;

export function createGhosts({ replays, samples, ids, commits, presence, words }: Parts) {
  const model = words.hash.slice(0, 16);
  const sampleOf = new Map(samples.map((sample) => [sample.word, sample]));
  /** By room: the newest round that this process picked for. */
  const picked = new WeakMap<LiveRoom, number>();

  const headOf = ({ record }: Pick<ListedReplay, 'record'>) =>
    decodeHead(inflateSync(record, { maxOutputLength: RECORD_LIMIT }));
  const timeOf = (replay: ListedReplay): number => headOf(replay).verdict?.at ?? Infinity;
  const times = new Map(samples.map((sample) => [sample.word, timeOf(sample)]));
  const usual = (word: string): number | undefined => times.get(word);

  /** Out of the gallery, the ones that are wanted first. */
  async function others({ settings, match }: Game, word: string): Promise<[GhostView['whose'], ListedReplay][]> {
    const { ghostKind = DEFAULT_SETTINGS.ghostKind } = settings;
    const earlier = (found: ListedReplay[]) =>
      found.map((each) => ['earlier', each] as [GhostView['whose'], ListedReplay]);
    if (ghostKind === 'best') {
      const { replays: found } = await replays.listed(word, { sort: 'fastest', limit: LOOKED_AT });
      return earlier(found).map(([whose, each], i) => [i === 0 ? 'server' : whose, each]);
    }
    if (ghostKind === 'random') {
      const { replays: found } = await replays.listed(word, { sort: 'newest', limit: LOOKED_AT });
      return earlier(shuffled(found));
    }
    const wanted = paceFor(word, match!.results, usual);
    const after = speedOf({ ms: Math.round(wanted * QUICKER) }, 0);
    const { replays: found } = await replays.listed(word, { sort: 'fastest', after, limit: LOOKED_AT });
    const away = new Map<ListedReplay, number>();
    for (const [i, each] of found.entries()) {
      // A large record takes a while.
      if (i % 8 === 7) await nextTurn();
      away.set(each, Math.abs(timeOf(each) - wanted));
    }
    return earlier(found.sort((a, b) => away.get(a)! - away.get(b)!));
  }

  async function pick(game: Game): Promise<Required<GhostView>[]> {
    const { word } = promptOf(game);
    const people = new Set(game.seats.map(({ session }) => ids.ownerOf(session)));
    const ghosts: Required<GhostView>[] = [];
    function add(whose: GhostView['whose'], replay: ListedReplay): void {
      if (ghosts.length >= ghostsWanted(game) || ghosts.some(({ id }) => id === replay.id)) return;
      const { nick, verdict, model: by } = headOf(replay);
      if (!verdict || verdict.at >= game.settings.seconds * 1000) return;
      ghosts.push({ id: replay.id, whose, nick, at: verdict.at, old: by !== model });
    }
    const { challenge } = game;
    if (challenge) {
      const { replay: id } = challenge.rounds[numberOf(game) - 1]!;
      const replay = await replays.read(id);
      if (replay) add('challenger', { id, ...replay });
      return ghosts.map((ghost) => ({ ...ghost, nick: challenge.nick }));
    }
    const alone = soloist(game);
    const owner = alone && ids.ownerOf(alone.session);
    const own = owner === null ? null : await replays.best(owner, word);
    if (own) add({ player: alone!.id }, own);
    for (const [whose, replay] of await others(game, word))
      if (replay.owner === null || !people.has(replay.owner)) add(whose, replay);
    const sample = sampleOf.get(word);
    if (sample) add('sample', sample);
    return ghosts;
  }

  /** One process does it for all: that of the first player who is here. */
  const isHere = ({ seats }: Game): boolean => {
    const socket = seats.find((seat) => seat.socket !== null)?.socket;
    return socket != null && processOf(socket) === presence.id;
  };

  return {
    changed(room: LiveRoom): void {
      const { game, code } = room;
      if (ghostsWanted(game) === 0 || picked.get(room) === game.round || !isHere(game)) return;
      picked.set(room, game.round);
      pick(game)
        .then((ghosts) => commits.commit(code, { type: 'ghosts', round: game.round, ghosts }))
        .catch((reason) => commits.failed(reason, code));
    },
  };
}

function shuffled<T>(list: T[]): T[] {
  const order = new Map(list.map((each) => [each, Math.random()]));
  return [...list].sort((a, b) => order.get(a)! - order.get(b)!);
}
