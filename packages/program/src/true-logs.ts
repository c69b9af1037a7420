import { OmlError } from '@oml/protocol/error';
import { formatLog, type Address, type Hex, type PublicClient } from 'viem';
import { readCheckedLogs, type CheckableBlock, type MinedLog } from './checked-logs.ts';
import type { BlockRange } from './read-logs.ts';

export type { MinedLog };

/** Which logs: of one of these addresses, with one of these topics at each place. */
export interface LogFilter {
  addresses: readonly Address[];
  /** null: any. */
  topics: readonly (readonly Hex[] | null)[];
}

export interface TrueLogsOptions {
  publicClient: PublicClient;
  filter: LogFilter;
  /** So many blocks at the end of a range are checked; those before them are taken as they are told. */
  checkedBlocks?: bigint;
}

/** Hears of the logs that the node did not tell of. */
export type OnOmission = (omitted: readonly MinedLog[]) => void;

/** Reads one range after another. */
export type ReadTrueLogs = (range: BlockRange, onOmission?: OnOmission) => Promise<MinedLog[]>;

/** A block with its logs of the filter. */
interface Checked {
  hash: Hex;
  logs: readonly MinedLog[];
}

const CHECKED_BLOCKS = 128n;

/**
 * Reads logs of ranges that follow a head, checked as `readCheckedLogs` does. It remembers the blocks that it checked,
 * so that a look at a few new ones costs a header each. Throws what that throws, and UNAVAILABLE (retryable) where the
 * chain changed meanwhile.
 */
export function createTrueLogs(options: TrueLogsOptions): ReadTrueLogs {
  const { publicClient, filter, checkedBlocks = CHECKED_BLOCKS } = options;
  let checked = new Map<bigint, Checked>();

  async function told(fromBlock: bigint, toBlock: bigint): Promise<MinedLog[]> {
    if (fromBlock > toBlock) return [];
    const topics = filter.topics.map((words) => words && [...words]);
    const range = { fromBlock: hexOf(fromBlock), toBlock: hexOf(toBlock) };
    const asked = { ...range, address: [...filter.addresses], topics };
    const found = await publicClient.request({ method: 'eth_getLogs', params: [asked] });
    return found.map((log) => formatLog(log) as MinedLog);
  }

  /** Downwards from a block, until it meets what is checked already. */
  async function unchecked(from: bigint, to: bigint): Promise<CheckableBlock[]> {
    const top = await readBlock(publicClient, to);
    if (checked.get(to)?.hash === top.hash) return [];
    let start = to;
    while (start > from && !checked.has(start - 1n)) start--;
    const numbers = Array.from({ length: Number(to - start) }, (_, i) => start + BigInt(i));
    const fresh = [...(await Promise.all(numbers.map((number) => readBlock(publicClient, number)))), top];
    if (fresh.some(({ parentHash }, i) => i > 0 && parentHash !== fresh[i - 1]!.hash)) throw changed();
    if (start === from || checked.get(start - 1n)!.hash === fresh[0]!.parentHash) return fresh;
    checked = new Map();
    return unchecked(from, to);
  }

  async function check(blocks: readonly CheckableBlock[], onOmission: OnOmission | undefined): Promise<void> {
    if (blocks.length === 0) return;
    const { logs, omitted } = await readCheckedLogs(publicClient, blocks, filter);
    const missing = omitted.filter((log) => fits(log, filter));
    if (missing.length > 0) onOmission?.(missing);
    for (const { number, hash } of blocks) {
      const own = logs.filter((log) => log.blockNumber === number && fits(log, filter));
      checked.set(number, { hash, logs: own });
    }
  }

  async function read({ fromBlock, toBlock }: BlockRange, onOmission?: OnOmission): Promise<MinedLog[]> {
    const lowest = toBlock - checkedBlocks + 1n;
    const from = lowest > fromBlock ? lowest : fromBlock;
    const [before, fresh] = await Promise.all([told(fromBlock, from - 1n), unchecked(from, toBlock)]);
    await check(fresh, onOmission);
    for (const number of checked.keys()) if (number < lowest) checked.delete(number);
    const numbers = Array.from({ length: Number(toBlock - from) + 1 }, (_, i) => from + BigInt(i));
    return [...before, ...numbers.flatMap((number) => checked.get(number)!.logs)];
  }
  // Reads share what was checked, so that none begins before the last is over.
  let last: Promise<unknown> = Promise.resolve();
  return (range, onOmission) => {
    const reading = last.then(() => read(range, onOmission));
    last = reading.catch(() => {});
    return reading;
  };
}

const hexOf = (n: bigint): Hex => `0x${n.toString(16)}`;

const readBlock = (client: PublicClient, blockNumber: bigint): Promise<CheckableBlock & { parentHash: Hex }> =>
  client.getBlock({ blockNumber });

const fits = ({ topics }: MinedLog, filter: LogFilter): boolean =>
  filter.topics.every((words, i) => words === null || words.some((word) => word === topics[i]?.toLowerCase()));

const changed = (): OmlError =>
  new OmlError('UNAVAILABLE', 'The chain changed while its logs were read.', { retryable: true });
