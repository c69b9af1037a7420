import {
  createWalletClient,
  http,
  type Account,
  type Hash,
  type TransactionReceipt,
  type WriteContractParameters,
} from 'viem';
import { foundry } from 'viem/chains';
import { connectRpc, urlOf, type actors } from './stack.ts';

export type Actor = (typeof actors)['owner'];
export type Call = Pick<WriteContractParameters, 'address' | 'abi' | 'functionName' | 'args'>;

/** Sends a call of one of the dev accounts, and waits for it. */
export async function write({ account }: { account: Account }, call: Call): Promise<TransactionReceipt> {
  const wallet = createWalletClient({ account, chain: foundry, transport: http(urlOf('chain')) });
  const hash: Hash = await wallet.writeContract(call as WriteContractParameters);
  return connectRpc().waitForTransactionReceipt({ hash });
}
