/** What the store of shared networks must do, wherever it is. `open` gives one more view of the same rooms, lessons and networks. */
import { describe, expect, it } from 'vitest';
import { newGame, PACE } from '../server/game/game.ts';
import { step } from '../server/game/step.ts';
import type { Action, Lesson } from '../server/lesson/lesson.ts';
import { step as lessonStep } from '../server/lesson/step.ts';
import type { Lessons } from '../server/storage/lessons.ts';
import type { Networks } from '../server/storage/networks.ts';
import type { Store } from '../server/storage/store.ts';
import { DEFAULT_SETTINGS } from '../shared/protocol.ts';
import { attend, someLesson } from './lessons.contract.ts';
import { someCode } from './store.contract.ts';

export interface NetworkStores {
  networks: Networks;
  store: Store;
  lessons: Lessons;
}

const network = (text: string, size = 3) => ({ about: JSON.stringify({ text }), bytes: Buffer.alloc(size, text) });

export function networksContract(name: string, open: (most?: number) => Promise<NetworkStores>): void {
  /** A room with two players. */
  async function room({ store }: NetworkStores): Promise<string> {
    const game = newGame(someCode(), DEFAULT_SETTINGS, PACE, 0);
    await store.create(game);
    for (const id of ['ann', 'bob'])
      await store.update(game.code, (g) => step(g, { type: 'join', id, token: id, nick: id, socket: `p/${id}` }, 0));
    return game.code;
  }
  async function lesson({ lessons }: NetworkStores): Promise<Lesson> {
    const made = someLesson();
    await lessons.create(made);
    await act(lessons, made.code, attend(1));
    await act(lessons, made.code, attend(2));
    return made;
  }
  const act = (lessons: Lessons, code: string, action: Action) =>
    lessons.update(code, (each) => lessonStep(each, action));
  const ids = async ({ networks }: NetworkStores, code: string) => [...(await networks.list(code)).keys()].sort();

  describe(name, () => {
    it('keeps one network of each member, the newest, byte for byte', async () => {
      const [one, other] = [await open(), await open()];
      const code = await room(one);
      expect(await one.networks.list(code)).toEqual(new Map());
      expect(await one.networks.read(code, 'ann')).toBe(null);
      expect(await one.networks.save(code, 'ann', network('a'))).toBe('saved');
      const bytes = Buffer.from(Array.from({ length: 250_000 }, (_, i) => i % 256));
      expect(await other.networks.save(code, 'ann', { about: '{"n":2}', bytes })).toBe('saved');
      expect(await other.networks.save(code, 'bob', network('b'))).toBe('saved');
      expect(await one.networks.list(code)).toEqual(
        new Map([
          ['ann', '{"n":2}'],
          ['bob', '{"text":"b"}'],
        ]),
      );
      expect(Buffer.from((await one.networks.read(code, 'ann'))!).equals(bytes)).toBe(true);
      expect(await one.networks.list(await room(one))).toEqual(new Map());
      await other.networks.remove(code, 'ann');
      expect(await ids(one, code)).toEqual(['bob']);
      expect(await one.networks.read(code, 'ann')).toBe(null);
      await other.networks.remove(code, 'ann');
    });

    it('keeps none without a room or lesson', async () => {
      const one = await open();
      const code = someCode();
      expect(await one.networks.save(code, 'ann', network('a'))).toBe('gone');
      await one.networks.remove(code, 'ann');
      expect(await one.networks.list(code)).toEqual(new Map());
    });

    it('deletes that of a player who leaves, and all when the room closes', async () => {
      const one = await open();
      const code = await room(one);
      for (const id of ['ann', 'bob']) await one.networks.save(code, id, network(id));
      await one.store.update(code, (game) => step(game, { type: 'leave', id: 'ann' }, 1));
      expect(await ids(one, code)).toEqual(['bob']);
      expect(await one.networks.read(code, 'ann')).toBe(null);
      await one.store.update(code, (game) => ({ ...game, version: game.version + 1, phase: { name: 'closed' } }));
      expect(await one.networks.list(code)).toEqual(new Map());
      expect(await one.networks.read(code, 'bob')).toBe(null);
      expect(await one.networks.save(code, 'bob', network('late'))).toBe('gone');
    });

    it('deletes that of a pupil who is removed, and all when the lesson is over', async () => {
      const one = await open();
      const { code } = await lesson(one);
      for (const id of ['teacher', 'p1', 'p2']) expect(await one.networks.save(code, id, network(id))).toBe('saved');
      await act(one.lessons, code, { type: 'remove', pupil: 'p1' });
      expect(await ids(one, code)).toEqual(['p2', 'teacher']);
      // A pupil whose link is lost is not gone.
      await act(one.lessons, code, { type: 'drop', socket: 'a/2' });
      expect(await ids(one, code)).toEqual(['p2', 'teacher']);
      await act(one.lessons, code, { type: 'end' });
      expect(await one.networks.list(code)).toEqual(new Map());
      expect(await one.networks.read(code, 'teacher')).toBe(null);
      expect(await one.networks.save(code, 'p2', network('late'))).toBe('gone');
    });

    it('holds a bounded number of them', async () => {
      const one = await open(2);
      const { code } = await lesson(one);
      for (const id of ['teacher', 'p1']) expect(await one.networks.save(code, id, network(id))).toBe('saved');
      expect(await one.networks.save(code, 'p2', network('b'))).toBe('full');
      expect(await one.networks.save(code, 'p1', network('newer'))).toBe('saved');
      await one.networks.remove(code, 'teacher');
      expect(await one.networks.save(code, 'p2', network('b'))).toBe('saved');
    });
  });
}
