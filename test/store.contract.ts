/** What every store must do, told by example. `open` gives one more view of the same store, as another process has it. */
import { randomInt } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Game } from '../server/game/game.ts';
import { newGame, PACE } from '../server/game/game.ts';
import type { InkWrite, Store } from '../server/storage/store.ts';
import type { InkEvent } from '../shared/history.ts';
import { inkAt } from '../shared/history.ts';
import { CODE_ALPHABET, DEFAULT_SETTINGS } from '../shared/protocol.ts';

export const someCode = (): string => Array.from({ length: 5 }, () => CODE_ALPHABET[randomInt(31)]).join('');

export const someGame = (change: Partial<Game> = {}): Game => ({
  ...newGame(someCode(), DEFAULT_SETTINGS, PACE, 1000),
  ...change,
});

const grown = (game: Game): Game => ({ ...game, version: game.version + 1, round: game.round + 1 });
const closed = (game: Game): Game => ({ ...game, version: game.version + 1, phase: { name: 'closed' } });
const seat = (id: string) => ({
  id,
  token: `token-of-${id}`,
  nick: id,
  mark: 0,
  socket: `p/${id}`,
  term: 1,
  session: null,
  lost: null,
  from: 0,
});
/** Events of one point each. */
const events = (from: number, ...points: number[]): InkEvent[] =>
  Array.from({ length: points.length / 2 }, (_, i) => ({
    at: (from + i) * 10,
    stroke: 0,
    points: points.slice(2 * i, 2 * i + 2),
  }));

const more = (from: number, ...points: number[]): InkWrite => ({
  player: 'ann',
  term: 1,
  from,
  events: events(from, ...points),
});

