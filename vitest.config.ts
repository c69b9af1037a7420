import { defineConfig } from 'vitest/config';

/** Every test beside its source. Stories against the whole stack live in e2e/ and have a configuration of their own. */
export default defineConfig({
  test: {
    include: ['{apps,packages}/*/{src,test}/**/*.test.{ts,tsx}', 'scripts/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Two cores: models and chains inside the tests want them too.
    maxWorkers: 2,
  },
});
