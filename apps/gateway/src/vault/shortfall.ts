import { devDollarAbi, revenueVaultAbi } from '@oml/contracts/abis';
import { formatDollars } from '@oml/protocol/money';
import type { Sender } from '@oml/program/sender';
import type { Chain } from '@oml/service/chain';
import type { Logger } from '@oml/service/logger';
import type { Address, Hex } from 'viem';

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

/** How much of a total is not booked. */
export async function shortfallOf(
  { publicClient }: Payer['chain'],
  { vault, paymentRef, client, total }: DueTotal,
): Promise<bigint> {
  const booked = await publicClient.readContract({
    address: vault,
    abi: revenueVaultAbi,
    functionName: 'booked',
    args: [paymentRef, client],
  });
  return total > booked ? total - booked : 0n;
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
 * others get their share, too.
 */
export function createPurse({ limit, logger, ...payer }: Payer & { limit: bigint; logger: Logger }): Purse {
  let spent: { at: number; amount: bigint }[] = [];
  return {
    async pay(due) {
      const amount = await shortfallOf(payer.chain, due);
      if (amount === 0n) return;
      spent = spent.filter(({ at }) => at > Date.now() - DAY_MS);
      const left = limit - spent.reduce((sum, { amount }) => sum + amount, 0n);
      const facts = { paymentRef: due.paymentRef, shortfall: formatDollars(amount) };
      if (amount > left) {
        logger.error(facts, 'a use is unpaid and its shortfall beyond SHORTFALL_LIMIT; the shortfall command pays it');
        return;
      }
      spent.push({ at: Date.now(), amount });
      logger.warn({ ...facts, tx: await payShortfall(payer, due, amount) }, 'paid a shortfall out of our own pocket');
    },
  };
}
