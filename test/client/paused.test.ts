/** What stands while a class is paused, and how it goes on. */
import { expect, test } from 'vitest';
import { gated, type PenEvents } from '../../client/drawing/pen.ts';
import { createServerClock } from '../../client/net/server-clock.ts';
import { followLine } from '../../client/ui/closing.ts';

test('the clock stands at the time of the pause, keeps its offset, and goes on', () => {
  let now = 0;
  const clock = createServerClock(() => now);
  clock.sync(1_000_000);
  now = 500;
  clock.stop(1_000_400);
  expect([clock.now(), clock.isStopped()]).toEqual([1_000_400, true]);
  now = 60_000;
  clock.sync(1_060_010);
  expect(clock.now()).toBe(1_000_400);
  clock.stop(undefined);
  expect([clock.now(), clock.isStopped()]).toEqual([1_060_010, false]);
});

test('a line goes on from where it stood, also at the pace that an early end gave it', () => {
  const follow = followLine();
  follow({ started: 1000, ends: 21_000 }, 1000);
  const hurried = follow({ started: 1000, ends: 11_000 }, 6000);
  const later = follow({ started: 31_000, ends: 41_000 }, 37_000);
  expect(later).toEqual({ started: hurried.started + 30_000, ends: 41_000 });
});

test('a pen that is held through a pause draws on after it, in a line of its own', () => {
  const events: string[] = [];
  const pen: PenEvents = {
    down: (x) => void events.push(`down ${x}`),
    move: (x) => void events.push(`move ${x}`),
    up: () => void events.push('up'),
    cancel: () => void events.push('cancel'),
    drawn: () => {},
  };
  let may = true;
  const held = gated(pen, () => may);
  held.down(1, 0);
  held.move(2, 0);
  may = false;
  held.move(3, 0);
  held.move(4, 0);
  may = true;
  held.move(5, 0);
  held.move(6, 0);
  held.up();
  expect(events).toEqual(['down 1', 'move 2', 'up', 'down 5', 'move 6', 'up']);
});
