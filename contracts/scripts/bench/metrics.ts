import type { ActionCount } from '../forge/campaign.ts';
import type { FileCoverage } from '../forge/lcov.ts';
import type { DisguisedClaim } from './claim-gas.ts';
import type { FileScore } from '../mutate/report.ts';

/** Everything that the benchmark page tells. */
export interface Figures {
  readonly gas: Readonly<Record<string, number>>;
  readonly disguised: readonly DisguisedClaim[];
  readonly fuzzedPercent: number;
  readonly entryPoints: number;
  /** Of `src`, without the beacon. */
  readonly sourceLines: number;
  readonly coverage: {
    readonly linesPercent: number;
    readonly branchesPercent: number;
    readonly files: readonly FileCoverage[];
  };
  readonly invariants: { readonly count: number; readonly calls: number; readonly actions: readonly ActionCount[] };
  readonly mutants: {
    readonly killedPercent: number;
    readonly tried: number;
    readonly sample: number;
    readonly seed: string;
    readonly scores: readonly FileScore[];
  };
  /** Of docs/specs/rules.md: those of the contracts, by now mutated and then noticed, and those that are not built. */
  readonly rules: { readonly mutated: number; readonly noticed: number; readonly gaps: number };
  readonly explored: { readonly depth: number; readonly states: number; readonly transitions: number };
}

export interface Metric {
  readonly metric: string;
  readonly unit: string;
  readonly target: string;
  readonly anchor: string;
  readonly command: string;
  readonly read: (figures: Figures) => number;
}

/** Of `contracts/src`, without the beacon, when everything was formatted once. */
const LINES_BEFORE = 7_430;
const BENCH = 'npm run bench -w contracts';
const X402 = "x402's published snapshot: call gas, mock token";

export const METRICS: readonly Metric[] = [
  row('gas.deposit', 111_738, X402, (gas) => gas['call.deposit']!),
  row('gas.collect1', 40_252, X402, (gas) => gas['call.collect1']!),
  row('gas.collect10', 192_043, X402, (gas) => gas['call.collect10']!),
  row('gas.settle', 31_204, X402, (gas) => gas['call.settle']!),
  row('gas.distribute', 90_000, 'own: transaction gas, first split of a vault', (gas) => gas['distributeFirst']!),
  row('gas.publish', 310_000, 'own: transaction gas, commitment and mint together', (gas) => gas['publish']!),
  row('gas.acceptLicense', 190_000, 'own: transaction gas, bond in the same call', (gas) => gas['acceptLicense']!),
  row('gas.settleAndBook', 122_000, 'own: transaction gas, first payment of a vault', (gas) => gas['bookExactFirst']!),
  row('gas.settleAndBookNext', 106_000, 'own: transaction gas, any later one', (gas) => gas['bookExact']!),
  row('gas.payOwner', 65_000, 'own: transaction gas, any time but the first', (gas) => gas['payOwner']!),
  row('gas.book', 85_000, 'own: transaction gas, first booking of a channel', (gas) => gas['book']!),
  row('gas.commitClaim', 50_000, 'own: transaction gas', (gas) => gas['commitClaim']!),
  row('gas.claimUnpaid', 155_000, 'own: transaction gas, first claim on an account', (gas) => gas['claimUnpaid']!),
  row(
    'gas.claimUnpaidLater',
    155_000,
    'own: transaction gas, any later claim, in a pot of its own',
    (gas) => gas['claimUnpaidLater']!,
  ),
  row('gas.beacon', 200_000, 'own: transaction gas, one round of drand posted', (gas) => gas['beacon']!),
  row(
    'gas.claimItem',
    75_000,
    'own: transaction gas of a proof, per hit, at 6 bits a key',
    (gas) => gas['item.6bits']!,
  ),
  row(
    'gas.claimWhole6',
    2_200_000,
    'own: 60 points at 6 bits, batch to slash, beacon included',
    (gas) => gas['whole.6bits']!,
  ),
  {
    metric: 'invariants.count',
    unit: 'properties',
    target: '>= 16',
    anchor: 'Story: ~32, Symbiotic: 20',
    command: 'npm run invariants -w contracts',
    read: ({ invariants }) => invariants.count,
  },
  {
    metric: 'invariants.calls',
    unit: 'calls',
    target: 'reported',
    anchor: 'none published',
    command: 'npm run invariants -w contracts',
    read: ({ invariants }) => invariants.calls,
  },
  {
    metric: 'fuzz.entryPointsPercent',
    unit: '%',
    target: '100',
    anchor: "x402's channel contract: 0",
    command: BENCH,
    read: ({ fuzzedPercent }) => fuzzedPercent,
  },
  {
    metric: 'coverage.linesPercent',
    unit: '%',
    target: '>= 98',
    anchor: 'Olas: 65.6',
    command: 'npm run coverage -w contracts',
    read: ({ coverage }) => coverage.linesPercent,
  },
  {
    metric: 'coverage.branchesPercent',
    unit: '%',
    target: '>= 98',
    anchor: 'Olas: 57.8',
    command: 'npm run coverage -w contracts',
    read: ({ coverage }) => coverage.branchesPercent,
  },
  {
    metric: 'mutants.killedPercent',
    unit: '%',
    target: '>= 90',
    anchor: 'none published',
    command: 'npm run mutate -w contracts',
    read: ({ mutants }) => mutants.killedPercent,
  },
  {
    metric: 'rules.mutated',
    unit: 'rules',
    target: 'all that a contract keeps',
    anchor: 'none published',
    command: 'npm run rules -w contracts',
    read: ({ rules }) => rules.mutated,
  },
  {
    metric: 'rules.noticed',
    unit: 'rules',
    target: 'all that are mutated',
    anchor: 'none published',
    command: 'npm run rules -w contracts',
    read: ({ rules }) => rules.noticed,
  },
  {
    metric: 'source.linesBefore',
    unit: 'lines',
    target: 'reported',
    anchor: 'contracts/src without the beacon at 3c58c5b, the commit of the formatter',
    command: 'git ls-tree -r --name-only 3c58c5b contracts/src | grep -v beacon, then git show and wc -l',
    read: () => LINES_BEFORE,
  },
  {
    metric: 'source.lines',
    unit: 'lines',
    target: `< ${LINES_BEFORE}`,
    anchor: 'own: contracts/src without the beacon',
    command: BENCH,
    read: ({ sourceLines }) => sourceLines,
  },
];

function row(metric: string, most: number, anchor: string, read: (gas: Figures['gas']) => number): Metric {
  return { metric, unit: 'gas', target: `<= ${most}`, anchor, command: BENCH, read: ({ gas }) => read(gas) };
}
