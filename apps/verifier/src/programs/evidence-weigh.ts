import { walkEvidence } from '@oml/fingerprint/evidence/evidence';
import { headMatches } from '@oml/protocol/evidence/head';
import type { Hex } from 'viem';
import type { AuditContext } from './audit-context.ts';
import type { CallRecord } from './call-record.ts';

/** What a probe turned out to be. Everything but a hit scores −1 and is claimed as a miss. */
export type ProbeResult = 'hit' | 'other-answer' | 'no-receipt' | 'repeated';

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

/** Weighs the probes of a batch as the court will: an answer counts once per key, whatever was paid for it. */
export async function weigh(
  { court, hosts }: AuditContext,
  { modelId, release }: { modelId: bigint; release: number },
  probes: readonly CallRecord[],
): Promise<Weighed> {
  const [{ bits }, needed] = await Promise.all([hosts.model(modelId, release), court.scoreNeeded()]);
  const seen = new Set<Hex>();
  const resultOf = ({ receipt: signed, probe }: CallRecord): ProbeResult => {
    if (!signed || !probe) return 'no-receipt';
    const { keyHash } = probe.leaf;
    const { receipt } = signed;
    if (receipt.queryHash !== keyHash || !headMatches(receipt.head, probe.answer)) return 'other-answer';
    if (seen.has(keyHash)) return 'repeated';
    seen.add(keyHash);
    return 'hit';
  };
  return walk(probes.map(resultOf), bits, Number(needed));
}
