import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** What processes hold of the machine's memory at one moment, in KiB, by name. */
export interface Sample {
  /** Unix ms. */
  at: number;
  rss: Record<string, number>;
}

/** Asks the system for the resident memory of processes; those that ended are left out. */
export async function sampleMemory(pids: Readonly<Record<string, number>>): Promise<Sample> {
  const args = ['-o', 'pid=,rss=', '-p', Object.values(pids).join(',')];
  const { stdout } = await promisify(execFile)('ps', args);
  const held = new Map(
    stdout
      .trim()
      .split('\n')
      .map((line) => line.trim().split(/\s+/).map(Number) as [number, number]),
  );
  const rss = Object.entries(pids).flatMap(([name, pid]) => (held.has(pid) ? [[name, held.get(pid)!] as const] : []));
  return { at: Date.now(), rss: Object.fromEntries(rss) };
}

/**
 * By how much each process has grown, in per cent: the median of its last quarter over that of its second, since the
 * first one fills caches. None of a process with fewer than eight samples.
 */
export function growthOf(samples: readonly Sample[]): Record<string, number> {
  const names = new Set(samples.flatMap(({ rss }) => Object.keys(rss)));
  const grown = [...names].flatMap((name) => {
    const own = samples.flatMap(({ rss }) => rss[name] ?? []);
    if (own.length < 8) return [];
    const quarter = Math.floor(own.length / 4);
    const [before, after] = [medianOf(own.slice(quarter, 2 * quarter)), medianOf(own.slice(-quarter))];
    return [[name, 100 * (after / before - 1)] as const];
  });
  return Object.fromEntries(grown);
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
