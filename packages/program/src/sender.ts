import { OmlError } from '@oml/protocol/error';
import {
  BaseError,
  encodeFunctionData,
  NonceTooHighError,
  NonceTooLowError,
  WaitForTransactionReceiptTimeoutError,
  type Abi,
  type Account,
  type Address,
  type Chain,
  type Hex,
  type PublicClient,
  type TransactionReceipt,
  type Transport,
  type WalletClient,
} from 'viem';
import { nonceManager } from 'viem/accounts';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Call {
  address: Address;
  abi: Abi | readonly unknown[];
  functionName: string;
  args?: readonly unknown[] | undefined;
}

export interface SendOptions {
  /**
   * Sends without simulating, so that even a call that will revert lands on chain; the receipt then says `reverted`.
   */
  force?: boolean;
  /** The most gas that it may use, where what the node estimates may be too little by the time it is in a block. */
  gas?: bigint;
}

export interface SenderOptions {
  publicClient: PublicClient;
  /** Its account should use viem's `nonceManager`. */
  wallet: WalletClient<Transport, Chain, Account>;
  /** What `send` throws for a call that was refused, e.g. with the contract's own words. */
  explain: (error: unknown, functionName: string) => Error;
}

/** One account's transactions. */
export interface Sender {
  address: Address;
  /** Simulates and broadcasts; resolves to the hash before it is mined. Throws what viem throws. */
  write(call: Call, options?: SendOptions): Promise<Hex>;
  /** Writes and waits for one confirmation. Throws CHAIN_REVERTED or, retryable, CHAIN_UNREACHABLE. */
  send(call: Call, options?: SendOptions): Promise<TransactionReceipt>;
  /** Waits, for a while, until what this account sent earlier (before a crash, or from elsewhere) is in a block. */
  settled(timeoutMs?: number): Promise<void>;
}

const FORCED_GAS = 3_000_000n;
const RECEIPT_TIMEOUT_MS = 60_000;
const NONCE_TRIES = 5;
const SETTLE_EVERY_MS = 200;
/** Where two processes send for one account, the slower one's nonce is taken. */
const NONCE_TAKEN = /nonce (?:too|is too) low|replacement transaction underpriced|already known/i;

/**
 * Broadcasts one transaction at a time, so that nonces never collide within a process, and counts anew when they did
 * between processes; waits run side by side.
 */
export function createSender({ publicClient, wallet, explain }: SenderOptions): Sender {
  const { account, chain } = wallet;
  const oneAtATime = mutex();
  const recount = () => nonceManager.reset({ address: account.address, chainId: chain.id });

  async function broadcast(call: Call, { force = false, gas }: SendOptions): Promise<Hex> {
    const request = { ...call, abi: call.abi as Abi, args: call.args ?? [] };
    if (force)
      return wallet.sendTransaction({ to: call.address, data: encodeFunctionData(request), gas: gas ?? FORCED_GAS });
    await publicClient.simulateContract({ ...request, account });
    return wallet.writeContract({ ...request, ...(gas === undefined ? {} : { gas }) });
  }

  const write = (call: Call, options: SendOptions = {}): Promise<Hex> =>
    oneAtATime(async () => {
      for (let tries = 1; ; tries++) {
        try {
          return await broadcast(call, options);
        } catch (error) {
          recount();
          if (tries === NONCE_TRIES || !isNonceTaken(error)) throw error;
        }
      }
    });

  async function send(call: Call, options: SendOptions = {}): Promise<TransactionReceipt> {
    const hash = await write(call, options).catch((error: unknown) => {
      throw explain(error, call.functionName);
    });
    const receipt = await receiptOf(publicClient, hash);
    if (receipt.status === 'success' || options.force) return receipt;
    throw new OmlError('CHAIN_REVERTED', `${call.functionName} reverted on chain after its simulation passed.`, {
      retryable: true,
      details: { transaction: hash },
    });
  }

  const settled = async (timeoutMs = RECEIPT_TIMEOUT_MS): Promise<void> => {
    const { address } = account;
    const sent = await publicClient.getTransactionCount({ address, blockTag: 'pending' });
    for (const endsAt = Date.now() + timeoutMs; Date.now() < endsAt; await sleep(SETTLE_EVERY_MS)) {
      const [latest, pending] = await Promise.all([
        publicClient.getTransactionCount({ address, blockTag: 'latest' }),
        publicClient.getTransactionCount({ address, blockTag: 'pending' }),
      ]);
      // Not what is sent while it waits, or an account that is never quiet would wait for ever.
      if (latest >= Math.min(sent, pending)) return;
    }
  };
  return { address: account.address, write, send, settled };
}

async function receiptOf(publicClient: PublicClient, hash: Hex): Promise<TransactionReceipt> {
  try {
    return await publicClient.waitForTransactionReceipt({ hash, confirmations: 1, timeout: RECEIPT_TIMEOUT_MS });
  } catch (cause) {
    if (!(cause instanceof WaitForTransactionReceiptTimeoutError)) throw cause;
    throw new OmlError('CHAIN_UNREACHABLE', 'A transaction that was sent is not in a block yet.', {
      retryable: true,
      details: { transaction: hash },
      cause,
    });
  }
}

function isNonceTaken(error: unknown): boolean {
  if (!(error instanceof BaseError)) return false;
  const nonce = error.walk((e) => e instanceof NonceTooLowError || e instanceof NonceTooHighError);
  return nonce !== null || NONCE_TAKEN.test(error.details ?? '');
}

function mutex(): <Result>(work: () => Promise<Result>) => Promise<Result> {
  let tail: Promise<unknown> = Promise.resolve();
  return (work) => {
    const run = tail.then(work, work);
    tail = run.catch(() => {});
    return run;
  };
}
