import { defineConfig } from 'vitest/config';
import { ToldWorker } from '../told-worker.ts';

/** Test files that are broken on purpose: what the runner says about them is tested beside it. */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['*.broken.ts'],
    pool: { name: 'told-forks', createPoolWorker: (options) => new ToldWorker(options) },
  },
});
