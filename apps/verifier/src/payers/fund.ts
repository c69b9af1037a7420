import { devDollarAbi, parametersAbi } from '@oml/contracts/abis';
import { coinTo } from '@oml/program/sender';
import { OmlError } from '@oml/protocol/error';
import { connectChain, type Chain } from '@oml/service/chain';
import type { Address } from 'viem';
import type { Accounts } from './accounts.ts';
import type { Hop, Plan } from './plan.ts';

/** What a transfer of the token takes at most, with something to spare. */
const TRANSFER_GAS = 80_000n;

/** Where the money of payers comes from, and how to reach the chain for its accounts. */
export interface FundingParts {
  rpcUrl: string;
  deployment: Chain['deployment'];
  /** The purse: its tokens and its coins for gas go to the hops. */
  source: Chain;
  accounts: Accounts;
}

/** Brings money from the purse to payers, by hops. Every transfer looks first: doing it again sends nothing twice. */
export type Funding = ReturnType<typeof fundingOf>;

export function fundingOf({ rpcUrl, deployment, source, accounts }: FundingParts) {
  const { publicClient } = source;
  const token = { address: deployment.contracts.token, abi: devDollarAbi } as const;
  const hops = new Map<Address, Chain>();

  const balanceOf = (address: Address) =>
    publicClient.readContract({ ...token, functionName: 'balanceOf', args: [address] });

  /** A hop that can send; what it sent before a crash is in a block first. */
  async function hopAt(number: number): Promise<Chain> {
    const { address } = accounts.at(number);
    const known = hops.get(address);
    if (known) return known;
    const hop = connectChain({ rpcUrl, deployment, key: accounts.keyOf(number) });
    await hop.settled();
    hops.set(address, hop);
    return hop;
  }

  async function raise(to: Address, amount: bigint, from: Chain): Promise<void> {
    const lacking = amount - (await balanceOf(to));
    if (lacking > 0n) await from.send({ ...token, functionName: 'transfer', args: [to, lacking] });
  }

  /** Gas for so many transfers, at twice the price of now. */
  async function raiseGas(to: Address, transfers: number): Promise<void> {
    const needed = BigInt(transfers) * TRANSFER_GAS * (await gasPrice());
    if ((await publicClient.getBalance({ address: to })) >= needed) return;
    await source.send(coinTo(to, 2n * needed));
  }

  const gasPrice = async () => {
    const { maxFeePerGas } = await publicClient.estimateFeesPerGas();
    return maxFeePerGas;
  };

  /** A payer is paid once: nobody spends before all are funded. */
  async function fundHop(plan: Plan, first: number, at: number, waited: number): Promise<boolean> {
    const number = first + at;
    const payers = [...plan.payers.entries()].filter(([, payer]) => payer.hop === at);
    const open: [Address, Hop][] = [];
    for (const [seat, payer] of payers) {
      const { address } = accounts.at(first + plan.hops.length + seat);
      if ((await balanceOf(address)) < payer.amount) open.push([address, payer]);
    }
    const due = open.filter(([, payer]) => payer.fundedAt <= waited);
    const { address } = accounts.at(number);
    // A hop is used once: what it needed to send is not kept for weeks.
    if (open.length === 0) hops.delete(address);
    if (open.length === 0 || plan.hops[at]!.fundedAt > waited) return open.length === 0;
    const hop = await hopAt(number);
    const left = open.reduce((sum, [, { amount }]) => sum + amount, 0n);
    await raise(address, left, source);
    await raiseGas(address, open.length);
    for (const [payer, { amount }] of due) await raise(payer, amount, hop);
    return due.length === open.length;
  }

  return {
    address: source.account!.address,

    /** How many payers a round may have: gas of more would cost more than a pool pays for a batch. */
    async mostPayers(ethPrice: bigint): Promise<number> {
      const parameters = { address: deployment.contracts.parameters, abi: parametersAbi } as const;
      const { poolCap: cap } = (await publicClient.readContract({ ...parameters, functionName: 'values' })).rates;
      // A payer is one transfer, and its share of a hop's two.
      const wei = ((await gasPrice()) * TRANSFER_GAS * 3n) / 2n;
      const cost = (wei * ethPrice) / 10n ** 18n;
      return cost === 0n ? Number.MAX_SAFE_INTEGER : Math.max(1, Number(cap / cost));
    },

    /** Throws UNAVAILABLE (retryable: money may be on its way). */
    async checkPurse(hops: readonly Hop[]): Promise<void> {
      const needed = hops.reduce((sum, { amount }) => sum + amount, 0n);
      const held = await balanceOf(source.account!.address);
      if (held >= needed) return;
      const message = `The purse ${source.account!.address} holds ${held}, and the payers of this audit need ${needed}.`;
      throw new OmlError('UNAVAILABLE', message, { retryable: true, details: { held: String(held) } });
    },

    /** Makes the transfers that are due `waited` ms after the beginning; resolves to whether that was all. */
    async fund(plan: Plan, first: number, waited: number): Promise<boolean> {
      const done = await Promise.all(plan.hops.map((_, hop) => fundHop(plan, first, hop, waited)));
      return done.every(Boolean);
    },
  };
}
