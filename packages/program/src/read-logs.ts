import { BaseError, HttpRequestError, LimitExceededRpcError, RpcRequestError, TimeoutError } from 'viem';

export interface BlockRange {
  fromBlock: bigint;
  /** Inclusive. */
  toBlock: bigint;
}

export interface ReadLogsOptions<Log> extends BlockRange {
  /** One request, e.g. viem's `getContractEvents` with this range. */
  read: (range: BlockRange) => Promise<readonly Log[]>;
  /** Called with every slice in order, before the next is asked for. */
  onSlice?: (logs: readonly Log[], range: BlockRange) => Promise<void>;
  /** Most blocks in one request. */
  sliceBlocks?: bigint;
}

/** What public RPC endpoints answer by themselves. */
export const SLICE_BLOCKS = 2_000n;

/**
 * Reads logs of any range from endpoints that answer only short ones: in slices, each halved when it is refused as too
 * long or too full, down to one block. Resolves to all logs in order. Throws what the endpoint answered for any other
 * reason.
 */
export async function readLogs<Log>({
  fromBlock,
  toBlock,
  read,
  onSlice,
  sliceBlocks = SLICE_BLOCKS,
}: ReadLogsOptions<Log>): Promise<Log[]> {
  const all: Log[] = [];
  let blocks = sliceBlocks;
  for (let from = fromBlock; from <= toBlock;) {
    const range = { fromBlock: from, toBlock: from + blocks - 1n < toBlock ? from + blocks - 1n : toBlock };
    try {
      const logs = await read(range);
      all.push(...logs);
      await onSlice?.(logs, range);
      from = range.toBlock + 1n;
    } catch (error) {
      const length = range.toBlock - from + 1n;
      if (length === 1n || !isRangeRefusal(error)) throw error;
      blocks = length / 2n;
    }
  }
  return all;
}

/** Each provider has its own words and codes for it; a time-out of a long range means the same. */
const TOO_LONG = /range|limit|exceed|too (?:many|large|big|long|wide)|more than|response size/i;
const TOO_MANY_REQUESTS = 429;

/** Is this an endpoint's way to say: ask for fewer blocks? */
export function isRangeRefusal(error: unknown): boolean {
  if (!(error instanceof BaseError)) return false;
  const http = error.walk((e) => e instanceof HttpRequestError);
  if (http instanceof HttpRequestError) {
    const { status, details } = http;
    return status === 413 || (status !== undefined && status !== TOO_MANY_REQUESTS && TOO_LONG.test(details));
  }
  if (error.walk((e) => e instanceof TimeoutError || e instanceof LimitExceededRpcError)) return true;
  const rpc = error.walk((e) => e instanceof RpcRequestError);
  return rpc instanceof RpcRequestError && TOO_LONG.test(rpc.details);
}
