import { batchSettlementAbi } from '@oml/contracts/abis';
import { isOmlError } from '@oml/protocol/error';
import { takeWithdrawalCall, withdrawCall } from '@oml/sdk/channel/leave';
import { balanceOf } from '@oml/sdk/channel/pay';
import type { ChannelRecord } from '@oml/sdk/channel/store';
import type { Chain } from '@oml/service/chain';

/** What became of a channel that is left past its host. */
export interface Withdrawn {
  /** Of the vault. */
  host: string;
  channelId: string;
  /** Smallest unit, as decimal text: what was asked for, or taken. */
  asked?: string;
  taken?: string;
  /** ISO time from when on what was asked for can be taken. */
  ripeAt?: string;
  tx?: string;
  why?: string;
}

/**
 * Takes the money of channels back past their hosts: asked for once, it can be taken after the channel's delay. What
 * receipts add up to stays for the host. The account pays the gas.
 */
export async function withdrawChannels(chain: Chain, kept: readonly ChannelRecord[]): Promise<Withdrawn[]> {
  const all: Withdrawn[] = [];
  for (const record of kept) {
    const of = { host: record.config.receiver, channelId: record.channelId };
    try {
      const done = await withdrawOne(chain, record);
      if (done) all.push({ ...of, ...done });
    } catch (error) {
      all.push({ ...of, why: isOmlError(error) || error instanceof Error ? error.message : String(error) });
    }
  }
  return all;
}

type Done = Omit<Withdrawn, 'host' | 'channelId' | 'why'>;

async function withdrawOne(chain: Chain, { channelId, config, charged }: ChannelRecord): Promise<Done | undefined> {
  const { publicClient, deployment, send } = chain;
  const pending = { address: deployment.contracts.batchSettlement, abi: batchSettlementAbi } as const;
  const [amount, initiatedAt] = await publicClient.readContract({
    ...pending,
    functionName: 'pendingWithdrawals',
    args: [channelId],
  });
  const isoAt = (seconds: number): string => new Date((seconds + config.withdrawDelay) * 1_000).toISOString();
  if (initiatedAt === 0) {
    const left = (await balanceOf(chain, channelId)) - charged;
    if (left <= 0n) return undefined;
    const { transactionHash: tx, blockNumber } = await send(withdrawCall(deployment, config, left));
    const { timestamp } = await publicClient.getBlock({ blockNumber });
    return { asked: String(left), ripeAt: isoAt(Number(timestamp)), tx };
  }
  const { timestamp: now } = await publicClient.getBlock();
  if (now < BigInt(initiatedAt + config.withdrawDelay)) return { asked: String(amount), ripeAt: isoAt(initiatedAt) };
  const before = await balanceOf(chain, channelId);
  const { transactionHash: tx } = await send(takeWithdrawalCall(deployment, config));
  return { taken: String(before - (await balanceOf(chain, channelId))), tx };
}
