import type { Deployment } from '@oml/protocol/chain/deployment';
import { createSender, type Call, type SendOptions } from '@oml/program/sender';
import { OmlError } from '@oml/protocol/error';
import { createPublicClient, defineChain, type Hex, type PublicClient, type TransactionReceipt } from 'viem';
import { privateKeyToAccount, type PrivateKeyAccount } from 'viem/accounts';
import type { Logger } from './logger.ts';
import { createNodes, type Nodes } from './nodes/nodes.ts';
import { splitUrls } from './options.ts';
import { isLie } from './nodes/node.ts';
import { decodeRevert, revertError } from './revert.ts';

export { decodeRevert };

export interface Chain {
  publicClient: PublicClient;
  /** What that asks: one node or several. */
  nodes: Nodes;
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

export interface ConnectOptions {
  /** Of one node, or of several in the order in which they are trusted, separated by commas. */
  rpcUrl: string;
  deployment: Deployment;
  key?: Hex;
  /** Hears of nodes that are put aside. */
  logger?: Logger;
}

/** Clients for one chain and one key. viem polls every 4 s by default, which would dominate every wait. */
export function connectChain({ rpcUrl, deployment, key, logger }: ConnectOptions): Chain {
  const urls = splitUrls(rpcUrl);
  const nodes = createNodes({ urls, deployment });
  if (logger) nodes.tell(logger);
  const chain = defineChain({
    id: deployment.chainId,
    name: `eip155:${deployment.chainId}`,
    nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
    rpcUrls: { default: { http: urls } },
  });
  const publicClient = createPublicClient({
    chain,
    transport: nodes.transport,
    pollingInterval: POLLING_MS,
    cacheTime: 0,
  }) as PublicClient;
  const account = key ? privateKeyToAccount(key) : undefined;
  if (account) nodes.compare(account.address);
  const sender = account && createSender({ publicClient, account, explain: revertError });
  const needed = () => {
    if (!sender) throw new OmlError('ENV_MISSING', 'This agent has no key to send transactions with.');
    return sender;
  };
  return {
    publicClient,
    nodes,
    deployment,
    account,
    send: async (call, options) => needed().send(call, options),
    settled: async () => needed().settled(),
  };
}

/**
 * Compares the nodes, and refuses those of another chain before anything is signed for it. Throws CHAIN_UNREACHABLE
 * where none answers, or CHAIN_MISMATCH where none is of this chain.
 */
export async function checkChain({ nodes }: Pick<Chain, 'nodes'>): Promise<void> {
  await nodes.look();
  const states = nodes.states();
  if (states.some(({ fault }) => fault !== 'silent' && !isLie(fault))) return;
  const liar = states.find(({ fault }) => isLie(fault));
  if (!liar) {
    const why = states.map(({ node, why: silence }) => `${node}: ${silence}`).join(' ');
    throw new OmlError('CHAIN_UNREACHABLE', `The RPC endpoint does not answer. ${why}`, { retryable: true });
  }
  throw new OmlError('CHAIN_MISMATCH', `The RPC endpoint ${liar.node} is of no use: ${liar.why}.`);
}
