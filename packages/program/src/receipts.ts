import { TransactionReceiptNotFoundError, WaitForTransactionReceiptTimeoutError } from 'viem';
import type { Hex, PublicClient, TransactionReceipt } from 'viem';
import { setTimeout as sleep } from 'node:timers/promises';

// One look at the newest block, however many transactions are waited for; their receipts are asked for when it changed,
// and with it the first time: a chain may mine at once.

export interface Awaited {
  /** Under which a transaction is known: more than one where it was sent again with a higher fee. */
  hashes: () => readonly Hex[];
  /** How many blocks deep it must be, its own among them. */
  depth?: number;
  timeoutMs: number;
}

interface Waiting extends Required<Awaited> {
  endsAt: number;
  /** The block at which it was looked for last. */
  lookedAt: bigint | undefined;
  resolve(receipt: TransactionReceipt): void;
  reject(error: unknown): void;
}

type Look = Pick<PublicClient, 'getBlockNumber' | 'getTransactionReceipt' | 'pollingInterval'>;

/** Between two looks, at first and at least. It doubles up to what the client is told to wait. */
const LEAST_WAIT_MS = 10;

/** Those who wait at one client. */
interface Room {
  waiting: Set<Waiting>;
  waitMs: number;
  /** Ends the wait: somebody came in. */
  wake: AbortController;
}

const rooms = new WeakMap<Look, Room>();

/**
 * The receipt of a transaction once it is so deep, wherever a rollback put it in the meantime. Throws
 * WaitForTransactionReceiptTimeoutError, or what the node said last where it does not answer.
 */
export function waitForReceipt(client: Look, { hashes, depth = 1, timeoutMs }: Awaited): Promise<TransactionReceipt> {
  return new Promise((resolve, reject) => {
    const waiting = { hashes, depth, timeoutMs, endsAt: Date.now() + timeoutMs, lookedAt: undefined, resolve, reject };
    const room = rooms.get(client);
    if (room) {
      room.waiting.add(waiting);
      room.waitMs = LEAST_WAIT_MS;
      return room.wake.abort();
    }
    const opened = { waiting: new Set<Waiting>([waiting]), waitMs: LEAST_WAIT_MS, wake: new AbortController() };
    rooms.set(client, opened);
    void watch(client, opened);
  });
}

async function watch(client: Look, room: Room): Promise<void> {
  const { waiting } = room;
  while (waiting.size > 0) {
    room.wake = new AbortController();
    const failure = await lookAround(client, waiting);
    for (const late of waiting) {
      if (late.endsAt > Date.now()) continue;
      waiting.delete(late);
      late.reject(failure ?? new WaitForTransactionReceiptTimeoutError({ hash: late.hashes()[0]! }));
    }
    if (waiting.size > 0) await pause(client, room);
  }
  rooms.delete(client);
}

/** Ever longer, but for who has just come: a moment later it is looked for. */
async function pause({ pollingInterval }: Look, room: Room): Promise<void> {
  const waitMs = Math.min(room.waitMs, pollingInterval);
  room.waitMs = waitMs * 2;
  await sleep(LEAST_WAIT_MS);
  await sleep(waitMs - LEAST_WAIT_MS, undefined, { signal: room.wake.signal }).catch(() => {});
}

/** What went wrong, if anything did. */
async function lookAround(client: Look, waiting: Set<Waiting>): Promise<unknown> {
  try {
    const fresh = [...waiting].filter(({ lookedAt }) => lookedAt === undefined);
    const [head, found] = await Promise.all([
      client.getBlockNumber(),
      Promise.all(fresh.map((each) => receiptOf(client, each))),
    ]);
    fresh.forEach((each, i) => settle(waiting, each, { receipt: found[i], head }));
    const old = [...waiting].filter(({ lookedAt }) => lookedAt !== head);
    const again = await Promise.all(old.map((each) => receiptOf(client, each)));
    old.forEach((each, i) => settle(waiting, each, { receipt: again[i], head }));
    return undefined;
  } catch (error) {
    return error;
  }
}

async function receiptOf(client: Look, { hashes }: Waiting): Promise<TransactionReceipt | undefined> {
  const receipts = await Promise.all(
    hashes().map((hash) =>
      client.getTransactionReceipt({ hash }).catch((error: unknown) => {
        if (error instanceof TransactionReceiptNotFoundError) return undefined;
        throw error;
      }),
    ),
  );
  return receipts.find((receipt) => receipt !== undefined);
}

/** A receipt of a block that came after the look at the head is one block deep. */
function settle(
  waiting: Set<Waiting>,
  each: Waiting,
  { receipt, head }: { receipt: TransactionReceipt | undefined; head: bigint },
): void {
  each.lookedAt = head;
  if (!receipt) return;
  const newest = receipt.blockNumber > head ? receipt.blockNumber : head;
  if (newest - receipt.blockNumber + 1n < BigInt(each.depth)) return;
  waiting.delete(each);
  each.resolve(receipt);
}
