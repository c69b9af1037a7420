import { readDeployment } from '@oml/contracts/deployment';
import { OmlError } from '@oml/protocol/error';
import { checkDisguise, type CheckedDisguise, type CheckedHit } from '@oml/protocol/evidence/check-disguise';
import { formatDollars } from '@oml/protocol/money';
import type { Adjudicator } from '@oml/protocol/signed/receipt';
import { disguiseBundleSchema, type DisguiseBundle } from '@oml/protocol/wire/disguise-bundle';
import { issuesOf } from '@oml/protocol/wire/read-request';
import { receiptBundleSchema, type ReceiptBundle } from '@oml/protocol/wire/receipt-bundle';
import { readFile } from 'node:fs/promises';
import type { z } from 'zod';
import { addressFrom } from '../acts/args.ts';
import { askDisguise, TAKEN_AS_SAID, type ChainFact } from '../chain/ask-disguise.ts';
import { checkBundle, type CheckedBundle, type CheckedReceipt } from '../chain/check-receipts.ts';
import { needed, openChain, type ChainOptions } from '../chain/connect.ts';
import type { AddCommand, CommandContext } from '../command.ts';

interface Flags extends Pick<ChainOptions, 'deployment' | 'rpc'> {
  claimant?: string;
  signer?: string;
}

/** What anybody can say of evidence without asking anyone. */
export const addEvidence: AddCommand = (evidence, run) => {
  evidence
    .command('check')
    .description(
      'check receipts, or a disguised use, by the court’s rules, offline: signatures, nonces, proofs, answers, score',
    )
    .argument(
      '<file>',
      'JSON: what oml pay receipts --json prints, a list of signed receipts, or what a verifier shows of an audit ' +
        '(GET /audits/ID/evidence)',
    )
    .option(
      '--deployment <file>',
      'addresses of the contracts, which receipts are signed for (default: $OML_DEPLOYMENT)',
    )
    .option('--claimant <address>', 'who is to claim: are the nonces its own?')
    .option('--signer <address>', 'who is to have signed all of them')
    .option('--rpc <url>', 'of a disguised use: also ask this chain what the file says of it')
    .addHelpText(
      'after',
      '\nIt ends with 1 where something fails. Booked or not only the chain knows: oml receipt show HASH.',
    )
    .action(
      run(async (context, file: string, flags: Flags) => {
        const { chainId, contracts } = readDeployment(needed(flags.deployment, 'OML_DEPLOYMENT', '--deployment FILE'));
        const court = { chainId, court: contracts.claimCourt };
        const json = await readJsonFile(file);
        if (isDisguise(json)) await sayDisguise(context, read(disguiseBundleSchema, json, file), court, flags);
        else await sayReceipts(context, read(receiptBundleSchema, json, file), court, flags);
      }),
    );
};

const isDisguise = (json: unknown): boolean => typeof json === 'object' && json !== null && 'offence' in json;

async function sayReceipts(
  { output, setFailed }: CommandContext,
  bundle: ReceiptBundle,
  court: Adjudicator,
  { claimant, signer }: Flags,
): Promise<void> {
  const expected = {
    claimant: claimant === undefined ? undefined : addressFrom(claimant),
    signer: signer === undefined ? undefined : addressFrom(signer),
  };
  const checked = await checkBundle(bundle, court, expected);
  if (checked.receipts.some(({ faults }) => faults.length > 0)) setFailed();
  output.result(checked, () => linesOf(checked).join('\n'));
}

async function sayDisguise(
  { output, setFailed }: CommandContext,
  bundle: DisguiseBundle,
  court: Adjudicator,
  flags: Flags,
): Promise<void> {
  const { claimant, signer, rpc } = flags;
  const weighed = await checkDisguise(bundle, court);
  const others = [
    ...(claimant !== undefined && addressFrom(claimant) !== bundle.claimant ? [`it is ${bundle.claimant}’s`] : []),
    ...(signer !== undefined && weighed.hits.some((hit) => hit.signer !== addressFrom(signer))
      ? [`others than ${signer} signed it`]
      : []),
  ];
  const faults = [...weighed.faults, ...others];
  const checked = { ...weighed, faults, holds: weighed.holds && others.length === 0 };
  const asked = rpc === undefined ? undefined : await askDisguise(await openChain(flags), bundle);
  if (!checked.holds || asked?.some(({ holds }) => !holds)) setFailed();
  const said = asked ? { chain: asked } : { takenAsSaid: TAKEN_AS_SAID };
  output.result({ ...checked, ...said }, () => disguiseLines(checked, asked).join('\n'));
}

/** Throws REQUEST_INVALID. */
async function readJsonFile(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    throw new OmlError('REQUEST_INVALID', `${file} is no JSON that can be read.`, { cause });
  }
}

/** Throws REQUEST_INVALID. */
function read<Schema extends z.ZodType>(schema: Schema, json: unknown, file: string): z.output<Schema> {
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new OmlError('REQUEST_INVALID', `${file} holds no receipts, and nothing that a verifier shows.`, {
    details: { issues: issuesOf(parsed.error, 'bundle').slice(0, 5) },
  });
}

function linesOf({ receipts, equivocations }: CheckedBundle): string[] {
  const good = receipts.filter(({ faults }) => faults.length === 0).length;
  return [
    ...receipts.map(lineOf),
    ...equivocations.map(
      ({ digests }) => `the same money twice: ${digests.join(' and ')}; oml claim reveal-equivocation claims that`,
    ),
    `${good} of ${receipts.length} receipts hold up.`,
  ];
}

const lineOf = ({ digest, signer, licenseId, amount, faults }: CheckedReceipt): string =>
  [digest, `license ${licenseId}`, `$${formatDollars(amount)}`, faults.join('; ') || `signed by ${signer}`].join('  ');

function disguiseLines(checked: CheckedDisguise, asked: readonly ChainFact[] | undefined): string[] {
  const { account, modelId, release, hits, score, faults, holds } = checked;
  return [
    `${account} answered for model ${modelId}, release ${release}, without naming it, as batch ${checked.batchId} shows:`,
    ...hits.map(hitLine),
    `Score ${score}; a claim needs ${checked.needed}.`,
    ...faults.map((fault) => `Wrong: ${fault}.`),
    ...(asked
      ? asked.map(({ fact, holds, why }) => `On chain, ${fact}: ${holds ? 'as said' : `no: ${why}`}.`)
      : [`Taken as said, since only the chain knows: ${TAKEN_AS_SAID.join(', ')}. --rpc URL asks it.`]),
    holds && (asked ?? []).every((each) => each.holds) ? 'It holds up.' : 'It does not hold up.',
  ];
}

const hitLine = ({ index, digest, licenseId, signer, faults }: CheckedHit): string =>
  [`item ${index}`, digest, `license ${licenseId}`, faults.join('; ') || `hit, signed by ${signer}`].join('  ');
