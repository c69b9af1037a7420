import type { PublicClient } from 'viem';
import { explainError } from '#wallet/explain-error.ts';
import { decodeFunctionData } from 'viem';
import { claimCourtAbi, omlErrorsAbi } from '@oml/contracts/abis';
import type { Recheck } from './check.ts';
import type { ShownRefusal } from '#claim/shown-claim.ts';

/** Re-checks a refusal: the receipt's status, and the same call made again in the state just before it. */
export async function recheckRefused(publicClient: PublicClient, refused: ShownRefusal): Promise<Recheck> {
  const [transaction, receipt] = await Promise.all([
    publicClient.getTransaction({ hash: refused.tx }),
    publicClient.getTransactionReceipt({ hash: refused.tx }),
  ]);
  const { functionName, args } = decodeFunctionData({ abi: claimCourtAbi, data: transaction.input });
  const again = await publicClient
    .simulateContract({
      address: transaction.to!,
      abi: [...claimCourtAbi, ...omlErrorsAbi],
      functionName,
      args,
      account: transaction.from,
      blockNumber: refused.blockNumber - 1n,
    } as Parameters<typeof publicClient.simulateContract>[0])
    .then(() => undefined, explainError);
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
