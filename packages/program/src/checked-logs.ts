import { OmlError } from '@oml/protocol/error';
import * as Bloom from 'ox/Bloom';
import {
  BaseError,
  getAddress,
  toEventSelector,
  type AbiEvent,
  type Address,
  type Hash,
  type Hex,
  type Log,
  type PublicClient,
} from 'viem';
import { readLogs, type BlockRange } from './read-logs.ts';
import { receiptsRoot, type RpcReceipt } from './receipts-root.ts';

/** What is checked against: the header of a block and the hashes of its transactions. */
export interface CheckableBlock {
  number: bigint;
  hash: Hash;
  logsBloom: Hex;
  receiptsRoot: Hex;
  transactions: readonly Hash[];
}

/** Logs of these contracts, whatever they say, and these events, whoever logs them. */
export interface WantedLogs {
  addresses: readonly Address[];
  events?: readonly AbiEvent[];
}

export interface CheckedLogs {
  /** In the chain's order. */
  logs: MinedLog[];
  /** Those of them that `eth_getLogs` left out. */
  omitted: MinedLog[];
}

export type MinedLog = Log<bigint, number, false>;
type Client = Pick<PublicClient, 'getLogs' | 'request'>;

/**
 * Reads the wanted logs of consecutive blocks, and believes no `eth_getLogs`: wherever a block's bloom allows for one,
 * they come out of the block's receipts, which must have the root that its header names. Throws CHAIN_IN_DOUBT
 * (retryable), with the block's number, where the node's own words do not fit together; what the node answers else.
 */
export async function readCheckedLogs(
  client: Client,
  blocks: readonly CheckableBlock[],
  wanted: WantedLogs,
): Promise<CheckedLogs> {
  if (blocks.length === 0) return { logs: [], omitted: [] };
  const isWanted = matcherOf(wanted);
  const range = { fromBlock: blocks[0]!.number, toBlock: blocks.at(-1)!.number };
  const [told, proven] = await Promise.all([
    readLogs({ ...range, read: (slice) => tellLogs(client, slice, wanted) }),
    Promise.all(
      blocks.map(async (block) => (mayHold(block, wanted) ? (await proveLogs(client, block)).filter(isWanted) : [])),
    ),
  ]);
  const logs = proven.flat();
  const known = new Map(logs.map((log) => [placeOf(log), contentOf(log)]));
  for (const log of told) {
    if (known.get(placeOf(log)) !== contentOf(log))
      throw inDoubt(log.blockNumber, 'it gave a log that is not among the receipts of its block');
  }
  const given = new Set(told.map(placeOf));
  return { logs, omitted: logs.filter((log) => !given.has(placeOf(log))) };
}

/** What the node gives by filter, each log once. */
async function tellLogs(client: Client, range: BlockRange, { addresses, events = [] }: WantedLogs) {
  const [own, named] = await Promise.all([
    addresses.length > 0 ? client.getLogs({ ...range, address: [...addresses] }) : [],
    events.length > 0 ? client.getLogs({ ...range, events: [...events] }) : [],
  ]);
  return [...new Map(([...own, ...named] as MinedLog[]).map((log) => [placeOf(log), log])).values()];
}

const placeOf = ({ blockHash, logIndex }: MinedLog): string => `${blockHash} ${logIndex}`;
const contentOf = ({ address, topics, data }: MinedLog): string => [address.toLowerCase(), ...topics, data].join(' ');

function matcherOf({ addresses, events = [] }: WantedLogs): (log: MinedLog) => boolean {
  const own = new Set(addresses.map((address) => getAddress(address)));
  const named = new Set(events.map((event) => toEventSelector(event)));
  return ({ address, topics }) => own.has(getAddress(address)) || (topics[0] !== undefined && named.has(topics[0]));
}

/** A bloom never misses a log; it may allow for one that is not there. */
function mayHold({ logsBloom }: CheckableBlock, { addresses, events = [] }: WantedLogs): boolean {
  return [...addresses, ...events.map((event) => toEventSelector(event))].some((each) =>
    Bloom.contains(logsBloom, each.toLowerCase() as Hex),
  );
}

/** All logs of a block, out of receipts that have the root that its header names. */
async function proveLogs(client: Client, block: CheckableBlock): Promise<MinedLog[]> {
  const whole = await receiptsOfBlock(client, block);
  if (whole && isProven(whole, block)) return logsOf(whole, block);
  const single = await receiptsOneByOne(client, block);
  if (!isProven(single, block))
    throw inDoubt(block.number, 'the receipts that it gave do not have the root that the block names');
  return logsOf(single, block);
}

/** What can't be encoded is no receipt. */
function isProven(receipts: readonly RpcReceipt[], { transactions, receiptsRoot: root }: CheckableBlock): boolean {
  try {
    return receipts.length === transactions.length && receiptsRoot(receipts) === root;
  } catch {
    return false;
  }
}

/** Undefined from nodes that do not know the method, or gave nothing that is a list of receipts. */
async function receiptsOfBlock({ request }: Client, { number }: CheckableBlock): Promise<RpcReceipt[] | undefined> {
  const ask = request as (call: { method: string; params: unknown[] }) => Promise<unknown>;
  try {
    const found = await ask({ method: 'eth_getBlockReceipts', params: [`0x${number.toString(16)}`] });
    return Array.isArray(found) ? inOrder(found as RpcReceipt[]) : undefined;
  } catch (error) {
    if (error instanceof BaseError) return undefined;
    throw error;
  }
}

async function receiptsOneByOne({ request }: Client, { number, transactions }: CheckableBlock): Promise<RpcReceipt[]> {
  const ask = request as (call: { method: string; params: unknown[] }) => Promise<RpcReceipt | null>;
  const found = await Promise.all(
    transactions.map((hash) => ask({ method: 'eth_getTransactionReceipt', params: [hash] })),
  );
  if (found.includes(null)) throw inDoubt(number, 'it has no receipt of one of its transactions');
  return inOrder(found as RpcReceipt[]);
}

const inOrder = (receipts: RpcReceipt[]): RpcReceipt[] =>
  receipts.toSorted((a, b) => Number(a.transactionIndex) - Number(b.transactionIndex));

/** Where a log stands is told by the block: no receipt's encoding carries it. */
function logsOf(receipts: readonly RpcReceipt[], { number, hash, transactions }: CheckableBlock): MinedLog[] {
  return receipts
    .flatMap(({ logs }, transactionIndex) =>
      logs.map((log) => ({ log, transactionIndex, transactionHash: transactions[transactionIndex]! })),
    )
    .map(
      ({ log: { address, topics, data }, ...place }, logIndex) =>
        ({
          address,
          topics,
          data,
          blockNumber: number,
          blockHash: hash,
          ...place,
          logIndex,
          removed: false,
        }) as MinedLog,
    );
}

const inDoubt = (blockNumber: bigint, why: string): OmlError =>
  new OmlError('CHAIN_IN_DOUBT', `The RPC endpoint contradicts itself about block ${blockNumber}: ${why}.`, {
    details: { blockNumber: blockNumber.toString() },
  });
