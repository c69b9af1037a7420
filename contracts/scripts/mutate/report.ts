import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Mutant, Operator } from './operators.ts';
import type { Outcome } from './trial.ts';

/** One tried mutant, as a line of the journal. `source` and `tests` are hashes of what it was tried on. */
export interface Entry {
  readonly id: string;
  readonly file: string;
  readonly operator: Operator;
  readonly outcome: Outcome;
  readonly by?: string;
  readonly source: string;
  readonly tests: string;
}

/** A mutant that no test noticed. Whoever reads it writes the explanation, such as "equivalent because …". */
export interface Survivor {
  readonly id: string;
  readonly at: string;
  readonly before: string;
  readonly after: string;
  readonly explanation: string;
}

export interface FileScore {
  readonly file: string;
  readonly killed: number;
  readonly survived: number;
}

export function readJournal(path: string): Entry[] {
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Entry);
}

/** What the present sources and tests are. */
export interface Present {
  readonly sourceHash: (file: string) => string | undefined;
  readonly testsHash: string;
  /** All text of the tests. */
  readonly tests: string;
}

/**
 * What a journal still says: the last word on each mutant of an unchanged source; survivors if no test changed since,
 * kills while the test is there.
 */
export function validEntries(journal: readonly Entry[], { sourceHash, testsHash, tests }: Present): Map<string, Entry> {
  const names = new Set([...tests.matchAll(/\bfunction\s+(\w+)/g)].map(([, name]) => name));
  const stands = ({ outcome, by, tests: hash }: Entry) =>
    hash === testsHash || (outcome !== 'survived' && (by === undefined || by === 'timeout' || names.has(by)));
  return new Map(
    journal
      .filter((entry) => entry.source === sourceHash(entry.file) && stands(entry))
      .map((entry) => [entry.id, entry]),
  );
}

export function scoresOf(entries: Iterable<Entry>): FileScore[] {
  const scores = new Map<string, { killed: number; survived: number }>();
  for (const { file, outcome } of entries) {
    const score = scores.get(file) ?? { killed: 0, survived: 0 };
    if (outcome === 'killed' || outcome === 'survived') score[outcome]++;
    scores.set(file, score);
  }
  return [...scores].map(([file, score]) => ({ file, ...score })).sort((a, b) => a.file.localeCompare(b.file));
}

/**
 * Percent with one decimal, rounded down. Mutants that change no code do not count; survivors count even where they are
 * explained.
 */
export function killedPercent(scores: readonly FileScore[]): number {
  const killed = scores.reduce((sum, score) => sum + score.killed, 0);
  const survived = scores.reduce((sum, score) => sum + score.survived, 0);
  return killed + survived === 0 ? 0 : Math.floor((1_000 * killed) / (killed + survived)) / 10;
}

/** Rewrites the list of survivors; explanations stay with their mutants. */
export function writeSurvivors(path: string, survivors: readonly Mutant[]): Survivor[] {
  const known: Survivor[] = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : [];
  const explanations = new Map(known.map(({ id, explanation }) => [id, explanation]));
  const list = survivors
    .toSorted((a, b) => a.file.localeCompare(b.file) || a.start - b.start)
    .map(({ id, file, where, operator, before, after }) => ({
      id,
      at: `${file} ${where}, ${operator}`,
      before,
      after,
      explanation: explanations.get(id) ?? '',
    }));
  writeFileSync(path, `${JSON.stringify(list, null, 2)}\n`);
  return list;
}

export function scoreTable(scores: readonly FileScore[]): string {
  const width = Math.max(...scores.map(({ file }) => file.length), 5);
  const row = (name: string, list: readonly FileScore[]) => {
    const killed = list.reduce((sum, score) => sum + score.killed, 0);
    const all = killed + list.reduce((sum, score) => sum + score.survived, 0);
    return `${name.padEnd(width)}  ${killedPercent(list).toFixed(1).padStart(5)} %  ${`${killed}/${all}`.padStart(9)}`;
  };
  return [...scores.map((score) => row(score.file, [score])), row('total', scores)].join('\n');
}
