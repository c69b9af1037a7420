import type { OmlEvent } from '@oml/db/events';
import type { Refusal } from '@oml/db/refused-claims';
import { toDate } from '@oml/db/storable';
import { OmlError } from '@oml/protocol/error';
import type { Chain } from '@oml/service/chain';
import { BlockNotFoundError, getAddress, isAddressEqual, type GetBlockReturnType, type Hash, type Log } from 'viem';
import { decodeEvent, registries, VAULT_EVENTS } from './decode-event.ts';
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
}

export type ReadableChain = Pick<Chain, 'publicClient' | 'deployment'>;
type FullBlock = GetBlockReturnType<undefined, true, 'latest'>;
type MinedLog = Log<bigint, number, false>;

/** Reads blocks `from` to `to`. Throws UNAVAILABLE (retryable) where the chain changed while it was read. */
export async function readRange(chain: ReadableChain, from: bigint, to: bigint): Promise<BlockRange> {
  const numbers = Array.from({ length: Number(to - from) + 1 }, (_, i) => from + BigInt(i));
  const blocks = await Promise.all(numbers.map((blockNumber) => readBlock(chain, blockNumber)));
  const read = Promise.all([readEvents(chain, blocks), readRefusals(chain, blocks)]);
  // A node that has lost the blocks answers in words of its own; what it says only counts where the chain still stands.
  const [events, refusals] = await read.catch(async (error: unknown) => {
    await checkStanding(chain, blocks);
    throw error;
  });
  await checkStanding(chain, blocks);
  return { blocks: blocks.map(toHeader), events, refusals };
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

async function readEvents({ publicClient, deployment }: ReadableChain, blocks: FullBlock[]): Promise<OmlEvent[]> {
  const range = { fromBlock: blocks[0]!.number, toBlock: blocks.at(-1)!.number };
  const [ownLogs, vaultLogs] = await Promise.all([
    publicClient.getLogs({ ...range, address: registries(deployment) }),
    publicClient.getLogs({ ...range, events: VAULT_EVENTS, strict: true }),
  ]);
  const blockOf = new Map(blocks.map((block) => [block.hash, block]));
  const inputOf = new Map(
    blocks.flatMap((block) => courtCalls(block, deployment).map((call) => [call.hash, call.input])),
  );
  const own = new Set(registries(deployment));
  const foreignLogs = vaultLogs.filter(({ address }) => !own.has(getAddress(address)));
  const events = ([...ownLogs, ...foreignLogs] as MinedLog[]).flatMap((log) => {
    const block = blockOf.get(log.blockHash);
    if (!block) throw changed();
    const input = inputOf.get(log.transactionHash);
    return decodeEvent(log, deployment, { at: toDate(block.timestamp), ...(input ? { input } : {}) }) ?? [];
  });
  return events.sort((a, b) => Number(a.blockNumber - b.blockNumber) || a.logIndex - b.logIndex);
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
