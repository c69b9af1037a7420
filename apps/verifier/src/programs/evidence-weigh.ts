import { walkEvidence } from '@oml/fingerprint/evidence/evidence';
import type { BatchOpening } from '@oml/protocol/evidence/batch';
import { headMatches } from '@oml/protocol/evidence/head';
import { hitPoints } from '@oml/protocol/evidence/score';
import type { AuditContext } from './audit-context.ts';
import type { CallRecord } from './call-record.ts';

/** What a probe turned out to be. Everything but a hit scores −1 and is claimed as a miss. */
export type ProbeResult = 'hit' | 'other-answer' | 'other-license' | 'no-receipt';

export interface Weighed {
  verdict: 'match' | 'inconclusive';
  hits: number;
  /** Of all items. */
  score: number;
  /** Score that a claim of this batch needs. */
  needed: number;
  /** How many first items reach it: what a claim submits. */
  items: number;
  results: ProbeResult[];
}

/** Walks results in order; the claim ends at the first item that reaches the score (protocol §5, offence 2). */
export function walk(results: readonly ProbeResult[], points: number, needed: number): Weighed {
  const {
    verdict,
    score,
    items = results.length,
  } = walkEvidence(
    results.map((result) => ({ hit: result === 'hit', points })),
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

/** Weighs the probes of a drawn batch as the court will, whatever was paid for them. */
export async function weigh(
  { court, hosts }: Pick<AuditContext, 'court' | 'hosts'>,
  { number, opening }: { number: bigint; opening: BatchOpening },
  probes: readonly CallRecord[],
): Promise<Weighed> {
  const { modelId, release, licenseIds } = opening;
  const [{ bits }, needed] = await Promise.all([
    hosts.model(modelId, release),
    court.scoreNeeded(modelId, release, number),
  ]);
  const resultOf = ({ receipt: signed, probe }: CallRecord): ProbeResult => {
    if (!signed || !probe) return 'no-receipt';
    const { licenseId, queryHash, head } = signed.receipt;
    const isOfBatch = licenseIds.length === 0 ? licenseId === 0n : licenseIds.includes(licenseId);
    if (!isOfBatch) return 'other-license';
    return queryHash === probe.leaf.keyHash && headMatches(head, probe.answer) ? 'hit' : 'other-answer';
  };
  return walk(probes.map(resultOf), hitPoints(bits, licenseIds.length), Number(needed));
}
