import type { Deployment } from '@oml/protocol/chain/deployment';
import { anchorProof, anchorTree } from '@oml/protocol/evidence/anchor';
import { unpaidUseHash } from '@oml/protocol/evidence/claim';
import { receiptDigest, type SignedReceipt } from '@oml/protocol/signed/receipt';
import { isBooked } from '@oml/sdk/booking';
import type { PublicClient } from 'viem';
import type { Address, Hex } from '#kit/hex.ts';
import { callOf, only, type Action, type Step } from './action.ts';
import { commitAndReveal } from './commit-and-reveal.ts';
import { contractsOf } from './contracts.ts';

/** An answer that was paid for: with the salt, its buyer alone can claim it. */
export interface PaidUse {
  signedReceipt: SignedReceipt;
  nonceSalt?: Hex;
}

/** What the chain says of a paid use: booked, anchored, claimed, and whether a claim's bond is there. */
export async function readUse(
  reader: PublicClient,
  deployment: Deployment,
  { signedReceipt: { receipt } }: PaidUse,
  claimant: Address,
) {
  const { court, parameters } = contractsOf(deployment);
  const digest = digestOf(deployment, receipt);
  const root = anchorTree([digest]).root as Hex;
  const [booked, anchoredAt, claim, balance, { rates, rules }] = await Promise.all([
    isBooked({ publicClient: reader, deployment }, receipt),
    reader.readContract({ ...court, functionName: 'anchoredAt', args: [root] }),
    reader.readContract({ ...court, functionName: 'claim', args: [digest] }),
    reader.readContract({ ...court, functionName: 'balanceOf', args: [claimant] }),
    reader.readContract({ ...parameters, functionName: 'values' }),
  ]);
  return { digest, isBooked: booked, isAnchored: anchoredAt > 0, isClaimed: claim.state > 0, balance, rates, rules };
}

export type UseFacts = Awaited<ReturnType<typeof readUse>>;

/** By which the court knows a receipt. */
export const digestOf = (deployment: Deployment, receipt: SignedReceipt['receipt']): Hex =>
  receiptDigest(receipt, { chainId: deployment.chainId, court: deployment.contracts.claimCourt });

/** So long after a time of a contract. */
export const after = (seconds: bigint, delay: number): Date => new Date((Number(seconds) + delay) * 1000);

/** What its buyer can do about a use that is not booked: prove its age in time, then contest it. */
export function useActions(
  reader: Pick<PublicClient, 'getBlockNumber'>,
  deployment: Deployment,
  { use, facts, claimant }: { use: PaidUse; facts: UseFacts; claimant: Address },
): Action[] {
  const { court } = contractsOf(deployment);
  const { receipt } = use.signedReceipt;
  const { digest, rules } = facts;
  if (facts.isBooked || facts.isClaimed || !use.nonceSalt) return [];
  if (!facts.isAnchored)
    return [
      {
        id: `use-anchor-${digest}`,
        rows: [5],
        title: 'Anchor the receipt',
        effect: 'Puts the receipt’s hash on chain, so that its age can be proven: without that it can’t be contested.',
        who: 'anyone',
        until: after(receipt.answeredAt, rules.anchorWindow),
        next: 'Contest it, if it is still not booked by then.',
        steps: only(callOf({ ...court, functionName: 'anchor', args: [anchorTree([digest]).root as Hex] })),
      },
    ];
  return [
    {
      id: `use-contest-${digest}`,
      rows: [5],
      title: 'Contest it',
      effect: 'Claims that this use was not paid: the host books it in time and pays a late fee, or is slashed.',
      who: { accounts: [claimant], word: 'who asked' },
      from: after(receipt.answeredAt, rules.claimMinAge),
      until: after(receipt.answeredAt, rules.claimMaxAge),
      next: 'The answer window runs; then anyone finalises the claim on its page.',
      steps: () => contestSteps(reader, deployment, { use, facts, claimant }),
    },
  ];
}

function contestSteps(
  reader: Pick<PublicClient, 'getBlockNumber'>,
  deployment: Deployment,
  { use, facts, claimant }: { use: PaidUse; facts: UseFacts; claimant: Address },
): Step[] {
  const { court } = contractsOf(deployment);
  const { digest, balance, rates } = facts;
  const tree = anchorTree([digest]);
  const signed = { ...use.signedReceipt, anchorRoot: tree.root as Hex, anchorProof: anchorProof(tree, digest) };
  const item = { signed, nonceSalt: use.nonceSalt! };
  return commitAndReveal(reader, deployment, {
    claimant,
    contentsHash: unpaidUseHash([digest]),
    balance,
    claimBond: rates.claimBond,
    reveal: (salt) => callOf({ ...court, functionName: 'revealUnpaidUse', args: [[item], salt] }),
  });
}
