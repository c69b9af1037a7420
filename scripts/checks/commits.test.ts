import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { root } from '../stack/layout.ts';

/** The formatter's own commit: the rule holds for what came after it. */
const SINCE = '3c58c5b95da8e61aff3f8be37e8042e99c27c72c';
const MOST_CHARACTERS = 60;

const git = (...args: string[]): string => execFileSync('git', args, { cwd: root, encoding: 'utf8' });

function knowsHistory(): boolean {
  try {
    git('merge-base', '--is-ancestor', SINCE, 'HEAD');
    return true;
  } catch {
    return false;
  }
}

describe('commits', () => {
  it.skipIf(!knowsHistory())('have a short subject, and a body that says why (skipped where history is cut)', () => {
    const commits = git('log', '--no-merges', '--format=%h%x1f%s%x1f%b%x1e', `${SINCE}..HEAD`)
      .split('\x1e')
      .map((entry) => entry.trim().split('\x1f'))
      .filter(([hash]) => hash);
    const long = commits.filter(([, subject]) => subject!.length > MOST_CHARACTERS);
    expect(long.map(([hash, subject]) => `${hash} ${subject}`)).toEqual([]);
    const silent = commits.filter(([, , body = '']) => body.trim().length < 20);
    expect(silent.map(([hash, subject]) => `${hash} ${subject}`)).toEqual([]);
  });
});
