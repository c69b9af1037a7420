import type { Failure } from '@oml/program/step-result';
import { batchId as batchIdOf, pairsTree, type BatchOpening, type Pair } from '@oml/protocol/evidence/batch';
import { requestNonce } from '@oml/protocol/evidence/nonce';
import type { Hex } from 'viem';
import { disguiseRequest, type AuditContext, type DisguiseOrder } from './audit-context.ts';
import type { CallRecord } from './call-record.ts';
import { hitItem, receiptEvidence, type Hit } from './claim-contents.ts';
import { receiptsOf, type ClaimAttempt } from './claim-steps.ts';
import { clientsOf, type Probing } from '../payers/probing.ts';
import type { Target } from './disguise-targets.ts';
import type { Weighed } from './evidence-weigh.ts';
import { batchSaltPurpose, nonceSalt } from './salts.ts';

/** Which target is asked, and which batch of the audit it is: a void round spends a batch, not a target. */
export interface Round extends ClaimAttempt {
  targets: Target[];
  target: number;
  round: number;
}
/** What the batch of a round asks, and whose code book. */
export interface Planned extends Round {
  itemCount: number;
  release: number;
  probing: Probing;
}
/** Evidence that suffices for a claim. */
export interface Matched extends Planned {
  weighed: Weighed;
}
/** A batch that is to be opened, and why. */
export interface Opening extends Planned {
  weighed: Weighed | null;
  failure?: Failure;
}

/** A run of the program at a step that has a batch. */
export interface BatchRun<Facts extends Planned = Planned> {
  id: string;
  subject: DisguiseOrder;
  facts: Facts;
}

/** The calls of this round that belong to its batch. */
export async function probesOf({ calls }: AuditContext, { id, facts }: BatchRun): Promise<CallRecord[]> {
  return (await calls.list(id, facts.round)).slice(0, facts.itemCount);
}

/** Payers come and go; the nonces are this verifier's to open. */
function pairsOf(context: AuditContext, { id, facts: { round, itemCount, probing } }: BatchRun): Pair[] {
  const { salts, me } = context;
  const nonce = (i: number) => requestNonce(me, nonceSalt(salts, id, round, i));
  const clients = clientsOf(context, id, probing).slice(0, itemCount);
  return clients.map((client, i) => ({ client, requestNonce: nonce(i) }));
}

/** The batch of this round: everything in it follows from the audit and the seed. */
export function batchOf(context: AuditContext, run: BatchRun): { opening: BatchOpening; batchId: Hex } {
  const { account, modelId } = disguiseRequest.parse(run.subject);
  const { round, itemCount, release, targets, target } = run.facts;
  const pairsRoot = pairsTree(pairsOf(context, run)).root as Hex;
  const salt = context.salts(batchSaltPurpose(run.id, round));
  // One endpoint serves one license: its receipts name that one.
  const licenseIds = [targets[target]!.licenseId];
  const opening = { account, modelId, release, licenseIds, itemCount, pairsRoot, salt };
  return { opening, batchId: batchIdOf(context.me, opening) };
}

/** The hits among the first items, as many as the score needs. The rest of those items are misses. */
export async function hitsOf(context: AuditContext, run: BatchRun<Matched>): Promise<Hit[]> {
  const { round, weighed } = run.facts;
  const probes = await probesOf(context, run);
  const anchored = receiptsOf(probes);
  const pairs = pairsOf(context, run);
  return weighed.results.slice(0, weighed.items).flatMap((result, i) => {
    const { receipt, probe } = probes[i]!;
    if (result !== 'hit' || !receipt || !probe) return [];
    const salt = nonceSalt(context.salts, run.id, round, i);
    return [hitItem(receiptEvidence(receipt, salt, anchored, adjudicatorOf(context)), probe, pairs, i)];
  });
}

const adjudicatorOf = ({ chain: { deployment } }: AuditContext) => ({
  chainId: deployment.chainId,
  court: deployment.contracts.claimCourt,
});
