import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    // What a test waits for may take its time on two loaded cores; it goes on as soon as it is there.
    expect: { poll: { timeout: 10_000 } },
    // Real servers, browsers and a neural network run in these tests: one file at a time keeps two cores honest.
    fileParallelism: false,
  },
});
