import { OmlError } from '@oml/protocol/error';
import type { Chain } from '@oml/service/chain';
import type { Logger } from '@oml/service/logger';
import { formatEther, type Address } from 'viem';
import { oldestUncollected } from '../channel/collection.ts';
import { oldestUnbooked } from '../payment/ledger.ts';
import { costOf } from '../payment/transaction-cost.ts';
import type { GatewayStore } from '../store.ts';
import { BOOK_WITHIN_MS, isLate } from './backlog.ts';
import { BOOK_EXACT_USES } from './book-exact.ts';

/** May anything be sold now? As of the last look, so that asking costs nothing. */
export interface Sales {
  /**
   * Throws GAS_EMPTY, BOOKING_BEHIND or UNAVAILABLE, all retryable, where no new payment may be taken; what was paid
   * before is answered all the same.
   */
  check(): void;
  look(): Promise<void>;
}

export interface Selling {
  chain: Pick<Chain, 'publicClient'>;
  store: GatewayStore;
  gas: { address: Address };
  logger: Logger;
}

/** An account that can't pay for so many bookings counts as empty: what is sold must be collected, too. */
const CALLS_KEPT = 20n;
/** When clients may come again. */
const COME_AGAIN_S = 60;

/**
 * A host that can't pay for booking, or is behind with it, would sell what costs its bond tomorrow. So it stops before.
 */
export function createSales({ chain, store, gas, logger }: Selling): Sales {
  let refusal: OmlError | undefined;

  async function refusalOf(): Promise<OmlError | undefined> {
    const unsynced = await store.synced().then(() => undefined, storeFails);
    if (unsynced) return unsynced;
    const [balance, booking, ...oldest] = await Promise.all([
      chain.publicClient.getBalance({ address: gas.address }),
      costOf(chain, BOOK_EXACT_USES),
      oldestUnbooked(store),
      oldestUncollected(store),
    ]);
    const needed = CALLS_KEPT * booking;
    if (balance < needed) return gasEmpty(gas.address, needed - balance);
    const since = Math.min(...oldest.filter((at) => at !== undefined));
    return isLate(since, Date.now()) ? bookingBehind(since + BOOK_WITHIN_MS) : undefined;
  }

  return {
    check() {
      if (refusal) throw refusal;
    },
    async look() {
      const before = refusal?.code;
      refusal = await refusalOf();
      if (refusal && refusal.code !== before) logger.error({ err: refusal }, 'nothing is sold until this is mended');
      if (!refusal && before) logger.info({ before }, 'sales go on');
    },
  };
}

const gasEmpty = (gasAccount: Address, missing: bigint): OmlError =>
  new OmlError(
    'GAS_EMPTY',
    `The host's gas account ${gasAccount} lacks ${formatEther(missing)} of its chain's coin to book what it sells. ` +
      'Nothing was paid: come again when the host has filled it.',
    { retryable: true, details: { gasAccount, missing: String(missing), retryAfter: COME_AGAIN_S } },
  );

const storeFails = (cause: unknown): OmlError =>
  new OmlError('UNAVAILABLE', 'The disk of the host does not confirm what it writes. Nothing was paid: come later.', {
    retryable: true,
    details: { retryAfter: COME_AGAIN_S },
    cause,
  });

const bookingBehind = (bookBy: number): OmlError =>
  new OmlError(
    'BOOKING_BEHIND',
    'The host is behind with booking what it sold and takes no new payments until it has caught up. ' +
      'Nothing was paid: come again later.',
    { retryable: true, details: { bookBy: new Date(bookBy).toISOString(), retryAfter: COME_AGAIN_S } },
  );
