import { describe, expect, it } from 'vitest';
import { hardhatTally, vitestTally } from './tally.ts';

describe('tally', () => {
  it('counts a file that could not be loaded as a failure', () => {
    const report = { numPassedTests: 3, numFailedTests: 1, testResults: [{ status: 'failed', assertionResults: [] }, { status: 'failed', assertionResults: [{}] }, { status: 'passed', assertionResults: [] }] };
    expect(vitestTally(JSON.stringify(report))).toEqual({ passed: 3, failed: 2 });
  });

  it('finds nothing in the output of a run that died', () => {
    expect(hardhatTally('Error: could not compile')).toEqual({ passed: 0, failed: 0 });
  });
});
