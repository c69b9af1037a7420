import type { Deployment } from '@oml/protocol/chain/deployment';
import { OmlError } from '@oml/protocol/error';
import {
  createPublicClient,
  createWalletClient,
  defineChain,
  encodeFunctionData,
  http,
  type Abi,
  type Address,
  type Hex,
  type PublicClient,
  type TransactionReceipt,
} from 'viem';
import { nonceManager, privateKeyToAccount, type PrivateKeyAccount } from 'viem/accounts';
import { decodeRevert, revertError } from './revert.ts';

export { decodeRevert };

export interface Call {
  address: Address;
  abi: Abi | readonly unknown[];
  functionName: string;
  args?: readonly unknown[];
}

export interface SendOptions {
  /**
   * Sends without simulating, so that even a call that will revert lands on chain; the receipt then says `reverted`.
   */
  force?: boolean;
}

export interface Chain {
  publicClient: PublicClient;
  deployment: Deployment;
  /** Present when a key was given. */
  account: PrivateKeyAccount | undefined;
  /**
   * Simulates, sends and waits for one confirmation; one write at a time. Throws CHAIN_REVERTED with the decoded error.
   */
  send(call: Call, options?: SendOptions): Promise<TransactionReceipt>;
}

const POLLING_MS = 100;
const FORCED_GAS = 3_000_000n;

/** Clients for one chain and one key. viem polls every 4 s by default, which would dominate every wait. */
export function connectChain({
  rpcUrl,
  deployment,
  key,
}: {
  rpcUrl: string;
  deployment: Deployment;
  key?: Hex;
}): Chain {
  const chain = defineChain({
    id: deployment.chainId,
    name: `eip155:${deployment.chainId}`,
    nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
    rpcUrls: { default: { http: [rpcUrl] } },
  });
  const transport = http(rpcUrl, { retryCount: 3, timeout: 20_000 });
  const publicClient = createPublicClient({
    chain,
    transport,
    pollingInterval: POLLING_MS,
    cacheTime: 0,
  }) as PublicClient;
  const account = key ? privateKeyToAccount(key, { nonceManager }) : undefined;
  const wallet = account ? createWalletClient({ account, chain, transport, pollingInterval: POLLING_MS }) : undefined;
  const oneAtATime = mutex();

  async function send(call: Call, { force = false }: SendOptions = {}): Promise<TransactionReceipt> {
    if (!wallet || !account) throw new OmlError('ENV_MISSING', 'This agent has no key to send transactions with.');
    const request = { ...call, abi: call.abi as Abi, args: (call.args ?? []) as readonly unknown[] };
    const hash = await oneAtATime(async () => {
      if (force)
        return wallet.sendTransaction({ to: call.address, data: encodeFunctionData(request), gas: FORCED_GAS });
      try {
        await publicClient.simulateContract({ ...request, account });
        return await wallet.writeContract(request);
      } catch (error) {
        nonceManager.reset({ address: account.address, chainId: deployment.chainId });
        throw revertError(error, call.functionName);
      }
    });
    const receipt = await publicClient.waitForTransactionReceipt({ hash, confirmations: 1, timeout: 60_000 });
    if (receipt.status === 'reverted' && !force) {
      throw new OmlError('CHAIN_REVERTED', `${call.functionName} reverted on chain after its simulation passed.`, {
        retryable: true,
        details: { transaction: hash },
      });
    }
    return receipt;
  }
  return { publicClient, deployment, account, send };
}

/** Refuses a node of another chain before anything is signed for it. Throws CHAIN_UNREACHABLE or CHAIN_MISMATCH. */
export async function checkChain({
  publicClient,
  deployment,
}: Pick<Chain, 'publicClient' | 'deployment'>): Promise<void> {
  let chainId: number;
  try {
    chainId = await publicClient.getChainId();
  } catch (cause) {
    throw new OmlError('CHAIN_UNREACHABLE', 'The RPC endpoint does not answer.', { retryable: true, cause });
  }
  if (chainId !== deployment.chainId)
    throw new OmlError(
      'CHAIN_MISMATCH',
      `The RPC endpoint serves chain ${chainId}, the deployment is on ${deployment.chainId}.`,
    );
}

function mutex(): <Result>(work: () => Promise<Result>) => Promise<Result> {
  let tail: Promise<unknown> = Promise.resolve();
  return (work) => {
    const run = tail.then(work, work);
    tail = run.catch(() => {});
    return run;
  };
}
