import { OmlError } from '@oml/protocol/error';
import highsModule from 'highs';
import type { Constraint } from './constraints.ts';

/** Solves linear programs that are written as text. */
export interface LinearSolver {
  /** Values of the variables by name. Throws REQUEST_INVALID where there is no best solution. */
  solve(program: string): ReadonlyMap<string, number>;
}

/** The types of the package are those of its CommonJS build; as an ES module its default is the function itself. */
const loadHighs = highsModule as unknown as typeof highsModule.default;

/** HiGHS, compiled to WebAssembly. */
export async function highsSolver(): Promise<LinearSolver> {
  const highs = await loadHighs();
  return {
    solve(program) {
      const { Status, Columns } = highs.solve(program, { random_seed: 1, threads: 1, output_flag: false });
      if (Status !== 'Optimal')
        throw new OmlError('REQUEST_INVALID', `The linear program has no best solution: ${Status}.`);
      return new Map(Object.entries(Columns).map(([name, column]) => [name, 'Primal' in column ? column.Primal : 0]));
    },
  };
}

/** Broken by less than this, in so many per million, an inequality is kept. */
const KEPT = 1e-6;
const MOST_ROUNDS = 40;

/**
 * The shares that break the inequalities least (the same paper, §3, with its slack per merge and per pair): minimise Σ
 * v_merge + Σ v_pair over shares α ≥ 0 that sum to 1, where α · margin + v_merge + v_pair ≥ 0. Of the many inequalities
 * only those are written down that an earlier solution broke (its lazy generation of constraints).
 */
export function solveMixture(solver: LinearSolver, constraints: readonly Constraint[], categories: number): number[] {
  let shares = Array.from({ length: categories }, () => 1 / categories);
  const written = new Set<Constraint>();
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const broken = worstPerMerge(constraints, shares).filter((constraint) => !written.has(constraint));
    if (broken.length === 0) break;
    for (const constraint of broken) written.add(constraint);
    const values = solver.solve(programOf([...written], categories));
    shares = shares.map((_, c) => Math.max(0, values.get(`a${c}`) ?? 0));
  }
  const total = shares.reduce((sum, share) => sum + share, 0);
  return shares.map((share) => share / total);
}

const marginOf = ({ margin }: Constraint, shares: readonly number[]): number =>
  margin.reduce((sum, each, c) => sum + each * shares[c]!, 0);

/** Of every merge the three inequalities that the shares break most. */
function worstPerMerge(constraints: readonly Constraint[], shares: readonly number[]): Constraint[] {
  const broken = constraints.flatMap((constraint) => {
    const margin = marginOf(constraint, shares);
    return margin < -KEPT ? [{ constraint, margin }] : [];
  });
  const byMerge = Map.groupBy(broken, ({ constraint }) => constraint.merge);
  return [...byMerge.values()].flatMap((all) =>
    all
      .toSorted((a, b) => a.margin - b.margin)
      .slice(0, 3)
      .map(({ constraint }) => constraint),
  );
}

/** The program in CPLEX's LP format. */
function programOf(constraints: readonly Constraint[], categories: number): string {
  const slack = new Set(constraints.flatMap(({ merge, pair }) => [`t${merge}`, `p${pair}`]));
  const shares = Array.from({ length: categories }, (_, c) => `a${c}`);
  const rows = constraints.map(({ merge, pair, margin }, i) => {
    const terms = [...margin].map((value, c) => `${value < 0 ? '-' : '+'} ${Math.abs(value)} a${c}`);
    return `r${i}: ${terms.join(' ')} + t${merge} + p${pair} >= 0`;
  });
  return [
    'Minimize',
    `cost: ${[...slack].join(' + ')}`,
    'Subject To',
    `whole: ${shares.join(' + ')} = 1`,
    ...rows,
    'End',
  ].join('\n');
}
