import { BlockNotFoundError, type Address, type Client, type Hex } from 'viem';
import { getBalance, getBlock, getChainId, getTransactionCount } from 'viem/actions';

/** The newest block that a node tells of. */
export interface Head {
  number: bigint;
  hash: Hex;
  /** Unix seconds. */
  timestamp: bigint;
}

/** What a node says about its chain. */
export interface View {
  chainId: number;
  head: Head;
  /** The newest block that is final. */
  final: bigint;
  /** Hashes of the blocks that it was asked for; undefined where it knows none of that number. */
  hashes: Map<bigint, Hex | undefined>;
}

/** Where a chain does not say what is final. */
const DEEP = 128n;

/** Asks a node, in one request, for what can be compared. Throws what viem throws. */
export async function readView(client: Client, numbers: readonly bigint[]): Promise<View> {
  const [chainId, head, final, ...hashes] = await Promise.all([
    getChainId(client),
    getBlock(client),
    getBlock(client, { blockTag: 'finalized' }).then(
      ({ number }) => number,
      () => undefined,
    ),
    ...numbers.map((number) => hashAt(client, number)),
  ]);
  const deep = head.number > DEEP ? head.number - DEEP : 0n;
  return {
    chainId,
    head,
    final: final ?? deep,
    hashes: new Map(numbers.map((number, i) => [number, hashes[i]])),
  };
}

async function hashAt(client: Client, blockNumber: bigint): Promise<Hex | undefined> {
  try {
    return (await getBlock(client, { blockNumber })).hash;
  } catch (error) {
    if (error instanceof BlockNotFoundError) return undefined;
    throw error;
  }
}

/** What a node has of some accounts at one block. */
export interface StateView {
  /** Of the block that it read. */
  hash: Hex | undefined;
  /** Balances and nonces, as text that is equal where they are. */
  state: string;
}

export async function readState(client: Client, accounts: readonly Address[], blockNumber: bigint): Promise<StateView> {
  const [hash, ...state] = await Promise.all([
    hashAt(client, blockNumber),
    ...accounts.flatMap((address) => [
      getBalance(client, { address, blockNumber }),
      getTransactionCount(client, { address, blockNumber }),
    ]),
  ]);
  return { hash, state: state.join(' ') };
}
