import { defineConfig } from 'vitest/config';
import { ToldWorker } from '../scripts/checks/told-worker.ts';

/** Stories against a running stack, one after the other: they share one chain and one set of hosts. */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['*.story.ts'],
    // Only to notice a hang.
    testTimeout: 900_000,
    hookTimeout: 900_000,
    pool: { name: 'told-forks', createPoolWorker: (options) => new ToldWorker(options) },
    fileParallelism: false,
    sequence: { concurrent: false },
  },
});
