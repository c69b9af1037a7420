import { readDeployment } from '@oml/contracts/deployment';
import { OmlError } from '@oml/protocol/error';
import { formatDollars } from '@oml/protocol/money';
import { issuesOf } from '@oml/protocol/wire/read-request';
import { receiptBundleSchema, type ReceiptBundle } from '@oml/protocol/wire/receipt-bundle';
import { readFile } from 'node:fs/promises';
import { addressFrom } from '../acts/args.ts';
import { checkBundle, type CheckedBundle, type CheckedReceipt } from '../chain/check-receipts.ts';
import { needed, type ChainOptions } from '../chain/connect.ts';
import type { AddCommand } from '../command.ts';

interface Flags extends Pick<ChainOptions, 'deployment'> {
  claimant?: string;
  signer?: string;
}

/** What anybody can say of evidence without asking anyone. */
export const addEvidence: AddCommand = (evidence, run) => {
  evidence
    .command('check')
    .description('check receipts by the court’s rules, offline: signatures, nonces, the same money charged twice')
    .argument('<file>', 'JSON: what oml pay receipts --json prints, or a list of signed receipts')
    .option(
      '--deployment <file>',
      'addresses of the contracts, which receipts are signed for (default: $OML_DEPLOYMENT)',
    )
    .option('--claimant <address>', 'who is to claim: are the nonces its own?')
    .option('--signer <address>', 'who is to have signed all of them')
    .addHelpText(
      'after',
      '\nIt ends with 1 where a receipt fails. Booked or not only the chain knows: oml receipt show HASH.',
    )
    .action(
      run(async ({ output, setFailed }, file: string, flags: Flags) => {
        const { chainId, contracts } = readDeployment(needed(flags.deployment, 'OML_DEPLOYMENT', '--deployment FILE'));
        const expected = {
          claimant: flags.claimant === undefined ? undefined : addressFrom(flags.claimant),
          signer: flags.signer === undefined ? undefined : addressFrom(flags.signer),
        };
        const checked = await checkBundle(await readBundle(file), { chainId, court: contracts.claimCourt }, expected);
        if (checked.receipts.some(({ faults }) => faults.length > 0)) setFailed();
        output.result(checked, () => linesOf(checked).join('\n'));
      }),
    );
};

/** Throws REQUEST_INVALID. */
async function readBundle(file: string): Promise<ReceiptBundle> {
  let json: unknown;
  try {
    json = JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    throw new OmlError('REQUEST_INVALID', `${file} is no JSON that can be read.`, { cause });
  }
  const parsed = receiptBundleSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new OmlError('REQUEST_INVALID', `${file} holds no receipts.`, {
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
