import { writeFileSync } from 'node:fs';
import type { Figures } from './metrics.ts';

interface Row {
  readonly metric: string;
  readonly value: number;
  readonly unit: string;
  readonly target: string;
}

/** Rows of transaction gas beside the metrics, in the order of a model's life. */
const STEPS: readonly (readonly [row: string, says: string])[] = [
  ['registerTerms', 'register terms nobody registered before'],
  ['publishChild', 'commit and mint a child of one parent'],
  ['release', 'release new weights of a model'],
  ['acceptLeakBond', 'accept and bond a license with a leak bond, too'],
  ['deliver', 'deliver an edition'],
  ['activate', 'activate it'],
  ['deployVault', 'give a vault its code, once'],
  ['bookExactFirst', "book a license's first single payment, moving the money"],
  ['bookExact', 'book another'],
  ['distribute', 'split again'],
  ['payHost', "pay the host's share"],
  ['payOwnerFirst', "pay the owner's share"],
  ['payOwner', 'pay it again'],
  ['payAncestor', "pay an ancestor's share"],
  ['payProtocol', 'pay protocol fee and inspection pool'],
  ['collectAndBook1', 'collect and book one channel through the vault'],
  ['collectAndBook9', 'collect and book nine'],
  ['refund', 'end a channel: the payer has the rest at once'],
  ['depositClaimBonds', "fill a claimant's balance"],
  ['claimUnpaidJoining', 'a second claim on the same account, in the same pot'],
  ['claimUnpaid16', 'one claim of sixteen receipts, as many as one audit pays for'],
  ['finaliseUnpaid', 'slash'],
];

const CHANNELS: readonly (readonly [row: string, says: string])[] = [
  ['deposit', 'first deposit, EIP-3009'],
  ['collect1', 'collect one channel'],
  ['collect10', 'collect ten'],
  ['settle', 'settle'],
];

/** What a slot that held nothing costs more to write than one that held something. */
const FIRST_BALANCE = 17_100;

/** Writes the page beside the JSON. */
export function writePage(file: string, figures: Figures, rows: readonly Row[]): void {
  const { gas, disguised, coverage, invariants, mutants, rules, explored } = figures;
  const lines = [
    '# Contracts, measured',
    '',
    'Written by `npm run bench -w contracts -- --write`, after `coverage`, `invariants`, `explore`, `mutate` and `rules` of the same workspace.',
    'solc 0.8.37, optimizer with 200 runs, no IR pipeline, EVM `prague`.',
    '',
    table(
      ['metric', 'value', 'unit', 'target'],
      rows.map(({ metric, value, unit, target }) => [`\`${metric}\``, number(value), unit, target]),
    ),
    '',
    '## Channels',
    '',
    "The first column is measured as x402's own snapshot is (`gas/Channels.gas.t.sol`): gas of the call, a token that checks no signature, warm",
    'where the test was before. The second is what a chain charges for the whole transaction, with the dev dollar, which checks signatures',
    "and books every nonce; of our own implementation, which stands in for x402's contract on dev chains only.",
    '',
    table(
      ['step', 'call', 'transaction'],
      CHANNELS.map(([row, says]) => [says, number(gas[`call.${row}`]!), number(gas[`${row}Transaction`]!)]),
    ),
    '',
    '## Other steps, transaction gas',
    '',
    table(
      ['step', 'gas'],
      STEPS.map(([row, says]) => [says, number(gas[row]!)]),
    ),
    '',
    `The license with a leak bond is measured where the registry holds money already; \`gas.acceptLicense\` also pays the ${number(FIRST_BALANCE)} for its first`,
    `balance. On an equal footing a leak bond adds ${number(leakBondGas(gas))} gas, one slot, and such an acceptance costs ${number(gas['acceptLicense']! + leakBondGas(gas))}, above the 190,000`,
    'of one without: what is left of a leak bond must be kept for its license alone, and other acceptances leave that slot empty.',
    '',
    '## Disguised use',
    '',
    'Claims of 60 points, against a code book of 1,024 keys with candidates of five bytes. A miss needs no evidence and costs nothing. Every hit',
    'shows all 2^bits candidates, so more bits cost more gas a hit; but they also weigh more, and the whole claim costs less: from the batch to',
    'the slash, with one round of drand posted.',
    '',
    table(
      ['bits', 'hits', 'reveal', 'prove', 'proof per hit', 'slash', 'batch to slash'],
      disguised.map(({ bits, hits, reveal, prove, finalise, whole }) =>
        [bits, hits, reveal, prove, Math.round(prove / hits), finalise, whole + gas['beacon']!].map(number),
      ),
    ),
    '',
    '## Tests',
    '',
    `- ${invariants.count} invariants held over ${number(invariants.calls)} calls. How often each action succeeded, of how many calls:`,
    `  ${invariants.actions.map(({ action, successes, calls }) => `${action} ${number(successes)}/${number(calls)}`).join(', ')}.`,
    `- Exhaustive search: ${number(explored.states)} states within ${explored.depth} steps of a small world, ${number(explored.transitions)} steps tried; each state solvent, no host slashed twice.`,
    `- ${figures.entryPoints} external functions change state; ${figures.fuzzedPercent} % of them are called by a \`testFuzz_\` function.`,
    '- A branch is an outcome of a condition as forge counts it: where the only other outcome is to go on, there is one.',
    `- Mutants: ${number(mutants.tried)} judged${mutants.sample === 0 ? '' : `, at most ${mutants.sample} per file, drawn with the seed \`${mutants.seed}\``}. A survivor counts as survived even if it`,
    '  changes nothing that anybody could observe; `scripts/mutate/survivors.json` says why each one lives.',
    `- Rules of \`docs/specs/rules.md\`: ${rules.mutated} were each taken out of the contracts once, and the tests named there noticed ${rules.noticed};`,
    `  ${rules.gaps} more are not built.`,
    '',
    table(
      ['file', 'lines', 'branches', 'mutants killed'],
      coverage.files.map(({ file, lines: l, branches: b }) => [
        `\`${file}\``,
        `${l.hit}/${l.found}`,
        `${b.hit}/${b.found}`,
        killedOf(figures, file),
      ]),
    ),
    '',
  ];
  writeFileSync(file, lines.join('\n'));
}

function leakBondGas(gas: Figures['gas']): number {
  return gas['acceptLeakBond']! - gas['acceptLicense']! + FIRST_BALANCE;
}

function killedOf({ mutants }: Figures, file: string): string {
  const score = mutants.scores.find((each) => each.file === file);
  return score ? `${score.killed}/${score.killed + score.survived}` : '—';
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}
