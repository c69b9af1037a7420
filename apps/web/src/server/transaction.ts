import 'server-only';
import {
  BaseError,
  RawContractError,
  TransactionNotFoundError,
  TransactionReceiptNotFoundError,
  type Hex,
  type PublicClient,
  type Transaction,
  type TransactionReceipt,
} from 'viem';
import { chainReader, readHeads } from './chain-reader.ts';

export interface TransactionView {
  transaction: Transaction;
  /** Absent while pending. */
  receipt?: TransactionReceipt;
  at?: Date;
  finalized?: bigint;
  /** Why it was reverted, as the same call says in the state before its block. */
  revertData?: Hex;
}

/**
 * A transaction with everything about it; undefined where the chain does not know it. Throws where the chain does not
 * answer.
 */
export async function readTransaction(hash: Hex): Promise<TransactionView | undefined> {
  const client = chainReader();
  const transaction = await client.getTransaction({ hash }).catch(unlessMissing(TransactionNotFoundError));
  if (!transaction) return undefined;
  const receipt = await client.getTransactionReceipt({ hash }).catch(unlessMissing(TransactionReceiptNotFoundError));
  if (!receipt) return { transaction };
  const [block, heads, revertData] = await Promise.all([
    client.getBlock({ blockNumber: receipt.blockNumber }),
    readHeads(),
    receipt.status === 'reverted' ? readRevert(client, transaction) : undefined,
  ]);
  return {
    transaction,
    receipt,
    at: new Date(Number(block.timestamp) * 1000),
    ...(heads ? { finalized: heads.finalized } : {}),
    ...(revertData ? { revertData } : {}),
  };
}

const unlessMissing = (missing: new (...args: never[]) => Error) => (error: unknown) => {
  if (error instanceof missing) return undefined;
  throw error;
};

async function readRevert(
  client: PublicClient,
  { from, to, input, value, blockNumber }: Transaction,
): Promise<Hex | undefined> {
  if (!to || blockNumber === null || blockNumber === 0n) return undefined;
  const error: unknown = await client
    .call({ account: from, to, data: input, value, blockNumber: blockNumber - 1n })
    .then(
      () => undefined,
      (cause: unknown) => cause,
    );
  const raw =
    error instanceof BaseError
      ? error.walk(
          (cause) => cause instanceof RawContractError || typeof (cause as { data?: unknown }).data === 'string',
        )
      : undefined;
  const data = (raw as { data?: Hex | { data: Hex } } | null | undefined)?.data;
  return typeof data === 'string' ? data : data?.data;
}
