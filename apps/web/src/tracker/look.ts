import {
  isAddressEqual,
  TransactionNotFoundError,
  TransactionReceiptNotFoundError,
  type Address,
  type Hex,
  type PublicClient,
  type Transaction,
} from 'viem';
import type { Tracked, TrackedState } from './tracked.ts';

/** Looks that find nothing before a transaction counts as unknown: nodes tell each other of it within seconds. */
export const MISSES = 8;
/** Most blocks that are searched for what took a nonce. */
const SEARCHED_BLOCKS = 2_000n;

/** A node that can be asked for blocks and transactions. */
export type Reader = Pick<
  PublicClient,
  'getTransactionReceipt' | 'getTransaction' | 'getTransactionCount' | 'getBlock' | 'getBlockNumber'
>;

/**
 * Looks once where a transaction stands, and returns what is known now; the same object where nothing changed. Throws
 * where the chain does not answer.
 */
export async function look(reader: Reader, tracked: Tracked, now: number): Promise<Tracked> {
  const change = await find(reader, tracked);
  const state = change.state ?? tracked.state;
  const next = { ...tracked, ...change, since: state === tracked.state ? tracked.since : now };
  // A block that was replaced is no place any more.
  if (state === 'pending' || state === 'unknown') delete next.block;
  return JSON.stringify(next) === JSON.stringify(tracked) ? tracked : next;
}

async function find(reader: Reader, tracked: Tracked): Promise<Partial<Tracked>> {
  const receipt = await reader
    .getTransactionReceipt({ hash: tracked.hash })
    .catch(unless(TransactionReceiptNotFoundError));
  if (receipt) return included(reader, receipt.blockNumber, receipt.status === 'reverted' ? 'reverted' : 'included');
  const transaction = await reader.getTransaction({ hash: tracked.hash }).catch(unless(TransactionNotFoundError));
  if (transaction) return { state: 'pending', nonce: transaction.nonce, misses: 0 };
  const heir = tracked.nonce === undefined ? undefined : await takerOf(reader, tracked.account, tracked.nonce, tracked);
  if (heir) return inherit(reader, tracked, heir);
  const misses = tracked.misses + 1;
  return misses >= MISSES ? { state: 'unknown', misses: MISSES } : { misses };
}

async function included(
  reader: Reader,
  block: bigint,
  state: 'included' | 'reverted' | 'cancelled' | 'replaced',
): Promise<Partial<Tracked>> {
  const finalized = await reader.getBlock({ blockTag: 'finalized' });
  const isFinal = finalized.number !== null && finalized.number >= block;
  const named: TrackedState = state === 'included' && isFinal ? 'final' : state;
  return { state: named, block: Number(block), isFinal, misses: 0 };
}

/** The same call again is the same transaction at another price; an empty one to oneself is how wallets cancel. */
async function inherit(reader: Reader, tracked: Tracked, heir: Transaction): Promise<Partial<Tracked>> {
  const isSame =
    heir.to !== null &&
    isAddressEqual(heir.to, tracked.to) &&
    heir.input === tracked.data &&
    heir.value === BigInt(tracked.value);
  if (isSame) return { hash: heir.hash, state: 'pending', misses: 0 };
  const isEmpty =
    heir.to !== null && isAddressEqual(heir.to, tracked.account) && heir.input === '0x' && heir.value === 0n;
  const fate = await included(reader, heir.blockNumber!, isEmpty ? 'cancelled' : 'replaced');
  return { ...fate, hash: heir.hash };
}

/** The transaction in a block by which an account used a nonce; undefined as long as it is free. */
async function takerOf(
  reader: Reader,
  address: Address,
  nonce: number,
  { sentBlock }: Pick<Tracked, 'sentBlock'>,
): Promise<Transaction | undefined> {
  const head = await reader.getBlockNumber({ cacheTime: 0 });
  if ((await reader.getTransactionCount({ address, blockNumber: head })) <= nonce) return undefined;
  // The first block after which the nonce is used.
  const far = head > SEARCHED_BLOCKS ? head - SEARCHED_BLOCKS : 0n;
  let [low, high] = [BigInt(sentBlock) > far ? BigInt(sentBlock) : far, head];
  while (low < high) {
    const middle = (low + high) / 2n;
    if ((await reader.getTransactionCount({ address, blockNumber: middle })) > nonce) high = middle;
    else low = middle + 1n;
  }
  const { transactions } = await reader.getBlock({ blockNumber: high, includeTransactions: true });
  return transactions.find(
    (transaction) => transaction.nonce === nonce && isAddressEqual(transaction.from, address),
  ) as Transaction | undefined;
}

const unless =
  (missing: new (...args: never[]) => Error) =>
  (error: unknown): undefined => {
    if (error instanceof missing) return undefined;
    throw error;
  };

/** Hash of block 0. */
export async function genesisOf(reader: Pick<PublicClient, 'getBlock'>): Promise<Hex> {
  return (await reader.getBlock({ blockNumber: 0n })).hash!;
}
