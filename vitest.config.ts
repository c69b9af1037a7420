import { defineConfig } from 'vitest/config';
import { ToldWorker } from './scripts/checks/told-worker.ts';

/** Every test beside its source. Stories against the whole stack live in e2e/ and have a configuration of their own. */
export default defineConfig({
  test: {
    include: ['{apps,packages}/*/{src,test,bench}/**/*.test.{ts,tsx}', 'scripts/**/*.test.ts'],
    // Only to notice a hang: a machine with other work needs many times what an idle one needs.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    pool: { name: 'told-forks', createPoolWorker: (options) => new ToldWorker(options) },
    // More than cores: most tests wait for blocks of a chain of their own.
    maxWorkers: 4,
  },
});
