import { createSender, type Sender } from '@oml/program/sender';
import type { Chain } from '@oml/service/chain';
import { revertError } from '@oml/service/revert';
import { createWalletClient, http, type Hex } from 'viem';
import { nonceManager, privateKeyToAccount } from 'viem/accounts';

/** The one key that settles, which books, and distributes. */
export type GasAccount = Sender;

export function createGasAccount({ publicClient }: Pick<Chain, 'publicClient'>, rpcUrl: string, key: Hex): GasAccount {
  const wallet = createWalletClient({
    account: privateKeyToAccount(key, { nonceManager }),
    chain: publicClient.chain!,
    transport: http(rpcUrl, { retryCount: 3 }),
    pollingInterval: 100,
  });
  return createSender({ publicClient, wallet, explain: revertError });
}
