import { devDollarAbi, revenueVaultAbi } from '@oml/contracts/abis';
import { formatDollars } from '@oml/protocol/money';
import type { Sender } from '@oml/program/sender';
import type { Chain } from '@oml/service/chain';
import type { Logger } from '@oml/service/logger';
import type { Address, Hex } from 'viem';
import type { GatewayStore } from '../store.ts';

/** What a vault should have booked for a client's payment. */
export interface DueTotal {
  vault: Address;
  paymentRef: Hex;
  client: Address;
  total: bigint;
}

/** Who pays shortfalls out of its own pocket. */
export interface Payer {
  chain: Pick<Chain, 'publicClient' | 'deployment'>;
  gas: Pick<Sender, 'send'>;
}

/** What a vault has booked for a client's payment. */
export function bookedOf(
  { publicClient }: Payer['chain'],
  { vault, paymentRef, client }: Omit<DueTotal, 'total'>,
): Promise<bigint> {
  const booked = { address: vault, abi: revenueVaultAbi, functionName: 'booked', args: [paymentRef, client] } as const;
  return publicClient.readContract(booked);
}

/** How much of a total is not booked. */
export async function shortfallOf(chain: Payer['chain'], due: DueTotal): Promise<bigint> {
  const booked = await bookedOf(chain, due);
  return due.total > booked ? due.total - booked : 0n;
}

/** Books a total and pays what is lacking: at most `amount`, which is all that the vault may take. */
export async function payShortfall(
  { chain, gas }: Payer,
  { vault, paymentRef, client, total }: DueTotal,
  amount: bigint,
): Promise<Hex> {
  const { token } = chain.deployment.contracts;
  await gas.send({ address: token, abi: devDollarAbi, functionName: 'approve', args: [vault, amount] });
  const call = { address: vault, abi: revenueVaultAbi, functionName: 'bookShortfall' };
  return (await gas.send({ ...call, args: [paymentRef, client, total] })).transactionHash;
}

const DAY_MS = 24 * 3600 * 1000;

/** Pays shortfalls as long as those of the last 24 hours stay within a limit. */
export interface Purse {
  pay(due: DueTotal): Promise<void>;
}

/**
 * A limit, because who holds a leaked signer key can make up totals: they come out of this pocket into a vault of which
 * others get their share, too. What was given stands in the store before it is sent, so that neither a restart nor a
 * second gateway on the same store gives it again.
 */
export function createPurse({
  store,
  limit,
  logger,
  ...payer
}: Payer & { store: GatewayStore; limit: bigint; logger: Logger }): Purse {
  /** Counts it against the limit, unless it is counted already; false, and nothing counted, where it is too much. */
  async function isAllowed(due: DueTotal, amount: bigint): Promise<boolean> {
    const now = Date.now();
    const { paymentRef, client, total } = due;
    const row = { payment_ref: paymentRef, client, total: String(total), amount: String(amount), spent_at: now };
    await store.db
      .deleteFrom('shortfall')
      .where('spent_at', '<=', now - DAY_MS)
      .execute();
    // First counted, then added up: of two gateways that spend at once neither overlooks the other.
    const counted = await store.db
      .insertInto('shortfall')
      .values(row)
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    if (counted.numInsertedOrUpdatedRows === 0n) return true;
    const rows = await store.db.selectFrom('shortfall').select('amount').execute();
    if (rows.reduce((sum, { amount: each }) => sum + BigInt(each), 0n) <= limit) return true;
    await store.db
      .deleteFrom('shortfall')
      .where('payment_ref', '=', paymentRef)
      .where('client', '=', client)
      .where('total', '=', row.total)
      .execute();
    return false;
  }

  return {
    async pay(due) {
      const amount = await shortfallOf(payer.chain, due);
      if (amount === 0n) return;
      const facts = { paymentRef: due.paymentRef, shortfall: formatDollars(amount) };
      if (!(await isAllowed(due, amount))) {
        logger.error(facts, 'a use is unpaid and its shortfall beyond SHORTFALL_LIMIT; the shortfall command pays it');
        return;
      }
      logger.warn({ ...facts, tx: await payShortfall(payer, due, amount) }, 'paid a shortfall out of our own pocket');
    },
  };
}
