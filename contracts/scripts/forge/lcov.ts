import { relative, resolve } from 'node:path';

export interface Share {
  readonly hit: number;
  readonly found: number;
}

export interface FileCoverage {
  readonly file: string;
  readonly lines: Share;
  readonly branches: Share;
  /** Line numbers that nothing ran, and lines with a branch that nothing took. */
  readonly missedLines: readonly number[];
  readonly missedBranches: readonly number[];
}

/**
 * Reads an lcov report. Paths come out relative to `root`, with slashes. A branch is one outcome (BRDA), a line one DA
 * record.
 */
export function parseLcov(text: string, root: string): FileCoverage[] {
  return text
    .split('end_of_record')
    .map((record) => readRecord(record, root))
    .filter((file) => file !== undefined);
}

function readRecord(record: string, root: string): FileCoverage | undefined {
  const source = record.match(/^SF:(.+)$/m)?.[1];
  if (!source) return undefined;
  const lines = [...record.matchAll(/^DA:(\d+),(\d+)/gm)].map(([, line, count]) => ({
    line: Number(line),
    isHit: count !== '0',
  }));
  const branches = [...record.matchAll(/^BRDA:(\d+),\d+,\d+,(\S+)$/gm)].map(([, line, count]) => ({
    line: Number(line),
    isHit: count !== '0' && count !== '-',
  }));
  return {
    file: relative(root, resolve(root, source)).replaceAll('\\', '/'),
    lines: shareOf(lines),
    branches: shareOf(branches),
    missedLines: missed(lines),
    missedBranches: missed(branches),
  };
}

export function totalOf(files: readonly FileCoverage[]): { lines: Share; branches: Share } {
  const sum = (pick: (file: FileCoverage) => Share) =>
    files.map(pick).reduce((a, b) => ({ hit: a.hit + b.hit, found: a.found + b.found }), { hit: 0, found: 0 });
  return { lines: sum((file) => file.lines), branches: sum((file) => file.branches) };
}

/** Percent with two decimals, rounded down; 100 where there is nothing to reach. */
export function percentOf({ hit, found }: Share): number {
  return found === 0 ? 100 : Math.floor((10_000 * hit) / found) / 100;
}

export function coverageTable(files: readonly FileCoverage[]): string {
  const total = totalOf(files);
  const width = Math.max(...files.map(({ file }) => file.length), 5);
  const cell = (share: Share) =>
    `${percentOf(share).toFixed(2).padStart(6)} % ${`${share.hit}/${share.found}`.padStart(9)}`;
  const rows = files.map((file) => {
    const gaps = [
      file.missedLines.length > 0 && `lines ${file.missedLines.join(' ')}`,
      file.missedBranches.length > 0 && `branches at ${file.missedBranches.join(' ')}`,
    ];
    const cells = `${file.file.padEnd(width)}  ${cell(file.lines)}  ${cell(file.branches)}`;
    return `${cells}  ${gaps.filter(Boolean).join('; ')}`.trimEnd();
  });
  const head = `${''.padEnd(width)}  ${'lines'.padStart(18)}  ${'branches'.padStart(18)}`;
  return [head, ...rows, `${'total'.padEnd(width)}  ${cell(total.lines)}  ${cell(total.branches)}`].join('\n');
}

function shareOf(points: readonly { readonly isHit: boolean }[]): Share {
  return { hit: points.filter(({ isHit }) => isHit).length, found: points.length };
}

function missed(points: readonly { readonly line: number; readonly isHit: boolean }[]): number[] {
  return [...new Set(points.filter(({ isHit }) => !isHit).map(({ line }) => line))];
}
