import { batchSettlementAbi, revenueVaultAbi } from '@oml/contracts/abis';
import type { Chain } from '@oml/service/chain';
import type { Logger } from '@oml/service/logger';
import type { Address, Hex } from 'viem';
import {
  dropSighting,
  dueChannels,
  markCollected,
  noteCollected,
  putOff,
  sightedChannels,
} from '../channel/collection.ts';
import type { Channel } from '../channel/ledger.ts';
import { collectRowOf } from '../channel/refund.ts';
import type { ChannelWatch } from '../channel/watch.ts';
import type { GasAccount } from '../payment/gas-account.ts';
import type { GatewayStore } from '../store.ts';

export interface Collecting {
  chain: Pick<Chain, 'publicClient' | 'deployment'>;
  gas: GasAccount;
  store: GatewayStore;
  watch: Pick<ChannelWatch, 'forget'>;
  /** Blocks after which a booking counts as final. */
  settleDepth: number;
  /** A charge waits at most this long for others to be collected with it. */
  collectAfterMs: number;
  /** A channel that owes this much is collected at once; smallest unit. */
  collectAbove: bigint;
  /** Above this gas price, in wei, only what may wait no longer is collected; 0: whatever the price. */
  dearAbove: bigint;
  /** Hears of what was collected. */
  onCollected?: (collected: Collected) => void;
  logger: Logger;
}

/** Rows of one transaction. */
export interface Collected {
  vault: Address;
  channels: readonly Channel[];
  tx: Hex;
}

/** So long a charge may wait for cheaper gas: half of the day that is allowed. */
const LATEST_MS = 12 * 3_600_000;
const NEVER_ENOUGH = 2n ** 255n;

/** As many rows fit well into a block and into a node's limit on what is sent. */
const ROWS_AT_ONCE = 50;
/** Of one vault in one round, so that no vault keeps the others waiting. */
const MOST_OF_VAULT = 500;
/** A channel that holds less than it was charged is looked at again after so long. */
const RETRY_MS = 600_000;

/** How many of the channels that were due each vault's ledger did not have; undefined where that is not known. */
export type Missing = ReadonlyMap<Address, number | undefined>;

/**
 * Collects what was charged into the vaults and books it, many channels a transaction: by age, by value, at once where
 * a use is contested; while gas is dear only what may wait no longer. A withdrawal takes four times the longest age, so
 * it can't outrun that. What is due is asked of the vault's own ledger first, so that a round that was killed at any
 * instruction is taken up by the next; done is what no rollback reaches any more.
 */
export async function collectDue(collecting: Collecting): Promise<Missing> {
  const { chain, store, settleDepth } = collecting;
  const head = await chain.publicClient.getBlockNumber();
  for (const sighted of await sightedChannels(store, head - BigInt(settleDepth))) await lookAgain(collecting, sighted);
  // Side by side: a vault with much to look at, or whose transaction is stuck, is no other vault's business.
  const vaults = [...(await dueNow(collecting))].map(async ([vault, channels]) => {
    let missing: number | undefined;
    for (let i = 0; i < channels.length; i += ROWS_AT_ONCE)
      await collect(collecting, vault, channels.slice(i, i + ROWS_AT_ONCE), (count) => {
        missing = (missing ?? 0) + count;
      });
    return [vault, missing] as const;
  });
  return new Map(await Promise.all(vaults));
}

async function dueNow({ chain, store, collectAfterMs, collectAbove, dearAbove }: Collecting) {
  const [now, mostOfVault] = [Date.now(), MOST_OF_VAULT];
  const due = await dueChannels(store, { before: now - collectAfterMs, above: collectAbove, mostOfVault });
  if (due.size === 0 || dearAbove === 0n || (await chain.publicClient.getGasPrice()) <= dearAbove) return due;
  return dueChannels(store, { before: now - LATEST_MS, above: NEVER_ENOUGH, mostOfVault });
}

/** Sends what is not booked yet, and notes what is. A row that fails is reported by the vault and tried again. */
async function collect(
  collecting: Collecting,
  vault: Address,
  channels: Channel[],
  onMissing: (count: number) => void,
): Promise<void> {
  const { chain, gas, store, watch, logger } = collecting;
  const at = Date.now();
  try {
    const before = await bookedOf(chain, vault, channels);
    const unbooked = channels.filter(({ charged }, i) => before[i]! < charged);
    const missing = await held(chain, unbooked);
    onMissing(missing.length);
    const empty = unbooked.filter((channel) => !missing.includes(channel));
    await putOff(store, empty, at + RETRY_MS);
    if (missing.length > 0) {
      const { transactionHash: tx } = await gas.send({
        address: vault,
        abi: revenueVaultAbi,
        functionName: 'collectAndBook',
        args: [missing.map(collectRowOf)],
      });
      collecting.onCollected?.({ vault, channels: missing, tx });
      for (const { channelId } of missing) watch.forget(channelId);
    }
    const head = await chain.publicClient.getBlockNumber();
    const after = missing.length > 0 ? await bookedOf(chain, vault, channels) : before;
    for (const [i, { channelId, charged }] of channels.entries()) {
      if (after[i]! >= charged) await noteCollected(store, channelId, { total: charged, block: head, at });
      else logger.error({ channelId, charged: String(charged) }, 'a channel could not be collected; it is tried again');
    }
  } catch (error) {
    logger.warn({ err: error, vault }, 'collecting failed; it is tried again');
  }
}

/** A booking that was seen is looked at once more when it is final: a rollback may have dropped it. */
async function lookAgain({ chain, store, logger }: Collecting, sighted: Channel & { seen: bigint }): Promise<void> {
  const { channelId, config, seen } = sighted;
  const [booked] = await bookedOf(chain, config.receiver, [sighted]);
  if (booked! >= seen)
    return markCollected(store, channelId, { total: seen, block: await chain.publicClient.getBlockNumber() });
  logger.warn({ channelId }, 'a rollback dropped what was collected; it is collected again');
  await dropSighting(store, channelId);
}

/** Those whose channel holds what it was charged: a row that must fail is not sent, or each round would pay for it. */
async function held({ publicClient, deployment }: Collecting['chain'], channels: Channel[]): Promise<Channel[]> {
  const contract = { address: deployment.contracts.batchSettlement, abi: batchSettlementAbi } as const;
  const states = await Promise.all(
    channels.map(({ channelId }) =>
      publicClient.readContract({ ...contract, functionName: 'channels', args: [channelId] }),
    ),
  );
  return channels.filter(({ charged }, i) => states[i]![0] >= charged);
}

function bookedOf(
  { publicClient }: Collecting['chain'],
  vault: Address,
  channels: readonly { channelId: Hex; config: { payerAuthorizer: Address } }[],
): Promise<bigint[]> {
  return Promise.all(
    channels.map(({ channelId, config }) =>
      publicClient.readContract({
        address: vault,
        abi: revenueVaultAbi,
        functionName: 'booked',
        args: [channelId, config.payerAuthorizer],
      }),
    ),
  );
}
