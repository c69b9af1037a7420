import type { Explanation } from '@oml/protocol/chain/revert-words';
import type { PublicClient, Transaction } from 'viem';
import { explainError } from '#wallet/explain-error.ts';
import { decodeFunctionData } from 'viem';
import { claimCourtAbi, omlErrorsAbi } from '@oml/contracts/abis';
import type { Recheck } from './check.ts';
import type { ShownRefusal } from '#claim/shown-claim.ts';

/** Re-checks a refusal: the receipt's status, and the same call made again. */
export async function recheckRefused(publicClient: PublicClient, refused: ShownRefusal): Promise<Recheck> {
  const [transaction, receipt] = await Promise.all([
    publicClient.getTransaction({ hash: refused.tx }),
    publicClient.getTransactionReceipt({ hash: refused.tx }),
  ]);
  // In its own block, which it left as it was, and by whose number and time the court judged it; then in the state
  // before that block, since what followed in the block may have changed the reason.
  let again = await refusalAt(publicClient, transaction, refused.blockNumber);
  if (again?.code !== refused.errorName) again = await refusalAt(publicClient, transaction, refused.blockNumber - 1n);
  return {
    checks: [
      {
        name: 'Transaction',
        ok: receipt.status === 'reverted',
        detail: receipt.status === 'reverted' ? `reverted in block ${receipt.blockNumber}` : 'was not reverted',
      },
      {
        name: 'Same call again',
        ok: again?.code === refused.errorName,
        detail: again ? `${again.sentence}` : 'would be accepted now',
      },
    ],
  };
}

/** Why the court refuses the call after this block; undefined where it would not. */
async function refusalAt(
  publicClient: PublicClient,
  { to, from, input }: Transaction,
  blockNumber: bigint,
): Promise<Explanation | undefined> {
  const { functionName, args } = decodeFunctionData({ abi: claimCourtAbi, data: input });
  const call = {
    address: to!,
    abi: [...claimCourtAbi, ...omlErrorsAbi],
    functionName,
    args,
    account: from,
    blockNumber,
  };
  return publicClient
    .simulateContract(call as Parameters<typeof publicClient.simulateContract>[0])
    .then(() => undefined, explainError);
}
