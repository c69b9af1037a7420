import type { Chain } from '@oml/service/chain';
import type { Logger } from '@oml/service/logger';
import { collectedChannels, stillCollected, uncollect, type CollectedChannel } from '../channel/collection.ts';
import { openContests } from '../court/contests.ts';
import { bookedPayments, stillBooked, unbook, type Payment } from '../payment/ledger.ts';
import type { GatewayStore } from '../store.ts';
import {
  checkpointsOf,
  dropCheckpoints,
  keepCheckpoint,
  newestCheckpoint,
  stands,
  type Checkpoint,
} from './checkpoints.ts';
import { bookedOf } from './shortfall.ts';

export interface Noticing {
  chain: Pick<Chain, 'publicClient' | 'deployment'>;
  store: GatewayStore;
  logger: Logger;
}

/** So many are looked up in one request. */
const AT_ONCE = 50;

/**
 * Notices that the chain dropped blocks since the last look, however many, also while this gateway was down: what was
 * seen booked in them is looked up in the vaults' ledgers, where it is missing it is due again, and what was read of
 * them is read again. A node that lags says nothing.
 */
export async function noticeRollback(noticing: Noticing): Promise<void> {
  const { chain, store, logger } = noticing;
  const { publicClient } = chain;
  const newest = await newestCheckpoint(store);
  const [head, isThere] = await Promise.all([publicClient.getBlock(), newest && stands(publicClient, newest)]);
  if (newest && isThere === undefined) return;
  if (isThere === false) {
    const below = await newestStanding(noticing);
    logger.warn(
      { below: String(below) },
      'the chain dropped blocks that were seen; what was booked in them is looked up',
    );
    await lookUpAbove(noticing, below);
    await readAgain(store, below);
    await dropCheckpoints(store, below);
  }
  if (head.number !== newest?.number || !isThere) await keepCheckpoint(store, head);
}

/** Number of the newest block that was seen and is still there; −1 where none is. */
async function newestStanding({ chain, store }: Noticing): Promise<bigint> {
  const checkpoints: Checkpoint[] = await checkpointsOf(store);
  // Below a block that stands all do.
  let [from, to] = [0, checkpoints.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (await stands(chain.publicClient, checkpoints[middle]!)) to = middle;
    else from = middle + 1;
  }
  return checkpoints[from]?.number ?? -1n;
}

async function lookUpAbove(noticing: Noticing, above: bigint): Promise<void> {
  const { chain, store } = noticing;
  const { payments, channels } = await lookUp(noticing, {
    payments: await bookedPayments(store, { above }),
    channels: await collectedChannels(store, { above }),
  });
  // Asked for after they were seen there: they stand in blocks up to this one.
  const head = await chain.publicClient.getBlockNumber();
  for (const { paymentRef } of payments) await stillBooked(store, paymentRef, head);
  for (const { channelId } of channels) await stillCollected(store, channelId, head);
}

/** What is followed log by log goes on above that block. */
async function readAgain({ db }: GatewayStore, below: bigint): Promise<void> {
  const next = Number(below) + 1;
  await db.updateTable('cursor').set({ next_block: next }).where('next_block', '>', next).execute();
}

/**
 * Looks at what is contested and counts as booked for good: where the vault's ledger does not show it, it is due again,
 * before anything is paid for it.
 */
export async function lookAtContested(noticing: Noticing): Promise<void> {
  const { store } = noticing;
  const contests = await openContests(store);
  const refs = [...new Set(contests.flatMap(({ receipts }) => receipts.map(({ paymentRef }) => paymentRef)))];
  if (refs.length === 0) return;
  await lookUp(noticing, {
    payments: await bookedPayments(store, { refs }),
    channels: await collectedChannels(store, { ids: refs }),
  });
}

/** What an earlier look took for booked for good. */
interface Booked {
  payments: readonly Payment[];
  channels: readonly CollectedChannel[];
}

/** Asks the vaults' ledgers for it: what they do not show any more is due again. Resolves to what they do show. */
async function lookUp(noticing: Noticing, { payments, channels }: Booked): Promise<Booked> {
  const areThere = await Promise.all([
    inTurn(payments, (payment) => isStillBooked(noticing, payment)),
    inTurn(channels, (channel) => isStillCollected(noticing, channel)),
  ]);
  return {
    payments: payments.filter((_, i) => areThere[0][i]),
    channels: channels.filter((_, i) => areThere[1][i]),
  };
}

async function inTurn<Item>(items: readonly Item[], look: (item: Item) => Promise<boolean>): Promise<boolean[]> {
  const looked: boolean[] = [];
  for (let i = 0; i < items.length; i += AT_ONCE)
    looked.push(...(await Promise.all(items.slice(i, i + AT_ONCE).map(look))));
  return looked;
}

async function isStillBooked({ chain, store, logger }: Noticing, { paymentRef, authorization }: Payment) {
  const { from: client, to: vault, value } = authorization;
  if ((await bookedOf(chain, { vault, paymentRef, client })) >= value) return true;
  logger.warn({ paymentRef }, 'a rollback dropped a booking that counted as final; it is sent again');
  await unbook(store, paymentRef);
  return false;
}

async function isStillCollected({ chain, store, logger }: Noticing, { channelId, config, booked }: CollectedChannel) {
  const use = { vault: config.receiver, paymentRef: channelId, client: config.payerAuthorizer };
  const shown = await bookedOf(chain, use);
  if (shown >= booked) return true;
  logger.warn({ channelId }, 'a rollback dropped a collection that counted as final; it is collected again');
  await uncollect(store, channelId, shown);
  return false;
}
