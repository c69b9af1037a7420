import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../stack/layout.ts';

/** What the formatter cannot hold: how large a file, how full a folder and how long a line may be (CONTRIBUTING.md). */
const MOST_LINES = 350;
const MOST_SOLIDITY_LINES = 500;
const MOST_FLAT_FILES = 16;
const WIDTH = 120;
/** Tables that a script writes: one value, as long as it is. */
const TABLES = ['packages/fingerprint/src/code-book/public-keys-filter.ts'];

const git = (...args: string[]): string => execFileSync('git', args, { cwd: root, encoding: 'utf8' });
const sources = git('ls-files', '*.ts', '*.tsx', '*.mts', '*.mjs', '*.sol', '*.css')
  .split('\n')
  .filter((file) => file && existsSync(join(root, file)) && !TABLES.includes(file));
const linesOf = (file: string): string[] => readFileSync(join(root, file), 'utf8').trimEnd().split('\n');

/** Solidity tests, and the one contract that a claim's whole life is read in, may be longer. */
const mostLinesOf = (file: string): number =>
  /^contracts\/(test|testing)\/.*\.sol$|\/ClaimCourt\.sol$/.test(file) ? MOST_SOLIDITY_LINES : MOST_LINES;

/** Lines over the width of which no string or address is the reason: those may be as long as what they say. */
export function longCodeLines(text: string): number[] {
  const long: number[] = [];
  let inTemplate = false;
  text.split('\n').forEach((line, i) => {
    const startsInTemplate = inTemplate;
    const ticks = line.replaceAll('\\`', '').split('`').length - 1;
    if (ticks % 2 === 1) inTemplate = !inTemplate;
    if (line.length <= WIDTH || startsInTemplate || ticks > 0) return;
    const bare = line.replace(/'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"/g, "''").replace(/https?:\S+/g, '');
    // A quoted string that alone is too long stays so wherever the formatter puts it.
    if (bare.length > WIDTH || (bare.length === line.length && line.length > WIDTH)) long.push(i + 1);
  });
  return long;
}

describe('the house', () => {
  it(`has no source file over ${MOST_LINES} lines (Solidity tests and the court: ${MOST_SOLIDITY_LINES})`, () => {
    const over = sources.filter((file) => linesOf(file).length > mostLinesOf(file));
    expect(over.map((file) => `${file}: ${linesOf(file).length}`)).toEqual([]);
  });

  it(`has no app with more than ${MOST_FLAT_FILES} files in one flat src`, () => {
    const counts = new Map<string, number>();
    for (const file of sources) {
      const app = /^(apps\/[^/]+\/src)\/[^/]+$/.exec(file)?.[1];
      if (app && !file.includes('.test.')) counts.set(app, (counts.get(app) ?? 0) + 1);
    }
    expect([...counts].filter(([, count]) => count > MOST_FLAT_FILES)).toEqual([]);
  });

  it(`has no code line over ${WIDTH} columns; strings, addresses and tables excepted`, () => {
    const over = sources.flatMap((file) =>
      longCodeLines(readFileSync(join(root, file), 'utf8')).map((line) => `${file}:${line}`),
    );
    expect(over).toEqual([]);
  });

  it('sees a long line of code, and lets a long string be', () => {
    const long = `call(${Array.from({ length: 30 }, (_, i) => `argument${i}`).join(', ')});`;
    expect(longCodeLines(`short();\n${long}`)).toEqual([2]);
    expect(longCodeLines(`  '${'a sentence '.repeat(20)}',`)).toEqual([]);
    expect(longCodeLines(`const sql = \`\n  ${'select '.repeat(40)}\n\`;\n${long}`)).toEqual([4]);
  });
});
