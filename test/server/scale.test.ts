/** When `bench:scale` stops, and what `bench:size` computes. */
import { expect, test } from 'vitest';
import { CHOICES, type Inputs, inputsOf, metProcesses, sizeOf } from '../../bench/size-model.ts';
import { overload, roomsFor, type Step } from '../../bench/steps.ts';

const step: Step = {
  ...{ people: 1000, processes: 3, spread: false, engine: 'native', connected: 1000, rooms: 125, drawing: 41 },
  ...{ due: 6560, chunks: 6500, relay: [14, 30], guesses: 500, looks: 500, loop: 100 },
  cpu: { loops: 0.65, inference: 1, redis: 0.026, generator: 0.3, others: 0 },
  generatorDelay: 5,
  redis: { commands: 7800, bytesIn: 650_000, bytesOut: 6_500, memory: 10e6 },
  idle: { commands: 3, connections: 3 },
  rss: [660e6, 680e6],
  ...{ up: 200, down: 2000, lost: 0, cuts: [], refused: [], loadLevel: 0 },
};

test('a third of the rooms draw', () => {
  expect(roomsFor(1000, 8, 1 / 3)).toEqual({ rooms: 125, drawing: 42 });
  expect(roomsFor(1, 8, 1 / 3)).toEqual({ rooms: 1, drawing: 0 });
});

test('the machine is full once somebody is left out or waits', () => {
  expect(overload(step)).toBeUndefined();
  expect(overload({ ...step, refused: ['create: server-full'] })).toBe(
    '1 of 125 rooms did not open: create: server-full',
  );
  expect(overload({ ...step, lost: 2, connected: 998, cuts: ['flood'] })).toBe(
    '2 of 1000 connections were lost (flood)',
  );
  expect(overload({ ...step, chunks: 6000 })).toBe('6000 of 6560 chunks a second got through');
  expect(overload({ ...step, relay: [20, 700] })).toBe('the relay took 700 ms at p99');
});

const inputs: Inputs = { ...inputsOf(step, { ...step, loop: 300 }), redisRoom: 250, probes: 4, connections: 4 };

test('inputs are figures of one chunk, look, room or person', () => {
  expect(inputs).toMatchObject({ loop: 100, loopSpread: 300, look: 2, commands: 1.2, bytesIn: 100, bytesOut: 1 });
  expect(inputs.redisCpu).toBeCloseTo(4);
  expect(inputs.rss).toBe(660);
  expect(inputs.rssRoom).toBeCloseTo(480);
});

test('sizes follow from the inputs', () => {
  const size = sizeOf(10_000, inputs);
  expect(size.people).toBe(80_000);
  expect(size.chunks).toBeCloseTo(533_333, 0);
  expect(size.loops).toBeCloseTo(53.3, 1);
  expect(size.inference).toBeCloseTo(266.7, 1);
  expect(size.processes).toBe(Math.ceil(266.67 / 0.7));
  expect(size.presence).toBe(0);
  expect(size.memory).toBe(2.5e9);
  // 0.43 Gbit/s in, and 2.1 cores of which each shard has 0.7.
  expect(size.shards).toBe(4);
  expect(size.down).toBe(160e6);
  expect(size.replays).toBeCloseTo((80_000 * 6) / 131);
  expect(sizeOf(125_000, inputs).chunks / size.chunks).toBeCloseTo(12.5);
});

test('spread rooms cost more event loop, and questions among all processes', () => {
  const size = sizeOf(10_000, inputs, { ...CHOICES, looks: 1 }, true);
  expect(size.loops).toBeCloseTo(160, 0);
  expect(size.presence).toBeCloseTo((size.processes * (size.processes - 1)) / 4, -3);
});

test('a process meets as many others as its people have company', () => {
  expect(metProcesses(1, 1000, 8)).toBe(0);
  expect(metProcesses(3, 1000, 8)).toBeCloseTo(2);
  expect(metProcesses(1000, 1, 8)).toBeCloseTo(7, 1);
  expect(metProcesses(1000, 10, 1)).toBe(0);
});
