import { describe, expect, it } from 'vitest';
import { lastWordsOf } from './last-words.ts';

describe('last words', () => {
  it('leave out what npm and turbo say around a task', () => {
    const output = `
   • turbo 2.11.9
   • Running build in 2 packages

@oml/db:build: cache miss, executing 5f4182c194f5e793
@oml/db:build: 
@oml/db:build: > @oml/db@0.1.0 build
@oml/db:build: > prisma generate
@oml/db:build: 
@oml/db:build: \u001b[31mError: the column is missing\u001b[39m
@oml/db:build: npm error Lifecycle script \`build\` failed with error:
@oml/db:build: npm error code 1

 Tasks:    0 successful, 2 total
Cached:    0 cached, 2 total
  Time:    2.61s 
Failed:    @oml/db#build
@oml/db#build:  ERROR  command (/oml/packages/db) npm run build exited (1)
 ERROR  run failed: command  exited (1)
`;
    expect(lastWordsOf(output)).toBe('@oml/db:build\nError: the column is missing\nFailed:    @oml/db#build');
  });

  it('are what npm says where nobody else says anything', () => {
    expect(lastWordsOf('npm error code ENOENT\nnpm error no such file\n')).toBe(
      'npm error code ENOENT\nnpm error no such file',
    );
  });

  it('keep a line that looks like a task and is none', () => {
    expect(lastWordsOf('Error: x\nfile:///a.ts:3\n  what():  boom')).toBe('Error: x\nfile:///a.ts:3\n  what():  boom');
  });

  it('are the last lines, and never nothing', () => {
    expect(lastWordsOf('one\ntwo\nthree\n', 2)).toBe('two\nthree');
    expect(lastWordsOf('\n\n')).toBe('(it wrote nothing)');
  });
});
