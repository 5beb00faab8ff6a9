/**
 * Writes the record of each drawing once its round is over, outside the turn in which the round ends. Each process writes what was
 * drawn on it, and what is left in the store of those who are away; ids are the same everywhere, so whatever two of them write
 * is kept once.
 */
import { promisify } from 'node:util';
import { deflateSync } from 'node:zlib';
import { dayOf } from '../../shared/daily.ts';
import type { History } from '../../shared/history.ts';
import { withoutErased } from '../../shared/history.ts';
import { unpack } from '../../shared/packed-history.ts';
import type { Recognition } from '../../shared/protocol.ts';
import type { Record } from '../../shared/record.ts';
import { encode, RECORD_LIMIT } from '../../shared/record.ts';
import type { Words } from '../../shared/verdict.ts';
import type { Presence } from '../cluster/presence.ts';
import { processOf } from '../cluster/presence.ts';
import type { Game } from '../game/game.ts';
import type { EngineName } from '../inference/engine.ts';
import type { Replays } from '../storage/replays.ts';
import { REFRESH_MARGIN_MS } from '../storage/replays.ts';
import type { Store } from '../storage/store.ts';
import type { Commits } from './commits.ts';
import type { LiveRoom } from './live-room.ts';
import type { Registry } from './registry.ts';
import type { ReplayIds } from './replay-ids.ts';

interface Parts {
  store: Store;
  replays: Replays;
  ids: ReplayIds;
  registry: Registry;
  commits: Commits;
  presence: Pick<Presence, 'id'>;
  recognizer: { words: Words; engine?: EngineName | undefined };
  /** ms since 1970 */
  now: () => number;
}

export type ReplayWriter = ReturnType<typeof createReplayWriter>;

const REFRESH_INTERVAL_MS = REFRESH_MARGIN_MS / 2;

/** Of the event loop. */
const nextTurn = promisify(setImmediate);

export function createReplayWriter({ store, replays, ids, registry, commits, presence, recognizer, now }: Parts) {
  /** By room: the newest round of which something was written here, and whose drawings that were. */
  const written = new WeakMap<LiveRoom, { round: number; players: Set<string> }>();
  let last = Promise.resolve();

  /** One after the other, so that a round's end costs the other rooms a drawing at a time. */
  function enqueue(work: () => Promise<void>): void {
    last = last
      .then(nextTurn)
      .then(work)
      .catch((reason) => commits.failed(reason));
  }

  /** `read` returns the history, in the drawing's own turn. */
  function write(game: Game, player: string, read: () => History): void {
    const { code, match, round } = game;
    const id = ids.idOf(match!.id, round, player);
    const owner = ids.ownerOf(match!.runners[player]!.session);
    enqueue(async () => {
      const history = read();
      if (!history.some((event) => 'points' in event)) return;
      const whole = recordOf(game, player, history);
      const { word, verdict } = whole;
      const record = deflateSync(withinLimit(whole));
      await commits.retry(code, () => replays.save({ id, code, owner, word, ms: verdict?.at ?? null, record }));
    });
  }

  function recordOf({ match, settings }: Game, player: string, history: History): Record {
    const { prompt, recognized } = match!.results.at(-1)!;
    const { mark, language = '' } = match!.runners[player]!;
    const recognition = recognized.find((each) => each.player === player);
    return {
      model: recognizer.words.hash.slice(0, 16),
      engine: recognizer.engine ?? 'wasm',
      word: prompt,
      language,
      nick: '',
      mark,
      day: dayOf(now()),
      seconds: settings.seconds,
      verdict: recognition ? verdictOf(recognition) : null,
      history,
    };
  }

  const refreshing = setInterval(
    () => replays.refresh(registry.all().map(({ code }) => code)).catch((reason) => commits.failed(reason)),
    REFRESH_INTERVAL_MS,
  );
  refreshing.unref();

  return {
    changed(room: LiveRoom): void {
      const { game, code } = room;
      const { round, match, phase } = game;
      // Nothing that pupils draw outlives its round on the server.
      if (game.lesson || (phase.name !== 'reveal' && phase.name !== 'podium')) return;
      if (match?.results.at(-1)?.round !== round) return;
      let done = written.get(room);
      if (done?.round !== round) {
        done = { round, players: new Set() };
        written.set(room, done);
      }
      const absent: string[] = [];
      for (const player of Object.keys(match.runners)) {
        if (done.players.has(player)) continue;
        const seat = game.seats.find(({ id }) => id === player);
        const isElsewhere = seat?.socket && processOf(seat.socket) !== presence.id;
        const drawing = room.drawings.get(player);
        // That process writes it. If it dies, the seat is lost, and what the store has is written here.
        if (isElsewhere) continue;
        done.players.add(player);
        if (drawing?.round === round) write(game, player, () => unpack(drawing.history));
        else absent.push(player);
      }
      if (absent.length === 0) return;
      void commits.retry(code, async () => {
        const stored = await store.readInk(code, round);
        for (const player of absent) write(game, player, () => stored.get(player) ?? []);
      });
    },
    /** Resolves when everything that was drawn until now is written, or could not be. */
    settled: (): Promise<void> => last,
    close: (): void => clearInterval(refreshing),
  };
}

/** What was erased is left out of a record that would be too large to be read. */
function withinLimit(record: Record): Uint8Array {
  const bytes = encode(record);
  return bytes.length <= RECORD_LIMIT ? bytes : encode({ ...record, history: withoutErased(record.history) });
}

const verdictOf = ({ at, word, probability, ink }: Recognition) => ({ at, word, probability, ink: ink ?? null });
