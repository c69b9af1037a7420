import { disguisedUseHash, hitsHash } from '@oml/protocol/evidence/claim';
import { factsOf, type AuditContext, type AuditProgram } from './audit-context.ts';
import type { AuditRecord, StepResult } from './audit-record.ts';
import {
  anchorReceipts,
  commitClaim,
  finaliseClaim,
  MAX_CLAIM_ATTEMPTS,
  receiptsOf,
  revealCall,
  revealClaim,
  waitForAge,
  waitForWindow,
  waitToReveal,
} from './claim-steps.ts';
import { CLAIM_STATE, type ClaimCall } from './court.ts';
import { batchOf, hitRefsOf, hitsOf, probesOf, requestOf, type DisguiseFacts } from './disguise-batch.ts';
import { findTargets } from './disguise-targets.ts';
import { planItemCount } from './evidence-plan.ts';
import { weigh } from './evidence-weigh.ts';
import { ordinaryRequest, probeRequest } from './ordinary-requests.ts';
import { requestProbes } from './probe-grant.ts';
import { revertName } from './reverted.ts';

const ORDINARY_SHARE = 1 / 4;
const MAX_ROUNDS = 8;
/** Keeps one proving transaction well inside a block. */
const ITEMS_PER_TRANSACTION = 12;

/**
 * Asks what an account serves under other licenses for answers of one model, and claims its use where the evidence
 * suffices (protocol §5, offence 2).
 */
