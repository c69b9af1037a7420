import { OmlError } from '@oml/protocol/error';
import type { Chain } from '@oml/service/chain';
import { revertError } from '@oml/service/revert';
import { createWalletClient, http, type Abi, type Address, type Hex, type TransactionReceipt } from 'viem';
import { nonceManager, privateKeyToAccount } from 'viem/accounts';

export interface Write {
  address: Address;
  abi: Abi | readonly unknown[];
  functionName: string;
  args?: readonly unknown[] | undefined;
}

/**
 * The one key that settles and books: broadcasts go out one at a time, so that nonces never collide; waits run side by
 * side.
 */
export interface GasAccount {
  address: Address;
  write(call: Write): Promise<Hex>;
  /** Writes and waits for one confirmation. Throws CHAIN_REVERTED. */
  send(call: Write): Promise<TransactionReceipt>;
}

export function createGasAccount({ publicClient }: Pick<Chain, 'publicClient'>, rpcUrl: string, key: Hex): GasAccount {
  const account = privateKeyToAccount(key, { nonceManager });
  const chain = publicClient.chain!;
  const wallet = createWalletClient({
    account,
    chain,
    transport: http(rpcUrl, { retryCount: 3 }),
    pollingInterval: 100,
  });
  let tail: Promise<unknown> = Promise.resolve();

  const write = (call: Write): Promise<Hex> => {
    const broadcast = () =>
      wallet.writeContract({
        address: call.address,
        abi: call.abi as Abi,
        functionName: call.functionName,
        args: call.args ?? [],
      });
    const run = tail.then(broadcast).catch((error: unknown) => {
      nonceManager.reset({ address: account.address, chainId: chain.id });
      throw error;
    });
    tail = run.catch(() => {});
    return run;
  };
  const send = async (call: Write): Promise<TransactionReceipt> => {
    const hash = await write(call).catch((error: unknown) => {
      throw revertError(error, call.functionName);
    });
    const receipt = await publicClient.waitForTransactionReceipt({ hash, timeout: 60_000 });
    if (receipt.status === 'success') return receipt;
    throw new OmlError('CHAIN_REVERTED', `${call.functionName} reverted on chain.`, {
      retryable: true,
      details: { transaction: hash },
    });
  };
  return { address: account.address, write, send };
}
