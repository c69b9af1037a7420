import { walkEvidence } from '@oml/fingerprint/evidence/evidence';
import { headMatches } from '@oml/protocol/evidence/head';
import type { Address, Hex } from 'viem';
import type { AuditContext } from './audit-context.ts';
import type { CallRecord } from './call-record.ts';

/** What a probe turned out to be. Everything but a hit scores −1 and is claimed as a miss. */
export type Outcome = 'hit' | 'other-answer' | 'no-receipt' | 'repeated' | 'spent' | 'paid';

export interface Weighed {
  verdict: 'match' | 'inconclusive';
  hits: number;
  /** Of all items. */
  score: number;
  /** Score that a claim of this verifier needs now. */
  needed: number;
  /** How many first items reach it: what a claim submits. */
  items: number;
  outcomes: Outcome[];
}

/** Walks outcomes in order; the claim ends at the first item that reaches the score (protocol §5, offence 2). */
export function walk(outcomes: readonly Outcome[], bits: number, needed: number): Weighed {
  const {
    verdict,
    score,
    items = outcomes.length,
  } = walkEvidence(
    outcomes.map((outcome) => ({ hit: outcome === 'hit', bits })),
    needed,
  );
  return {
    verdict,
    hits: outcomes.filter((outcome) => outcome === 'hit').length,
    score,
    needed,
    items,
    outcomes: [...outcomes],
  };
}

/**
 * Weighs the probes of a batch as the court will: an answer counts once per key, unless the key is spent or the use is
 * paid for.
 */
export async function weigh(
  context: AuditContext,
  { account, modelId, release }: { account: Address; modelId: bigint; release: number },
  probes: readonly CallRecord[],
): Promise<Weighed> {
  const { court, hosts } = context;
  const [{ bits }, needed, license] = await Promise.all([
    hosts.model(modelId, release),
    court.scoreNeeded(),
    hosts.licenseOn(account, modelId),
  ]);
  const seen = new Set<Hex>();
  const outcomes: Outcome[] = [];
  for (const { receipt, probe } of probes) outcomes.push(await outcomeOf(receipt, probe));
  return walk(outcomes, bits, Number(needed));

  async function outcomeOf(signed: CallRecord['receipt'], probe: CallRecord['probe']): Promise<Outcome> {
    if (!signed || !probe) return 'no-receipt';
    const { keyHash, index } = probe.leaf;
    const { receipt } = signed;
    if (receipt.queryHash !== keyHash || !headMatches(receipt.head, probe.answer)) return 'other-answer';
    if (seen.has(keyHash)) return 'repeated';
    seen.add(keyHash);
    if (await court.isSpent(account, modelId, release, index)) return 'spent';
    return license && (await hosts.isBooked(license, receipt)) ? 'paid' : 'hit';
  }
}
