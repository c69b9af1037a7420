import { batchId as batchIdOf, pairsTree, type BatchOpening, type Pair } from '@oml/protocol/evidence/batch';
import type { HitRef } from '@oml/protocol/evidence/claim';
import { requestNonce } from '@oml/protocol/evidence/nonce';
import type { Hex } from 'viem';
import { factsOf, type AuditContext } from './audit-context.ts';
import type { AuditRecord } from './audit-record.ts';
import { auditRequestSchema, type DisguiseRequest } from './audit-request.ts';
import { hitItem, hitRef, receiptEvidence, type Hit } from './claim-contents.ts';
import { receiptsOf, type ClaimFacts } from './claim-steps.ts';
import type { Target } from './disguise-targets.ts';
import type { Weighed } from './evidence-weigh.ts';
import { batchSaltPurpose, nonceSaltPurpose } from './salts.ts';

export interface DisguiseFacts extends ClaimFacts {
  targets: Target[];
  /** Which target is asked, and which batch of the audit it is: a missed beacon spends a batch, not a target. */
  target: number;
  round: number;
  itemCount: number;
  /** Whose code book the batch asks. */
  release: number;
  weighed?: Weighed | null;
  failure?: { code: string; message: string };
}

export const requestOf = (audit: AuditRecord) => auditRequestSchema.parse(audit.target) as DisguiseRequest;

/** The calls of this round that belong to its batch. */
export function probesOf({ calls }: AuditContext, audit: AuditRecord) {
  const { round, itemCount } = factsOf<DisguiseFacts>(audit);
  return calls.list(audit.id, round).slice(0, itemCount);
}

function pairsOf({ salts, chain }: AuditContext, audit: AuditRecord): Pair[] {
  const { round, itemCount } = factsOf<DisguiseFacts>(audit);
  const client = chain.account!.address;
  return Array.from({ length: itemCount }, (_, i) => ({
    client,
    requestNonce: requestNonce(client, salts(nonceSaltPurpose(audit.id, round, i))),
  }));
}

/** The batch of this round: everything in it follows from the audit and the seed. */
export function batchOf(context: AuditContext, audit: AuditRecord): { opening: BatchOpening; batchId: Hex } {
  const { account, modelId } = requestOf(audit);
  const { round, itemCount, release } = factsOf<DisguiseFacts>(audit);
  const opening = {
    account,
    modelId,
    release,
    pairsRoot: pairsTree(pairsOf(context, audit)).root as Hex,
    itemCount,
    salt: context.salts(batchSaltPurpose(audit.id, round)),
  };
  return { opening, batchId: batchIdOf(context.chain.account!.address, opening) };
}

/** The hits among the first items, as many as the score needs. The rest of those items are misses. */
export function hitsOf(context: AuditContext, audit: AuditRecord): Hit[] {
  const { round, weighed } = factsOf<DisguiseFacts>(audit);
  const probes = probesOf(context, audit);
  const anchored = receiptsOf(probes);
  const pairs = pairsOf(context, audit);
  return weighed!.outcomes.slice(0, weighed!.items).flatMap((outcome, i) => {
    if (outcome !== 'hit') return [];
    const { receipt, probe } = probes[i]!;
    const evidence = receiptEvidence(
      receipt!,
      context.salts(nonceSaltPurpose(audit.id, round, i)),
      anchored,
      adjudicatorOf(context),
    );
    return [hitItem(evidence, probe!, pairs, i)];
  });
}

/** The hits as the court keeps them, the same at every visit. */
export const hitRefsOf = (context: AuditContext, audit: AuditRecord): HitRef[] =>
  hitsOf(context, audit).map((hit) => hitRef(hit, adjudicatorOf(context)));

const adjudicatorOf = ({ chain: { deployment } }: AuditContext) => ({
  chainId: deployment.chainId,
  court: deployment.contracts.claimCourt,
});