export function storeContract(name: string, open: () => Promise<Store>): void {
  describe(name, () => {
    it('keeps a new game under its code, once', async () => {
      const store = await open();
      const game = someGame();
      expect(await store.read(game.code)).toBeNull();
      expect(await store.create(game)).toBe(true);
      expect(await store.create({ ...game, round: 9 })).toBe(false);
      expect(await store.read(game.code)).toEqual(game);
    });

    it('steps the newest game, and gives it', async () => {
      const store = await open();
      const game = someGame();
      await store.create(game);
      expect(await store.update(game.code, grown)).toMatchObject({ round: 1, version: 1 });
      expect(await store.update(game.code, grown)).toMatchObject({ round: 2, version: 2 });
      expect(await store.read(game.code)).toMatchObject({ round: 2, version: 2 });
    });

    it('knows no room that is not there', async () => {
      const store = await open();
      expect(await store.update(someCode(), grown)).toBe('no-room');
    });

    it('passes a refusal on and changes nothing', async () => {
      const store = await open();
      const game = someGame();
      await store.create(game);
      expect(await store.update(game.code, () => 'not-host')).toBe('not-host');
      expect(await store.update(game.code, (same) => same)).toEqual(game);
      expect(await store.read(game.code)).toEqual(game);
    });

    it('lets each of many steps at once see the one before', async () => {
      const [one, other] = [await open(), await open()];
      const game = someGame();
      await one.create(game);
      // One of them knows the room, and so has a copy that grows old.
      await one.watch(game.code, () => {});
      await Promise.all(Array.from({ length: 20 }, (_, i) => (i % 2 ? one : other).update(game.code, grown)));
      expect(await one.read(game.code)).toMatchObject({ round: 20, version: 20 });
    });

    it('says no to the newest game only', async () => {
      const [one, other] = [await open(), await open()];
      const game = someGame();
      await one.create(game);
      await one.watch(game.code, () => {});
      const join = other.update(game.code, (g) => ({ ...g, version: g.version + 1, seats: [seat('bob')] }));
      // The step that lets bob in is committed when this one begins, but perhaps not known here yet.
      await join;
      expect(await one.update(game.code, (g) => (g.seats.length === 1 ? g : 'bad-token'))).toMatchObject({
        version: 1,
      });
    });

    it('tells of own changes before they resolve, and of others in order', async () => {
      const [one, other] = [await open(), await open()];
      const game = someGame();
      await one.create(game);
      const here: number[] = [];
      const there: number[] = [];
      await one.watch(game.code, (g) => here.push(g.version));
      await other.watch(game.code, (g) => there.push(g.version));
      await one.update(game.code, grown);
      expect(here).toEqual([1]);
      await Promise.all([one.update(game.code, grown), other.update(game.code, grown), one.update(game.code, grown)]);
      await expect.poll(() => [here.at(-1), there.at(-1)]).toEqual([4, 4]);
      for (const versions of [here, there]) expect(versions).toEqual([...new Set(versions)].sort());
    });

    it('tells nothing once told to stop', async () => {
      const store = await open();
      const game = someGame();
      await store.create(game);
      const seen: number[] = [];
      const stop = await store.watch(game.code, (g) => seen.push(g.version));
      const others: number[] = [];
      await store.watch(game.code, (g) => others.push(g.version));
      stop();
      await store.update(game.code, grown);
      await expect.poll(() => others).toEqual([1]);
      expect(seen).toEqual([]);
    });

    it('forgets a closed game with its ink, and says that it closed', async () => {
      const [one, other] = [await open(), await open()];
      const game = someGame();
      await one.create(game);
      await one.saveInk(game.code, 1, [more(0, 1, 2)]);
      const phases: string[] = [];
      await other.watch(game.code, (g) => phases.push(g.phase.name));
      expect(await one.update(game.code, closed)).toMatchObject({ phase: { name: 'closed' } });
      expect(await one.read(game.code)).toBeNull();
      expect(await one.readInk(game.code, 1)).toEqual(new Map());
      expect(await one.update(game.code, grown)).toBe('no-room');
      await expect.poll(() => phases).toEqual(['closed']);
      // What comes late brings nothing back.
      await other.saveInk(game.code, 1, [more(0, 1, 2)]);
      expect(await one.readInk(game.code, 1)).toEqual(new Map());
      expect(await one.create(game)).toBe(true);
    });

    it('lists public rooms, the fullest first', async () => {
      const store = await open();
      const settings = { ...DEFAULT_SETTINGS, public: true };
      const few = someGame({ settings, host: 'ann', seats: [seat('ann')] });
      const full = someGame({ settings, host: 'ann', seats: [seat('ann'), seat('bob')] });
      const hidden = someGame({ host: 'ann', seats: [seat('ann')] });
      for (const game of [few, full, hidden]) await store.create(game);
      const listed = async () => {
        const codes = (await store.publicRooms()).map((room) => room.code);
        return [few, full, hidden].map((game) => codes.indexOf(game.code)).map((at) => (at < 0 ? null : at));
      };
      await expect.poll(listed).toEqual([1, 0, null]);
      const mine = (await store.publicRooms()).find((room) => room.code === full.code);
      expect(mine).toEqual({ code: full.code, host: 'ann', players: 2, seats: 8, phase: 'lobby' });
      await store.update(full.code, (g) => ({ ...g, version: 1, settings: DEFAULT_SETTINGS }));
      await store.update(few.code, closed);
      await expect.poll(listed).toEqual([null, null, null]);
    });

    it('appends ink, and passes over what is there', async () => {
      const [one, other] = [await open(), await open()];
      const game = someGame();
      await one.create(game);
      await one.saveInk(game.code, 1, [more(0, 1, 2, 3, 4)]);
      await one.saveInk(game.code, 1, [more(2, 5, 6), more(0, 1, 2, 3, 4)]);
      await one.saveInk(game.code, 1, [more(3, 7, 8)]);
      expect(await other.readInk(game.code, 1)).toEqual(new Map([['ann', events(0, 1, 2, 3, 4, 5, 6, 7, 8)]]));
    });

    it('replaces a drawing that is another now', async () => {
      const store = await open();
      const game = someGame();
      await store.create(game);
      await store.saveInk(game.code, 1, [more(0, 1, 2)]);
      const history: InkEvent[] = [
        { at: 0, erased: 'clear', strokes: 0, rev: 3 },
        { at: 50, stroke: 0, points: [5, 5] },
        { at: 77, guesses: { sureness: 'guessing', top: [['cat', 0.4]], target: 0.1 } },
      ];
      const next: InkEvent = { at: 78, stroke: 1, points: [7, 7] };
      await store.saveInk(game.code, 1, [{ player: 'ann', term: 1, history }]);
      await store.saveInk(game.code, 1, [{ player: 'ann', term: 1, from: 3, events: [next] }]);
      expect((await store.readInk(game.code, 1)).get('ann')).toEqual([...history, next]);
      // The caller's history is not the store's.
      history.push(next);
      expect((await store.readInk(game.code, 1)).get('ann')).toHaveLength(4);
    });

    it('keeps every player apart, and only the newest round', async () => {
      const store = await open();
      const game = someGame();
      await store.create(game);
      const bob = { ...more(0, 9, 9), player: 'bob', term: 1 };
      await store.saveInk(game.code, 1, [more(0, 1, 2), bob]);
      expect([...(await store.readInk(game.code, 1)).keys()].sort()).toEqual(['ann', 'bob']);
      await store.saveInk(game.code, 2, [bob]);
      expect(await store.readInk(game.code, 1)).toEqual(new Map());
      await store.saveInk(game.code, 1, [more(0, 1, 2)]);
      expect([...(await store.readInk(game.code, 2)).keys()]).toEqual(['bob']);
    });

    it('takes events only from who wrote the drawing last as a whole', async () => {
      const [one, other] = [await open(), await open()];
      const game = someGame();
      await one.create(game);
      await one.saveInk(game.code, 1, [more(0, 1, 2)]);
      await other.saveInk(game.code, 1, [{ player: 'ann', term: 4, history: events(0, 1, 2) }]);
      // The process that lost the seat does not know it yet.
      await one.saveInk(game.code, 1, [more(1, 66, 66)]);
      await one.saveInk(game.code, 1, [{ player: 'ann', term: 1, history: events(0, 9, 9) }]);
      await other.saveInk(game.code, 1, [{ ...more(1, 3, 4), term: 4 }]);
      expect(inkAt((await one.readInk(game.code, 1)).get('ann')!)).toEqual({ rev: 0, strokes: [[1, 2, 3, 4]] });
    });

    it('knows an untouched drawing as none', async () => {
      const store = await open();
      const game = someGame();
      await store.create(game);
      await store.saveInk(game.code, 1, [{ player: 'ann', term: 1, history: [] }]);
      expect((await store.readInk(game.code, 1)).get('ann') ?? []).toEqual([]);
      await store.refresh([game.code, someCode()]);
      expect(await store.read(game.code)).toEqual(game);
    });
  });
}
