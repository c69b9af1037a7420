import { keccak256, numberToHex, stringToHex, toHex, UserRejectedRequestError } from 'viem';
import type { Address, Hex } from '#kit/hex.ts';

/** What a wallet is asked by: beside what viem knows, the calls of EIP-5792. */
export interface BatchingProvider {
  request(asked: { method: string; params: unknown[] }): Promise<unknown>;
}

export interface BatchedCall {
  to: Address;
  data: Hex;
  value?: bigint;
}

const VERSION = '2.0.0';
/** Some wallets don't answer what they do not know. */
const PATIENCE_MS = 2_000;
/** Refusals that say nothing of the calls: unknown method, capability, chain, an upgrade that the person declined. */
const NO_BATCH = [-32_601, 4200, 5700, 5710, 5740, 5750, 5760];

/** Does the wallet send several calls of this account as one, all or none (EIP-5792, `atomic`)? */
export async function canBatch(provider: BatchingProvider, account: Address, chainId: number): Promise<boolean> {
  const id = numberToHex(chainId);
  const asked = provider.request({ method: 'wallet_getCapabilities', params: [account, [id]] }).catch(() => undefined);
  const late = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), PATIENCE_MS));
  const capabilities = (await Promise.race([asked, late])) as
    Record<string, { atomic?: { status?: string } }> | undefined;
  const status = capabilities?.[id]?.atomic?.status;
  return status === 'supported' || status === 'ready';
}

/**
 * Sends calls as one, all or none, and returns the name that the wallet gave them; undefined where it does not after
 * all, so that they may be sent one by one. Throws what the person or the wallet said of the calls.
 */
export async function sendBatch(
  provider: BatchingProvider,
  from: Address,
  chainId: number,
  calls: readonly BatchedCall[],
): Promise<string | undefined> {
  const params = [
    {
      version: VERSION,
      from,
      chainId: numberToHex(chainId),
      atomicRequired: true,
      calls: calls.map(({ to, data, value = 0n }) => ({ to, data, value: toHex(value) })),
    },
  ];
  try {
    const sent = (await provider.request({ method: 'wallet_sendCalls', params })) as string | { id: string };
    return typeof sent === 'string' ? sent : sent.id;
  } catch (error) {
    const { code = 0 } = error as { code?: number };
    if (NO_BATCH.includes(code)) return undefined;
    throw code === UserRejectedRequestError.code ? new UserRejectedRequestError(error as Error) : error;
  }
}

/** Where a batch stands, as its wallet says: the transaction that it became, once that is in a block. */
export type BatchFate = 'pending' | 'unknown' | { hash: Hex };

/** Asks the wallet that sent a batch; `unknown` where it ended without a transaction. Throws where it does not answer. */
export async function batchFate(provider: BatchingProvider, batch: string): Promise<BatchFate> {
  const asked = { method: 'wallet_getCallsStatus', params: [batch] };
  const { status, receipts = [] } = (await provider.request(asked)) as {
    status: number;
    receipts?: { transactionHash: Hex }[];
  };
  const hash = receipts.at(-1)?.transactionHash;
  if (hash !== undefined) return { hash };
  return status < 200 ? 'pending' : 'unknown';
}

/** Under what a batch is kept until its transaction is known. */
export const batchId = (batch: string): Hex => keccak256(stringToHex(batch));
