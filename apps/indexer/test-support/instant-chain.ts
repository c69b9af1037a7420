import type { Deployment } from '@oml/protocol/chain/deployment';
import { startDevChain } from '@oml/service/test-support/dev-chain';
import {
  concatHex,
  createPublicClient,
  createTestClient,
  createWalletClient,
  encodeFunctionData,
  http,
  type Abi,
  type Address,
  type Hex,
  type PublicClient,
  type TestClient,
  type TransactionReceipt,
} from 'viem';
import { mnemonicToAccount, type HDAccount } from 'viem/accounts';
import { foundry } from 'viem/chains';

/** Anvil's own test accounts: worthless anywhere else. */
const account = (addressIndex: number): HDAccount =>
  mnemonicToAccount('test test test test test test test test test test test junk', { addressIndex });
export const OWNER = account(1);
export const HOST = account(2);
export const HOST_SIGNER = account(3);
export const BUYER = account(4);
export const VERIFIER = account(5);
export const OUTSIDER = account(6);

/** As short as the contracts allow, so that mining a few blocks is enough waiting. */
const PARAMETERS = { claimMinAge: '2n', answerWindow: '6n', potWindow: '1n', evidenceThreshold: 2 };

export interface Send {
  address: Address;
  abi: Abi | readonly unknown[];
  functionName: string;
  args: readonly unknown[];
  /** Bytes behind the call data. */
  dataSuffix?: Hex;
}

export interface InstantChain {
  rpcUrl: string;
  deployment: Deployment;
  deploymentPath: string;
  publicClient: PublicClient;
  testClient: TestClient;
  /** Sends and mines; throws where the call reverts, unless `force`. */
  send(from: HDAccount, call: Send, force?: boolean): Promise<TransactionReceipt>;
  /** Mines blocks, one second of chain time each. */
  mine(blocks: number): Promise<void>;
  now(): Promise<bigint>;
  stop(): Promise<void>;
}

/**
 * The dev chain, mining each transaction at once. It may be set back to a snapshot, so its senders keep no nonces, as
 * the agents' own would.
 */
export async function startInstantChain(): Promise<InstantChain> {
  const { rpcUrl, deployment, deploymentPath, stop } = await startDevChain({ parameters: PARAMETERS });
  const transport = http(rpcUrl);
  const publicClient = createPublicClient({ chain: foundry, transport, pollingInterval: 20, cacheTime: 0 });
  const testClient = createTestClient({ mode: 'anvil', chain: foundry, transport });
  const wallet = createWalletClient({ chain: foundry, transport });

  async function send(
    from: HDAccount,
    { address, abi, functionName, args, dataSuffix = '0x' }: Send,
    force = false,
  ): Promise<TransactionReceipt> {
    const data = concatHex([encodeFunctionData({ abi: abi as Abi, functionName, args }), dataSuffix]);
    const call = { account: from, to: address, data };
    // Estimating gas simulates the call, which is how a revert is thrown here.
    const hash = await wallet.sendTransaction(force ? { ...call, gas: 3_000_000n } : call);
    return publicClient.waitForTransactionReceipt({ hash });
  }
  return {
    rpcUrl,
    deployment,
    deploymentPath,
    publicClient: publicClient as PublicClient,
    testClient: testClient as TestClient,
    send,
    mine: (blocks) => testClient.mine({ blocks, interval: 1 }),
    now: async () => (await publicClient.getBlock()).timestamp,
    stop,
  };
}
