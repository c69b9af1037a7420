/** Counts of one suite. */
export interface Tally {
  passed: number;
  failed: number;
  /** Tests that said why they could not run here, for instance without a shared model. */
  skipped?: number;
}

export const add = (a: Tally, b: Tally): Tally => ({
  passed: a.passed + b.passed,
  failed: a.failed + b.failed,
  skipped: (a.skipped ?? 0) + (b.skipped ?? 0),
});

/** `N passed, N failed`, and what was skipped where anything was. */
export const sayTally = ({ passed, failed, skipped = 0 }: Tally): string =>
  `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;

/**
 * Reads the JSON report of vitest. A file that failed without a failed test – it could not be loaded, or its process
 * crashed – counts as one failure.
 */
export function vitestTally(json: string): Tally {
  const report = JSON.parse(json) as {
    numPassedTests: number;
    numFailedTests: number;
    numPendingTests?: number;
    testResults: { status: string; assertionResults: { status?: string }[] }[];
  };
  const broken = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.every((test) => test.status !== 'failed'),
  ).length;
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken,
    skipped: report.numPendingTests ?? 0,
  };
}

/** Adds up the `N passing` and `N failing` lines that Hardhat prints, once per kind of test and once in all. */
export function hardhatTally(output: string): Tally {
  const plain = output.replace(/\u001b\[[0-9;]*m/g, '');
  const last = (word: string) =>
    [...plain.matchAll(new RegExp(`(\\d+) ${word}`, 'g'))].map((match) => Number(match[1]));
  const sum = (numbers: number[]) => Math.max(0, ...numbers);
  return { passed: sum(last('passing')), failed: sum(last('failing')) };
}
