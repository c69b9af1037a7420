import type { Deployment } from '@oml/protocol/chain/deployment';
import { anchorProof, anchorTree } from '@oml/protocol/evidence/anchor';
import { claimIdOf, equivocationHash } from '@oml/protocol/evidence/claim';
import { chargesSameMoney } from '@oml/protocol/evidence/equivocation';
import { shortHex } from '@oml/ui/short-hex';
import { zeroHash, type PublicClient } from 'viem';
import type { Address, Hex } from '#kit/hex.ts';
import { callOf, only, type Action } from './action.ts';
import { commitAndReveal } from './commit-and-reveal.ts';
import { contractsOf } from './contracts.ts';
import { after, digestOf, type PaidUse } from './use-actions.ts';

/** Two paid uses that charge the same money. */
export type Pair = readonly [PaidUse, PaidUse];

/** Pairs among somebody's uses whose receipts charge the same money for different ones. */
export const findEquivocations = (uses: readonly PaidUse[]): Pair[] =>
  uses.flatMap((first, i) =>
    uses
      .slice(i + 1)
      .filter((second) => chargesSameMoney(first.signedReceipt.receipt, second.signedReceipt.receipt))
      .map((second) => [first, second] as const),
  );

/** What the chain says of a pair: who of both is accused, whether both are anchored, and whether it was claimed. */
export async function readEquivocation(
  reader: Pick<PublicClient, 'readContract'>,
  deployment: Deployment,
  [first, second]: Pair,
  claimant: Address,
) {
  const { court, parameters } = contractsOf(deployment);
  const digests = [first, second].map(({ signedReceipt }) => digestOf(deployment, signedReceipt.receipt));
  // The one with the larger digest is accused.
  const isFirst = BigInt(digests[0]!) > BigInt(digests[1]!);
  const [accused, witness] = isFirst ? [first, second] : [second, first];
  const [accusedDigest, witnessDigest] = isFirst ? [digests[0]!, digests[1]!] : [digests[1]!, digests[0]!];
  const tree = anchorTree([accusedDigest, witnessDigest]);
  const claimId = claimIdOf([accusedDigest, witnessDigest]);
  const [anchoredAt, claim, balance, { rates, rules }] = await Promise.all([
    reader.readContract({ ...court, functionName: 'anchoredAt', args: [tree.root as Hex] }),
    reader.readContract({ ...court, functionName: 'claim', args: [claimId] }),
    reader.readContract({ ...court, functionName: 'balanceOf', args: [claimant] }),
    reader.readContract({ ...parameters, functionName: 'values' }),
  ]);
  const evidenceOf = ({ signedReceipt, nonceSalt = zeroHash }: PaidUse, digest: Hex) => ({
    signed: { ...signedReceipt, anchorRoot: tree.root as Hex, anchorProof: anchorProof(tree, digest) },
    nonceSalt,
  });
  return {
    claimId,
    root: tree.root as Hex,
    accused: evidenceOf(accused, accusedDigest),
    witness: evidenceOf(witness, witnessDigest),
    contentsHash: equivocationHash(accusedDigest, witnessDigest),
    isAnchored: anchoredAt > 0,
    isClaimed: claim.state > 0,
    canOpen: first.nonceSalt !== undefined || second.nonceSalt !== undefined,
    balance,
    rates,
    rules,
  };
}

export type EquivocationFacts = Awaited<ReturnType<typeof readEquivocation>>;

/** What a buyer can do about a host that charged the same money twice: prove how old both receipts are, then accuse. */
export function equivocationActions(
  reader: Pick<PublicClient, 'getBlockNumber'>,
  deployment: Deployment,
  { facts, claimant }: { facts: EquivocationFacts; claimant: Address },
): Action[] {
  const { court } = contractsOf(deployment);
  const { claimId, root, accused, witness, rules, balance, rates } = facts;
  if (facts.isClaimed || !facts.canOpen) return [];
  const answered = [accused, witness].map(({ signed }) => signed.receipt.answeredAt);
  const [earlier, later] = answered[0]! < answered[1]! ? [answered[0]!, answered[1]!] : [answered[1]!, answered[0]!];
  const subject = `Two receipts charge the same money of payment ${shortHex(accused.signed.receipt.paymentRef)}.`;
  if (!facts.isAnchored)
    return [
      {
        id: `equivocation-anchor-${claimId}`,
        rows: [6],
        title: 'Anchor both receipts',
        effect: `${subject} Puts their hash on chain, so that their age can be proven.`,
        who: 'anyone',
        until: after(earlier, rules.anchorWindow),
        next: 'Accuse the host.',
        steps: only(callOf({ ...court, functionName: 'anchor', args: [root] })),
      },
    ];
  return [
    {
      id: `equivocation-accuse-${claimId}`,
      rows: [6],
      title: 'Accuse the host',
      effect: `${subject} Claims that the host charged twice: it is slashed, unless all of it is booked in time.`,
      who: { accounts: [claimant], word: 'who asked' },
      from: after(later, rules.claimMinAge),
      until: after(earlier, rules.claimMaxAge),
      next: 'The answer window runs; then anyone finalises the claim on its page.',
      steps: () =>
        commitAndReveal(reader, deployment, {
          claimant,
          contentsHash: facts.contentsHash,
          balance,
          claimBond: rates.claimBond,
          reveal: (salt) => callOf({ ...court, functionName: 'revealEquivocation', args: [accused, witness, salt] }),
        }),
    },
  ];
}
