import { readFile } from 'node:fs/promises';

/** What processes hold of the machine's memory at one moment, in KiB, by name. */
export interface Sample {
  /** Unix ms. */
  at: number;
  held: Record<string, number>;
}

/**
 * Asks the system for the resident memory that processes have to themselves (proc(5): RssAnon); those that ended are
 * left out. Pages of files come and go with what else the machine does, and say nothing of the process.
 */
export async function sampleMemory(pids: Readonly<Record<string, number>>): Promise<Sample> {
  const found = await Promise.all(
    Object.entries(pids).map(async ([name, pid]) => {
      const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
      const kib = /^RssAnon:\s+(\d+) kB$/m.exec(status)?.[1];
      return kib === undefined ? [] : [[name, Number(kib)] as const];
    }),
  );
  return { at: Date.now(), held: Object.fromEntries(found.flat()) };
}

/**
 * By how much each process has grown, in per cent: the median of its last quarter over that of its second, since the
 * first one fills caches. None of a process with fewer than eight samples.
 */
export function growthOf(samples: readonly Sample[]): Record<string, number> {
  const names = new Set(samples.flatMap(({ held }) => Object.keys(held)));
  const grown = [...names].flatMap((name) => {
    const own = samples.flatMap(({ held }) => held[name] ?? []);
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

/** In MiB, eight moments of each process. */
export function tableOf(samples: readonly Sample[]): Record<string, number[]> {
  const names = [...new Set(samples.flatMap(({ held }) => Object.keys(held)))];
  const moments = Array.from({ length: 8 }, (_, i) => samples[Math.floor(((i + 0.5) * samples.length) / 8)]!);
  return Object.fromEntries(
    names.map((name) => [name, moments.flatMap(({ held }) => (held[name] ? [Math.round(held[name] / 1024)] : []))]),
  );
}
