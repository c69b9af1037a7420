import { batchSettlementAbi, revenueVaultAbi } from '@oml/contracts/abis';
import type { Receipt } from '@oml/protocol/signed/receipt';
import type { Address, Hex } from 'viem';
import { KEYS, type TestChain } from '../../test-support/chain-fixture.ts';
import type { Use } from './buyers.ts';

export interface Books {
  calls: number;
  /** Uses with two receipts, parts of a payment that two uses were charged, and payments without any receipt. */
  doubleCharges: number;
  /** Receipts whose money is not booked. */
  lostVouchers: number;
  /** Uses that were charged and whose buyer has no receipt. */
  unreceipted: number;
  /** How far what the vault booked, and what buyers spent, are from what the receipts say; smallest unit. */
  moneyGap: bigint;
}

/**
 * What buyers hold against what the gateways answered, the vault booked and the buyers spent.
 *
 * @param answered uses that the gateways' own ledger calls answered
 * @param spent what left the buyers and does not lie in a channel of theirs, in the token's smallest unit
 */
export async function balance(
  chain: TestChain,
  vault: Address,
  uses: readonly Use[],
  answered: number,
  spent: bigint,
): Promise<Books> {
  const receipts = uses.flatMap((use) => [...use.receipts.values()]);
  const booked = new Map<Hex, bigint>();
  for (const { paymentRef, client } of receipts)
    if (!booked.has(paymentRef)) booked.set(paymentRef, await bookedOf(chain, vault, paymentRef, client));
  const sum = (amounts: Iterable<bigint>) => [...amounts].reduce((total, amount) => total + amount, 0n);
  const said = sum(receipts.map(({ amount }) => amount));
  const held = new Set(receipts.map(({ paymentRef, cumulative }) => `${paymentRef} ${cumulative}`));
  return {
    calls: uses.filter(({ receipts: given }) => given.size > 0).length,
    doubleCharges: uses.filter(({ receipts: given }) => given.size > 1).length + overlaps(receipts),
    lostVouchers: receipts.filter(({ paymentRef, cumulative }) => cumulative > booked.get(paymentRef)!).length,
    unreceipted: Math.max(0, answered - held.size),
    moneyGap: distance(sum(booked.values()), said) + distance(spent, said),
  };
}

const distance = (a: bigint, b: bigint) => (a > b ? a - b : b - a);

/** Receipts of one payment that claim the same part of it. */
function overlaps(receipts: readonly Receipt[]): number {
  const seen = new Set<string>();
  let found = 0;
  for (const { paymentRef, cumulative, requestNonce, queryHash } of receipts) {
    const part = `${paymentRef} ${cumulative}`;
    const whole = `${part} ${requestNonce} ${queryHash}`;
    if (seen.has(part) && !seen.has(whole)) found++;
    seen.add(part).add(whole);
  }
  return found;
}

export function bookedOf(chain: TestChain, vault: Address, paymentRef: Hex, client: Address): Promise<bigint> {
  return chain.as(KEYS.BUYER).publicClient.readContract({
    address: vault,
    abi: revenueVaultAbi,
    functionName: 'booked',
    args: [paymentRef, client],
  });
}

/** What channels hold and was not claimed. */
export async function heldBack(chain: TestChain, channelIds: readonly Hex[]): Promise<bigint> {
  const { publicClient, deployment } = chain.as(KEYS.BUYER);
  let held = 0n;
  for (const channelId of channelIds) {
    const [deposited, claimed] = await publicClient.readContract({
      address: deployment.contracts.batchSettlement,
      abi: batchSettlementAbi,
      functionName: 'channels',
      args: [channelId],
    });
    held += deposited - claimed;
  }
  return held;
}