export const disguise: AuditProgram = {
  first: 'discover',
  // From the draw on a deposit can be had back by opening the batch.
  rescueOf: ({ step }) =>
    ['grant', 'ask', 'anchor', 'weigh', 'age', 'commit', 'reveal'].includes(step) ? 'open' : undefined,
  steps: {
    async discover(context, audit) {
      const { account, modelId } = requestOf(audit);
      const targets = await findTargets(context, account, modelId);
      if (targets.length === 0)
        return { verdict: 'inconclusive', note: 'the account serves no such model under another license' };
      return {
        next: 'plan',
        facts: { targets, target: 0, round: 0 },
        note: `serves ${targets.map(({ model }) => model).join(', ')} under other licenses`,
      };
    },

    async plan({ court, hosts, calls, salts }, audit) {
      const { targets, target, round } = factsOf<DisguiseFacts>(audit);
      const { bits, commonSize, release } = await hosts.model(requestOf(audit).modelId);
      // One more for the batch that is about to be committed, and one for those of other audits.
      const needed = Number(await court.scoreNeeded()) + 1;
      const itemCount = planItemCount({ bits, commonSize, needed });
      const { url, price, ...served } = targets[target]!;
      const at = (i: number) => ({ auditId: audit.id, round, i, url, price: BigInt(price) });
      const seed = salts(`traffic/${audit.id}/${round}`);
      const ordinary = Array.from({ length: Math.ceil(itemCount * ORDINARY_SHARE) }, (_, k) => ({
        ...at(itemCount + k),
        body: ordinaryRequest(served, seed, k),
      }));
      calls.plan([...Array.from({ length: itemCount }, (_, i) => ({ ...at(i), body: null })), ...ordinary]);
      return {
        next: 'batch',
        facts: { itemCount, release },
        note: `${itemCount} probes among ${ordinary.length} ordinary calls, to reach a score of ${needed}`,
      };
    },

    async batch(context, audit) {
      const tx = await context.batches.commit(batchOf(context, audit).batchId);
      return { next: 'draw', tx, note: 'the batch is committed' };
    },

    async draw(context, audit) {
      const drawn = await context.batches.draw(batchOf(context, audit).batchId);
      return drawn ? { next: 'grant', tx: drawn.tx, note: 'a block chose the keys' } : { waitMs: 500 };
    },

    async grant(context, audit) {
      const { opening, batchId } = batchOf(context, audit);
      const [model, { beacon }] = await Promise.all([
        context.hosts.model(opening.modelId, opening.release),
        context.batches.read(batchId),
      ]);
      const items = await requestProbes(context.chain, context.sealing, { batchId, opening, beacon, model });
      const { targets, target, round } = factsOf<DisguiseFacts>(audit);
      const probes = items.map(({ i, body, leaf, proof, answer }) => ({
        auditId: audit.id,
        round,
        i,
        body: probeRequest(targets[target]!, body),
        probe: { leaf, proof, answer },
      }));
      context.calls.setProbes(probes as Parameters<typeof context.calls.setProbes>[0]);
      return { next: 'ask', note: `the publisher granted ${items.length} probes` };
    },

    async ask({ paidCalls, records }, audit) {
      const { round, targets, target } = factsOf<DisguiseFacts>(audit);
      const { model } = targets[target]!;
      const left = await paidCalls.makeAll(audit.id, round, (done, all) =>
        records.note(audit.id, 'ask', `asked ${model} ${done} of ${all} times`, null),
      );
      return left > 0
        ? { waitMs: 2_000, note: `${left} calls are to be tried again` }
        : { next: 'anchor', note: `asked ${model}` };
    },

    async anchor(context, audit) {
      const probes = probesOf(context, audit);
      const receipts = receiptsOf(probes);
      const why = [...new Set(probes.map(({ error }) => error))].join(', ');
      if (receipts.length === 0)
        return { next: 'open', facts: { weighed: null }, note: `no probe came back with a valid receipt: ${why}` };
      return { next: 'weigh', tx: await anchorReceipts(context, receipts), note: 'the receipts are anchored' };
    },

    async weigh(context, audit) {
      const { account, modelId } = requestOf(audit);
      const { release } = factsOf<DisguiseFacts>(audit);
      const weighed = await weigh(context, { account, modelId, release }, probesOf(context, audit));
      const { verdict, hits, score, needed, items } = weighed;
      const note = `${hits} hits of ${weighed.outcomes.length}, score ${score}${verdict === 'match' ? `, ${items} items reach ${needed}` : ` of ${needed}`}`;
      return { next: verdict === 'match' ? 'age' : 'open', facts: { weighed }, note };
    },

    async open(context, audit) {
      const { opening, batchId } = batchOf(context, audit);
      const { tx, note } = await context.batches.open(opening, batchId);
      const { failure, targets, target, round } = factsOf<DisguiseFacts>(audit);
      if (failure) return { failure, tx, note };
      if (target + 1 === targets.length) return { verdict: 'inconclusive', tx, note };
      return { next: 'plan', facts: { target: target + 1, round: round + 1, weighed: null }, tx, note };
    },

    async age(context, audit) {
      const { items } = factsOf<DisguiseFacts>(audit).weighed!;
      const waiting = await waitForAge(context, receiptsOf(probesOf(context, audit).slice(0, items)));
      return waiting ?? { next: 'commit', note: 'the receipts are old enough for a claim' };
    },

    commit(context, audit) {
      const contentsHash = disguisedUseHash(
        batchOf(context, audit).batchId,
        itemCountOf(audit),
        hitRefsOf(context, audit),
      );
      return commitClaim(context, audit, contentsHash, 'reveal');
    },

    async reveal(context, audit) {
      const { opening: batch, batchId } = batchOf(context, audit);
      const contents = { batch, itemCount: itemCountOf(audit), hitsHash: hitsHash(hitRefsOf(context, audit)) };
      const reveal = revealCall(context, audit, 'revealDisguisedUse', contents);
      return (
        (await waitToReveal(context, audit)) ??
        revealClaim(context, audit, batchId, reveal, { revealed: 'prove', expired: 'commit', booked: 'weigh' })
      );
    },

    async prove(context, audit) {
      const { opening, batchId } = batchOf(context, audit);
      const [{ state }, { itemsProven }] = await Promise.all([
        context.court.claim(batchId),
        context.court.proof(batchId),
      ]);
      const itemCount = itemCountOf(audit);
      if (state !== CLAIM_STATE.PROVING || itemsProven === itemCount)
        return { next: 'admit', note: 'all items are proven' };
      const upTo = Math.min(itemsProven + ITEMS_PER_TRANSACTION, itemCount);
      const hits = hitsOf(context, audit).filter(({ index }) => index >= itemsProven && index < upTo);
      return sendOrLapse(
        context,
        { functionName: 'proveItems', args: [opening, BigInt(upTo), hits] },
        upTo === itemCount ? 'admit' : 'prove',
        `${upTo} of ${itemCount} items are proven`,
      );
    },

    async admit(context, audit) {
      const { opening, batchId } = batchOf(context, audit);
      const { state } = await context.court.claim(batchId);
      if (state !== CLAIM_STATE.PROVING) return { next: 'window', note: 'the claim is admitted' };
      return sendOrLapse(
        context,
        { functionName: 'admit', args: [opening, hitRefsOf(context, audit)] },
        'window',
        'the claim is admitted',
      );
    },

    window: (context, audit) => waitForWindow(context, audit, 'finalise'),

    async finalise(context, audit) {
      const { opening } = batchOf(context, audit);
      const end = { functionName: 'finaliseDisguisedUse', args: [context.chain.account!.address, opening] } as const;
      const { verdict, tx } = await finaliseClaim(context, audit, opening.account, end);
      const { claimAttempt = 0 } = factsOf<DisguiseFacts>(audit);
      if (verdict === 'lapsed') {
        const next = claimAttempt + 1 < MAX_CLAIM_ATTEMPTS ? 'weigh' : 'open';
        return { next, facts: { claimAttempt: claimAttempt + 1 }, tx, note: 'the claim lapsed, its bond is back' };
      }
      return { verdict, tx, note: verdict === 'slashed' ? 'the host is slashed' : `the claim ended ${verdict}` };
    },
  },
};

/** How many first items the claim takes, misses among them. */
const itemCountOf = (audit: AuditRecord): number => factsOf<DisguiseFacts>(audit).weighed!.items;

/**
 * A key spent or a use booked since it was weighed: this claim lapses and its bond comes back; the rest is weighed
 * again.
 */
async function sendOrLapse({ court }: AuditContext, call: ClaimCall, next: string, note: string): Promise<StepResult> {
  try {
    return { next, tx: await court.send(call), note };
  } catch (error) {
    const name = revertName(error);
    if (name === undefined) throw error;
    return { next: 'window', note: `the court refused an item: ${name}` };
  }
}

/** What to do after a missed beacon: its batch is dead, the next one is drawn anew. */
export function nextRound(audit: AuditRecord): StepResult {
  const round = factsOf<DisguiseFacts>(audit).round + 1;
  if (round >= MAX_ROUNDS)
    return { failure: { code: 'BEACON_MISSED', message: 'The beacons of several batches were missed.' } };
  return { next: 'plan', facts: { round }, note: 'the beacon was missed: planning another batch' };
}
