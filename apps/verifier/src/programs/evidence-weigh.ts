import { walkEvidence } from '@oml/fingerprint/evidence/evidence';
import { headMatches } from '@oml/protocol/evidence/head';
import type { Address, Hex } from 'viem';
import type { AuditContext } from './audit-context.ts';
import type { CallRecord } from './call-record.ts';

/** What a probe turned out to be. Everything but a hit scores −1 and is claimed as a miss. */
export type ProbeResult = 'hit' | 'other-answer' | 'no-receipt' | 'repeated' | 'spent' | 'paid';

export interface Weighed {
  verdict: 'match' | 'inconclusive';
  hits: number;
  /** Of all items. */
  score: number;
  /** Score that a claim of this verifier needs now. */
  needed: number;
  /** How many first items reach it: what a claim submits. */
  items: number;
  results: ProbeResult[];
}

/** Walks results in order; the claim ends at the first item that reaches the score (protocol §5, offence 2). */
export function walk(results: readonly ProbeResult[], bits: number, needed: number): Weighed {
  const {
    verdict,
    score,
    items = results.length,
  } = walkEvidence(
    results.map((result) => ({ hit: result === 'hit', bits })),
    needed,
  );
  return {
    verdict,
    hits: results.filter((result) => result === 'hit').length,
    score,
    needed,
    items,
    results: [...results],
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
  const results: ProbeResult[] = [];
  for (const { receipt, probe } of probes) results.push(await resultOf(receipt, probe));
  return walk(results, bits, Number(needed));

  async function resultOf(signed: CallRecord['receipt'], probe: CallRecord['probe']): Promise<ProbeResult> {
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
