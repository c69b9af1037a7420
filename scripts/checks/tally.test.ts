import { describe, expect, it } from 'vitest';
import { add, hardhatTally, sayTally, vitestTally } from './tally.ts';

describe('tally', () => {
  it('counts a file that could not be loaded, or whose process crashed, as a failure', () => {
    const report = {
      numPassedTests: 3,
      numFailedTests: 1,
      numPendingTests: 2,
      testResults: [
        { status: 'failed', assertionResults: [] },
        { status: 'failed', assertionResults: [{ status: 'failed' }, { status: 'passed' }] },
        { status: 'failed', assertionResults: [{ status: 'pending' }] },
        { status: 'passed', assertionResults: [] },
      ],
    };
    expect(vitestTally(JSON.stringify(report))).toEqual({ passed: 3, failed: 3, skipped: 2 });
  });

  it('finds nothing in the output of a run that died', () => {
    expect(hardhatTally('Error: could not compile')).toEqual({ passed: 0, failed: 0 });
  });

  it('ends in the line that machines read', () => {
    expect(sayTally({ passed: 2, failed: 0 })).toBe('2 passed, 0 failed');
    expect(sayTally(add({ passed: 2, failed: 1 }, { passed: 1, failed: 0, skipped: 4 }))).toBe(
      '3 passed, 1 failed, 4 skipped',
    );
  });
});
