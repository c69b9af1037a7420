/** Counts of one suite. */
export interface Tally {
  passed: number;
  failed: number;
}

export const add = (a: Tally, b: Tally): Tally => ({ passed: a.passed + b.passed, failed: a.failed + b.failed });

/** Reads the JSON report of vitest. A file that could not even be loaded counts as one failure. */
export function vitestTally(json: string): Tally {
  const report = JSON.parse(json) as { numPassedTests: number; numFailedTests: number; testResults: { status: string; assertionResults: unknown[] }[] };
  const unloaded = report.testResults.filter(({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0).length;
  return { passed: report.numPassedTests, failed: report.numFailedTests + unloaded };
}

/** Adds up the `N passing` and `N failing` lines that Hardhat prints, once per kind of test and once in all. */
export function hardhatTally(output: string): Tally {
  const plain = output.replace(/\u001b\[[0-9;]*m/g, '');
  const last = (word: string) => [...plain.matchAll(new RegExp(`(\\d+) ${word}`, 'g'))].map((match) => Number(match[1]));
  const sum = (numbers: number[]) => Math.max(0, ...numbers);
  return { passed: sum(last('passing')), failed: sum(last('failing')) };
}
