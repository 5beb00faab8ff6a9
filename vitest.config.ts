import { defineConfig } from 'vitest/config';

const ALL = 'test/**/*.test.ts';

/**
 * What measures time or floods a server has both cores to itself: real servers, browsers and a neural network run in these tests.
 * Most others wait most of the time: two files of them run at once.
 */
const ALONE = [
  'test/donations.test.ts',
  'test/faults/{deploy,kill,processes}.test.ts',
  'test/hostile/{class,clock,flood,redis,redis-states,wire}.test.ts',
  'test/page/{home,installed,lab-inside-speed,lab-speed,link,race-clock,replay,speed}.test.ts',
  'test/server/{app,drawings,explore,profanity,verdicts}.test.ts',
];

export default defineConfig({
  test: {
    testTimeout: 20_000,
    hookTimeout: 60_000,
    // What a test waits for may take its time on two loaded cores; it goes on as soon as it is there.
    expect: { poll: { timeout: 10_000 } },
    projects: [
      { extends: true, test: { name: 'together', include: [ALL], exclude: ALONE, maxWorkers: 2 } },
      { extends: true, test: { name: 'alone', include: ALONE, fileParallelism: false } },
    ],
  },
});
