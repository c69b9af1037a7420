import { errorOfProblem } from '@oml/protocol/wire/problem';
import { RECEIPT_LOOK_PATH, receiptLookSchema } from '@oml/protocol/wire/receipt-look';
import { OmlError } from '@oml/protocol/error';
import { baseUrl } from '@oml/service/options';
import type { Hex } from 'viem';
import { openChain, withChain, type ChainOptions } from '../chain/connect.ts';
import { lookUpReceipt } from '../chain/receipt-look.ts';
import type { AddCommand } from '../command.ts';
import { plainLines } from '../looks.ts';
import { word } from '../options.ts';

const TIMEOUT_MS = 10_000;

type Flags = ChainOptions & { index?: string };

/** What the chain knows of receipts: read from the chain itself, or in one step from an index that has read it. */
export const addReceipt: AddCommand = (receipt, run) => {
  withChain(receipt.command('show'), { signs: false })
    .description(
      'look up a receipt by its digest, or a payment by its reference: bookings and claims, hashes and amounts alone',
    )
    .argument('<hash>', 'digest of the receipt, or its paymentRef')
    .option('--index <url>', 'ask this index instead of the chain (default: $OML_INDEX_URL); it is believed')
    .action(
      run(async ({ output }, said: string, flags: Flags) => {
        const hash = word(said, 'The hash');
        const index = flags.index ?? process.env['OML_INDEX_URL'];
        const found = index ? await askIndex(index, hash) : await lookUpReceipt(await openChain(flags), hash);
        output.result(found, () => plainLines(found));
      }),
    );
};

/** Throws REQUEST_INVALID, NOT_FOUND, UNAVAILABLE. */
async function askIndex(given: string, hash: Hex): Promise<object> {
  const index = baseUrl.safeParse(given).data;
  if (!index) throw new OmlError('REQUEST_INVALID', `"${given}" is no URL of an index.`);
  const asked = { redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) } as const;
  const response = await fetch(`${index}${RECEIPT_LOOK_PATH}/${hash}`, asked).catch((cause: unknown) => {
    throw new OmlError('UNAVAILABLE', `No index answers at ${index}.`, { retryable: true, cause });
  });
  const body: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw errorOfProblem(response.status, body, { who: 'The index' });
  const found = receiptLookSchema.safeParse(body);
  if (!found.success) throw new OmlError('UNAVAILABLE', `What answers at ${index} is no index of receipts.`);
  return { ...found.data, from: index };
}
