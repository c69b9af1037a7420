import type { Reporter, TestCase, TestModule, TestSpecification } from 'vitest/node';

/** How far a test run is. */
export interface TestProgress {
  files: number;
  doneFiles: number;
  tests: number;
  failed: number;
}

/** Tells the process that started the run how far it is. */
export default class TestProgressReporter implements Reporter {
  readonly #at: TestProgress = { files: 0, doneFiles: 0, tests: 0, failed: 0 };

  onTestRunStart(specifications: readonly TestSpecification[]): void {
    this.#at.files = specifications.length;
    this.#tell();
  }

  onTestCaseResult(test: TestCase): void {
    this.#at.tests += 1;
    if (test.result().state === 'failed') this.#at.failed += 1;
    this.#tell();
  }

  onTestModuleEnd(_module: TestModule): void {
    this.#at.doneFiles += 1;
    this.#tell();
  }

  #tell(): void {
    process.send?.({ progress: this.#at });
  }
}

export const sayProgress = ({ files, doneFiles, tests, failed }: TestProgress): string =>
  `${doneFiles} of ${files} files, ${tests} tests${failed > 0 ? `, ${failed} failed` : ''}`;
