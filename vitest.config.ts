import { defineConfig } from 'vitest/config';

/** Every test beside its source. Stories against the whole stack live in e2e/ and have a configuration of their own. */
export default defineConfig({
  test: {
    include: ['{apps,packages}/*/{src,test}/**/*.test.{ts,tsx}', 'scripts/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // More than cores: most tests wait for blocks of a chain of their own.
    maxWorkers: 4,
  },
});
