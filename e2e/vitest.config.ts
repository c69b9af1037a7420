import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { ToldWorker } from '../scripts/checks/told-worker.ts';

/** What the first is about is told while others run; the next rolls the chain back; at the end money is counted. */
const LAST = ['blame.story.ts', 'drained-host.story.ts', 'money.story.ts'];

class InOrder extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => LAST.findIndex((name) => moduleId.endsWith(`/${name}`));
    return files.toSorted((a, b) => place(a) - place(b) || a.moduleId.localeCompare(b.moduleId));
  }
}

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
    sequence: { concurrent: false, sequencer: InOrder },
  },
});
