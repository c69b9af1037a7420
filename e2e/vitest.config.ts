import { defineConfig } from 'vitest/config';

/** Stories against a running stack, one after the other: they share one chain and one set of hosts. */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['*.story.ts'],
    testTimeout: 180_000,
    hookTimeout: 120_000,
    fileParallelism: false,
    sequence: { concurrent: false },
  },
});
