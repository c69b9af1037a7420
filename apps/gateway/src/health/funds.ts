import { devDollarAbi } from '@oml/contracts/abis';
import { OmlError } from '@oml/protocol/error';
import { formatDollars } from '@oml/protocol/money';
import type { Chain } from '@oml/service/chain';
import type { Offer, Say } from '@oml/service/license';
import { formatEther, type Address } from 'viem';
import { bondOf } from '../license/host-account.ts';
import { FEW_BOOKINGS } from './look.ts';
import { costOf, type Uses } from '../payment/transaction-cost.ts';
import { BOOK_EXACT_USES } from '../vault/book-exact.ts';

/** What taking a license costs its account: about ten transactions. */
const LICENSE_USES: Uses = { gas: 3_000_000n, bytes: 6_000 };

/** What an account lacks, in words that say what to do; undefined where it has enough. */
export async function etherLack(
  chain: Pick<Chain, 'publicClient'>,
  who: string,
  account: Address,
  uses: Uses,
): Promise<string | undefined> {
  const [has, needs] = await Promise.all([chain.publicClient.getBalance({ address: account }), costOf(chain, uses)]);
  if (has >= needs) return undefined;
  const [held, wanted] = [formatEther(has), formatEther(needs)];
  return `The ${who} ${account} holds ${held} ETH and needs about ${wanted} for gas: send it ${formatEther(needs - has)} ETH.`;
}

/** What the gas account should hold. */
export const gasLack = (chain: Pick<Chain, 'publicClient'>, gas: Address): Promise<string | undefined> =>
  etherLack(chain, 'gas account', gas, {
    gas: BigInt(FEW_BOOKINGS) * BOOK_EXACT_USES.gas,
    bytes: FEW_BOOKINGS * BOOK_EXACT_USES.bytes,
  });

/**
 * Looks before anything is spent whether the host account can take a license on these terms. Throws GAS_TOO_LOW or
 * BOND_TOO_LOW with everything that is lacking; what the gas account lacks is only said.
 */
export async function checkFunds(
  chain: Chain,
  { offer, gas }: { offer: Offer; gas: Address | undefined },
  say: Say,
): Promise<void> {
  const { publicClient, deployment } = chain;
  const host = chain.account!.address;
  const token = { address: deployment.contracts.token, abi: devDollarAbi } as const;
  const [ether, { missing }, holds, gasSays] = await Promise.all([
    etherLack(chain, 'host account', host, LICENSE_USES),
    bondOf(chain, host, offer.bond),
    publicClient.readContract({ ...token, functionName: 'balanceOf', args: [host] }),
    gas && gasLack(chain, gas),
  ]);
  if (gasSays) say(`gas: ${gasSays}`);
  const due = missing + offer.leakBond;
  const dollars =
    holds < due
      ? `The host account ${host} holds $${formatDollars(holds)} and needs $${formatDollars(due)} for its bonds: send it $${formatDollars(due - holds)} (token ${token.address}).`
      : undefined;
  const lacks = [ether, dollars].filter((sentence) => sentence !== undefined);
  if (lacks.length === 0) return;
  throw new OmlError(ether ? 'GAS_TOO_LOW' : 'BOND_TOO_LOW', [...lacks, gasSays].filter(Boolean).join(' '), {
    details: { account: host },
  });
}
