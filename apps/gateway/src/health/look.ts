import { isOmlError } from '@oml/protocol/error';
import type { Chain } from '@oml/service/chain';
import type { Address, Hex } from 'viem';
import { openContests } from '../court/contests.ts';
import { openDisguises } from '../court/disguises.ts';
import type { CheckStanding } from '../license/standing.ts';
import { costOf } from '../payment/transaction-cost.ts';
import type { GatewayStore } from '../store.ts';
import { readBacklog, type Backlog } from '../vault/backlog.ts';
import { BOOK_EXACT_USES } from '../vault/book-exact.ts';

/** How a gateway stands: what its operator should know. */
export interface Look {
  gas: { account: Address } & GasLeft;
  backlog: Backlog;
  /** Claims that have not ended. */
  contests: Hex[];
  /** `why` says why nothing is sold under a license. */
  standing: { model: string; licenseId: bigint; why: string | undefined }[];
}

export interface GasLeft {
  /** In wei. */
  balance: bigint;
  /** Bookings that it pays for at the present gas price. */
  bookings: number;
}

export interface Looking {
  chain: Pick<Chain, 'publicClient'>;
  store: GatewayStore;
  gas: { address: Address };
  models: readonly { model: string; licenseId: bigint }[];
  checkStanding: CheckStanding;
}

/** Below so many bookings the gas account should be filled up. */
export const FEW_BOOKINGS = 200;

/** What an account has for gas. */
export async function readGasLeft(chain: Looking['chain'], address: Address): Promise<GasLeft> {
  const [balance, one] = await Promise.all([
    chain.publicClient.getBalance({ address }),
    costOf(chain, BOOK_EXACT_USES),
  ]);
  return { balance, bookings: one === 0n ? Number.MAX_SAFE_INTEGER : Number(balance / one) };
}

/** Looks once; what a chain that does not answer leaves unknown is thrown. */
export async function look({ chain, store, gas, models, checkStanding }: Looking): Promise<Look> {
  const [left, backlog, contests, disguises, standing] = await Promise.all([
    readGasLeft(chain, gas.address),
    readBacklog(store),
    openContests(store),
    openDisguises(store),
    Promise.all(
      models.map(async ({ model, licenseId }) => ({ model, licenseId, why: await whyNot(checkStanding, licenseId) })),
    ),
  ]);
  return {
    gas: { account: gas.address, ...left },
    backlog,
    contests: [...contests, ...disguises].map(({ claimId }) => claimId),
    standing,
  };
}

/** Why nothing is sold under a license; undefined where it is. */
export const whyNot = (checkStanding: CheckStanding, licenseId: bigint): Promise<string | undefined> =>
  checkStanding(licenseId).then(
    () => undefined,
    (error: unknown) => {
      if (isOmlError(error)) return error.message;
      throw error;
    },
  );
