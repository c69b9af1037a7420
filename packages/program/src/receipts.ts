import { TransactionReceiptNotFoundError, WaitForTransactionReceiptTimeoutError } from 'viem';
import type { Hex, PublicClient, TransactionReceipt } from 'viem';
import { setTimeout as sleep } from 'node:timers/promises';

// One look at the newest block, however many transactions are waited for; their receipts are asked for when it changed.

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

/** Those who wait at one client. */
const rooms = new WeakMap<Look, Set<Waiting>>();

/**
 * The receipt of a transaction once it is so deep, wherever a rollback put it in the meantime. Throws
 * WaitForTransactionReceiptTimeoutError, or what the node said last where it does not answer.
 */
export function waitForReceipt(client: Look, { hashes, depth = 1, timeoutMs }: Awaited): Promise<TransactionReceipt> {
  return new Promise((resolve, reject) => {
    const waiting = { hashes, depth, timeoutMs, endsAt: Date.now() + timeoutMs, lookedAt: undefined, resolve, reject };
    const room = rooms.get(client);
    if (room) return void room.add(waiting);
    const opened = new Set<Waiting>([waiting]);
    rooms.set(client, opened);
    void watch(client, opened);
  });
}

async function watch(client: Look, room: Set<Waiting>): Promise<void> {
  for (; room.size > 0; await sleep(client.pollingInterval)) {
    let failure: unknown;
    try {
      const head = await client.getBlockNumber();
      await Promise.all(
        [...room].filter(({ lookedAt }) => lookedAt !== head).map((each) => look(client, room, each, head)),
      );
    } catch (error) {
      failure = error;
    }
    for (const late of room) {
      if (late.endsAt > Date.now()) continue;
      room.delete(late);
      late.reject(failure ?? new WaitForTransactionReceiptTimeoutError({ hash: late.hashes()[0]! }));
    }
  }
  rooms.delete(client);
}

async function look(client: Look, room: Set<Waiting>, waiting: Waiting, head: bigint): Promise<void> {
  const receipts = await Promise.all(
    waiting.hashes().map((hash) =>
      client.getTransactionReceipt({ hash }).catch((error: unknown) => {
        if (error instanceof TransactionReceiptNotFoundError) return undefined;
        throw error;
      }),
    ),
  );
  waiting.lookedAt = head;
  const receipt = receipts.find((each) => each && head - each.blockNumber + 1n >= BigInt(waiting.depth));
  if (!receipt) return;
  room.delete(waiting);
  waiting.resolve(receipt);
}
