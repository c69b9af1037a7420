import { batchSettlementAbi } from '@oml/contracts/abis';
import type { Chain } from '@oml/service/chain';
import { trueLogs } from '@oml/service/true-logs';
import type { Hex } from 'viem';

/** A channel as the chain has it. */
export interface ChannelState {
  /** What was deposited and has not left: in blocks that are final and in the newest, whichever is less. */
  balance: bigint;
  totalClaimed: bigint;
  /** Unix seconds; 0 where no withdrawal is pending. */
  withdrawRequestedAt: number;
  refundNonce: bigint;
}

/** Knows channels as of the newest block without asking for each call. */
export interface ChannelWatch {
  stateOf(channelId: Hex): Promise<ChannelState>;
  /** What is known without a look; undefined where the chain would have to be asked. */
  knownOf(channelId: Hex): ChannelState | undefined;
  /** What is known of a channel is read anew: we changed it. */
  forget(channelId: Hex): void;
  /** Looks which channels changed since the last look. */
  look(): Promise<void>;
}

export interface Watching {
  chain: Pick<Chain, 'publicClient' | 'deployment' | 'nodes'>;
  /** Blocks after which a deposit counts. */
  settleDepth: number;
}

/** Without a look for so long, nothing that is known counts: every call reads the chain itself. */
const BLIND_AFTER_MS = 5_000;
/** A gap this wide is not read through. */
const MOST_BLOCKS = 500n;
/** Keeps memory bounded, whoever opens channels. */
const MOST_KNOWN = 100_000;

/**
 * Reads a channel once, and again after an event of it or a rollback. A state that was being read while it looked is
 * not kept, nor one with a deposit that is not final.
 */
export function createChannelWatch({ chain, settleDepth }: Watching): ChannelWatch {
  const { publicClient, deployment } = chain;
  const contract = { address: deployment.contracts.batchSettlement, abi: batchSettlementAbi } as const;
  const readLogs = trueLogs(chain, { addresses: [contract.address], topics: [] });
  const known = new Map<Hex, ChannelState>();
  /** The newest read of each channel that is being read. */
  const reading = new Map<Hex, object>();
  let lookedAt = 0;
  let last: { number: bigint; hash: Hex } | undefined;
  let changes = 0;

  async function read(channelId: Hex): Promise<{ state: ChannelState; isFinal: boolean }> {
    const args = [channelId] as const;
    const [[newest, totalClaimed], [, requestedAt], refundNonce, deep] = await Promise.all([
      publicClient.readContract({ ...contract, functionName: 'channels', args }),
      publicClient.readContract({ ...contract, functionName: 'pendingWithdrawals', args }),
      publicClient.readContract({ ...contract, functionName: 'refundNonce', args }),
      settleDepth > 1 ? balanceBelow(args) : undefined,
    ]);
    const balance = deep !== undefined && deep < newest ? deep : newest;
    const state = { balance, totalClaimed, withdrawRequestedAt: Number(requestedAt), refundNonce };
    return { state, isFinal: balance === newest };
  }

  async function balanceBelow(args: readonly [Hex]): Promise<bigint> {
    const blockNumber = (await publicClient.getBlockNumber()) - BigInt(settleDepth - 1);
    if (blockNumber < 0n) return 0n;
    const [balance] = await publicClient.readContract({ ...contract, functionName: 'channels', args, blockNumber });
    return balance;
  }

  /** Does the chain that was read still stand, and is it near enough to be read on? */
  async function goesOn(head: bigint): Promise<boolean> {
    if (!last || head < last.number || head - last.number > MOST_BLOCKS) return false;
    const { hash } = await publicClient.getBlock({ blockNumber: last.number });
    return hash === last.hash;
  }

  const isBlind = () => Date.now() - lookedAt > BLIND_AFTER_MS;

  return {
    knownOf: (channelId) => (isBlind() ? undefined : known.get(channelId)),
    async stateOf(channelId) {
      if (isBlind()) return (await read(channelId)).state;
      const state = known.get(channelId);
      if (state) return state;
      const before = changes;
      const mine = {};
      reading.set(channelId, mine);
      try {
        const fresh = await read(channelId);
        if (changes === before && reading.get(channelId) === mine && fresh.isFinal) {
          if (known.size >= MOST_KNOWN) known.clear();
          known.set(channelId, fresh.state);
        }
        return fresh.state;
      } finally {
        if (reading.get(channelId) === mine) reading.delete(channelId);
      }
    },
    forget(channelId) {
      reading.delete(channelId);
      known.delete(channelId);
    },
    async look() {
      const { number, hash } = await publicClient.getBlock();
      const from = (await goesOn(number)) ? last!.number + 1n : undefined;
      changes++;
      if (from === undefined) known.clear();
      else if (from <= number) {
        const logs = await readLogs({ fromBlock: from, toBlock: number });
        for (const { topics } of logs) if (topics[1]) known.delete(topics[1]);
      }
      last = { number, hash };
      lookedAt = Date.now();
    },
  };
}
