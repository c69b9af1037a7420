import type { OmlEvent } from '@oml/db/events';
import type { Refusal } from '@oml/db/refused-claims';
import { toDate } from '@oml/db/storable';
import { OmlError } from '@oml/protocol/error';
import { readCheckedLogs } from '@oml/program/checked-logs';
import type { Chain } from '@oml/service/chain';
import { BlockNotFoundError, getAddress, isAddressEqual, type GetBlockReturnType, type Hash, type Hex } from 'viem';
import { decodeEvent, registries, VAULT_EVENTS } from './decode-event.ts';
import { withMeasurement } from './carried-measurement.ts';
import { findRevert } from './find-revert.ts';
import { readRefusedCall } from './refused-call.ts';

export interface BlockHeader {
  number: bigint;
  hash: Hash;
  parentHash: Hash;
  at: Date;
}

/** Consecutive blocks with what they hold for OML, in the chain's order. */
export interface BlockRange {
  blocks: BlockHeader[];
  events: OmlEvent[];
  refusals: Refusal[];
  /** How many of the logs behind the events `eth_getLogs` left out. */
  omittedLogs: number;
}

export type ReadableChain = Pick<Chain, 'publicClient' | 'deployment'>;
type FullBlock = GetBlockReturnType<undefined, true, 'latest'>;

/**
 * Reads blocks `from` to `to`. Throws UNAVAILABLE (retryable) where the chain changed while it was read, CHAIN_IN_DOUBT
 * (retryable) where it stands and the node contradicts itself about it.
 */
export async function readRange(chain: ReadableChain, from: bigint, to: bigint): Promise<BlockRange> {
  const numbers = Array.from({ length: Number(to - from) + 1 }, (_, i) => from + BigInt(i));
  const blocks = await Promise.all(numbers.map((blockNumber) => readBlock(chain, blockNumber)));
  const read = Promise.all([readEvents(chain, blocks), readRefusals(chain, blocks)]);
  // A node that has lost the blocks answers in words of its own; what it says only counts where the chain still stands.
  const [{ events, omittedLogs }, refusals] = await read.catch(async (error: unknown) => {
    await checkStanding(chain, blocks);
    throw error;
  });
  await checkStanding(chain, blocks);
  return { blocks: blocks.map(toHeader), events, refusals, omittedLogs };
}

/** The header of a block, or undefined where the chain has none of that number. */
export async function readHeader(
  { publicClient }: ReadableChain,
  blockNumber: bigint,
): Promise<BlockHeader | undefined> {
  try {
    return toHeader(await publicClient.getBlock({ blockNumber }));
  } catch (error) {
    if (error instanceof BlockNotFoundError) return undefined;
    throw error;
  }
}

async function readBlock({ publicClient }: ReadableChain, blockNumber: bigint): Promise<FullBlock> {
  try {
    return (await publicClient.getBlock({ blockNumber, includeTransactions: true })) as FullBlock;
  } catch (error) {
    throw error instanceof BlockNotFoundError ? changed() : error;
  }
}

async function readEvents({ publicClient, deployment }: ReadableChain, blocks: FullBlock[]) {
  const checkable = blocks.map((block) => ({ ...block, transactions: block.transactions.map(({ hash }) => hash) }));
  const wanted = { addresses: registries(deployment), events: VAULT_EVENTS };
  const { logs, omitted } = await readCheckedLogs(publicClient, checkable, wanted);
  const timeOf = new Map(blocks.map(({ hash, timestamp }) => [hash, timestamp]));
  const inputOf = new Map<Hash, Hex>(
    blocks.flatMap((block) => courtCalls(block, deployment).map((call) => [call.hash, call.input])),
  );
  const events = logs.flatMap((log) => {
    const input = inputOf.get(log.transactionHash);
    return decodeEvent(log, deployment, { at: toDate(timeOf.get(log.blockHash)!), ...(input ? { input } : {}) }) ?? [];
  });
  const whole = events.map((event) => withMeasurement(event, inputOf.get(event.tx), deployment));
  return { events: await Promise.all(whole), omittedLogs: omitted.length };
}

/** Reverted transactions leave no log: each one to the court is looked at. */
async function readRefusals({ publicClient, deployment }: ReadableChain, blocks: FullBlock[]): Promise<Refusal[]> {
  const calls = blocks.flatMap((block) =>
    courtCalls(block, deployment).map((call) => ({ ...call, at: toDate(block.timestamp) })),
  );
  const refusals = await Promise.all(
    calls.map(async ({ hash, from, input, value, gas, blockNumber, transactionIndex, at }): Promise<Refusal[]> => {
      const { status } = await publicClient.getTransactionReceipt({ hash });
      if (status === 'success') return [];
      const { errorName, errorArgs } = await findRevert(publicClient, {
        hash,
        from,
        to: deployment.contracts.claimCourt,
        input,
        value,
        gas,
        blockNumber,
      });
      const where = { tx: hash, blockNumber, txIndex: transactionIndex, from: getAddress(from), at };
      return [{ ...where, ...readRefusedCall(input), errorName, errorArgs }];
    }),
  );
  return refusals.flat();
}

function courtCalls(block: FullBlock, { contracts }: ReadableChain['deployment']) {
  return block.transactions.filter(({ to }) => to !== null && isAddressEqual(to, contracts.claimCourt));
}

/** The blocks hang together, and the last one still stands after everything about them was read. */
async function checkStanding(chain: ReadableChain, blocks: FullBlock[]): Promise<void> {
  const broken = blocks.some((block, i) => i > 0 && block.parentHash !== blocks[i - 1]!.hash);
  const last = blocks.at(-1)!;
  if (broken || (await readHeader(chain, last.number))?.hash !== last.hash) throw changed();
}

const changed = (): OmlError =>
  new OmlError('UNAVAILABLE', 'The chain changed while it was read.', { retryable: true });

function toHeader({
  number,
  hash,
  parentHash,
  timestamp,
}: {
  number: bigint | null;
  hash: Hash | null;
  parentHash: Hash;
  timestamp: bigint;
}): BlockHeader {
  return { number: number!, hash: hash!, parentHash, at: toDate(timestamp) };
}
