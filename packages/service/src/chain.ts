import type { Deployment } from '@oml/protocol/chain/deployment';
import { createSender, type Call, type SendOptions } from '@oml/program/sender';
import { OmlError } from '@oml/protocol/error';
import { createPublicClient, defineChain, http, type Hex, type PublicClient, type TransactionReceipt } from 'viem';
import { privateKeyToAccount, type PrivateKeyAccount } from 'viem/accounts';
import { hideUrl } from './hidden.ts';
import { decodeRevert, revertError } from './revert.ts';

export { decodeRevert };

export interface Chain {
  publicClient: PublicClient;
  deployment: Deployment;
  /** Present when a key was given. */
  account: PrivateKeyAccount | undefined;
  /**
   * Simulates, sends and waits for one confirmation; one write at a time. Throws CHAIN_REVERTED with the decoded error.
   */
  send(call: Call, options?: SendOptions): Promise<TransactionReceipt>;
  /** Waits, for a while, until what this account sent earlier is in a block. */
  settled(): Promise<void>;
}

const POLLING_MS = 100;
const ASKED_AT_ONCE = 50;

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
  hideUrl(rpcUrl);
  const chain = defineChain({
    id: deployment.chainId,
    name: `eip155:${deployment.chainId}`,
    nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
    rpcUrls: { default: { http: [rpcUrl] } },
  });
  // What is asked in the same moment is one request.
  const transport = http(rpcUrl, { batch: { batchSize: ASKED_AT_ONCE }, retryCount: 3, timeout: 20_000 });
  const publicClient = createPublicClient({
    chain,
    transport,
    pollingInterval: POLLING_MS,
    cacheTime: 0,
  }) as PublicClient;
  const account = key ? privateKeyToAccount(key) : undefined;
  const sender = account && createSender({ publicClient, account, explain: revertError });
  const needed = () => {
    if (!sender) throw new OmlError('ENV_MISSING', 'This agent has no key to send transactions with.');
    return sender;
  };
  return {
    publicClient,
    deployment,
    account,
    send: async (call, options) => needed().send(call, options),
    settled: async () => needed().settled(),
  };
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
