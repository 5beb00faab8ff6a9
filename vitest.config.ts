import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    // Real servers, browsers and a neural network run in these tests: one file at a time keeps two cores honest.
    fileParallelism: false,
  },
});
