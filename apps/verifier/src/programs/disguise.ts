import { defineProgram, end, fail, nextOf, wait } from '@oml/program/define-program';
import { CLAIM_STATE } from '@oml/protocol/chain/claim-state';
import { disguisedUseHash } from '@oml/protocol/evidence/claim';
import type { AuditOutcome } from '@oml/protocol/wire/audit';
import type { ClaimCall } from '../chain/claim-call.ts';
import { revertName } from '../chain/send-unless.ts';
import { drawPayers, payersNote, planOf } from '../payers/probing.ts';
import { askAsPayers, fundPayers } from '../payers/steps.ts';
import { disguiseRequest, type AuditContext, type DisguiseOrder } from './audit-context.ts';
import {
  anchorReceipts,
  commitClaim,
  EARLY,
  EXPIRED_NOTE,
  finaliseClaim,
  receiptsOf,
  revealCall,
  revealClaim,
  SHADOW_NOTE,
  waitForAge,
  waitForBlame,
  waitForWindow,
  waitToReveal,
} from './claim-steps.ts';
import { batchOf, hitsOf, probesOf, type Matched, type Opening, type Planned, type Round } from './disguise-batch.ts';
import { findTargets, survivalOf } from './disguise-targets.ts';
import { plannedSurvival, planItemCount } from './evidence-plan.ts';
import { weigh } from './evidence-weigh.ts';
import { keyRequest, ordinaryRequest, shapeOf } from './ordinary-requests.ts';
import { requestProbes } from './probe-grant.ts';

interface Steps {
  discover: object;
  plan: Round;
  fund: Planned;
  batch: Planned;
  draw: Planned;
  grant: Planned;
  ask: Planned;
  anchor: Planned;
  weigh: Planned;
  open: Opening;
  age: Matched;
  commit: Matched;
  reveal: Matched & { committedAt: bigint };
  prove: Matched;
  window: Matched;
  finalise: Matched;
}

/** So many calls beside each probe that nobody can tell from one. */
const DECOYS = 1;
const MAX_ROUNDS = 8;
/** Keeps one proving transaction well inside a block. */
const ITEMS_PER_TRANSACTION = 12;
const next = nextOf<Steps>();

/**
 * Asks what an account serves under other licenses for answers of one model, and claims its use where the evidence
 * suffices (protocol §5, offence 2).
 */
export const disguise = defineProgram<Steps, AuditContext, DisguiseOrder, AuditOutcome>()({
  name: 'disguise',
  first: next('discover', {}),
  steps: {
    async discover({ subject }, context) {
      const { account, modelId } = disguiseRequest.parse(subject);
      const targets = await findTargets(context, account, modelId);
      if (targets.length === 0)
        return end('inconclusive', { note: 'the account serves no such model under another license' });
      const sinceBlock = await context.chain.publicClient.getBlockNumber();
      return next(
        'plan',
        { targets, target: 0, round: 0, claimAttempt: 0, sinceBlock },
        { note: `serves ${targets.map(({ model }) => model).join(', ')} under other licenses` },
      );
    },

    async plan({ id, subject, facts }, context) {
      const { batches, court, hosts, calls } = context;
      const { targets, target, round } = facts;
      const { modelId } = disguiseRequest.parse(subject);
      const { bits, commonSize, release } = await hosts.model(modelId);
      // One more for the batches that others commit first.
      const needed = Number(await court.scoreNeeded(modelId, release, await batches.nextNumber())) + 1;
      const book = { bits, commonSize, needed, share: context.catchShare };
      const { survival, why } = plannedSurvival(book, await survivalOf(context, modelId));
      const itemCount = planItemCount({ ...book, survival });
      const { url, price } = targets[target]!;
      const count = itemCount * (1 + DECOYS);
      const probing = await drawPayers(context, id, round, { calls: count, price });
      const at = (i: number) => ({ auditId: id, round, i, url, price, body: null });
      await calls.plan(Array.from({ length: count }, (_, i) => at(i)));
      const note = `${itemCount} probes among ${count - itemCount} decoys, to reach a score of ${needed}; ${why}`;
      return next('fund', { ...facts, itemCount, release, probing }, { note });
    },

    /** Before the batch is on chain, so that nothing there says what these accounts are for. */
    async fund(run, context) {
      const waiting = await fundPayers(context, run);
      const note = payersNote(planOf(context, run.id, run.facts.probing), run.facts.probing);
      return waiting ?? next('batch', run.facts, { note });
    },

    async batch(run, context) {
      const { opening, batchId } = batchOf(context, run);
      const tx = await context.batches.commit(opening, batchId);
      return next('draw', run.facts, { tx, note: 'the batch is committed' });
    },

    async draw(run, context) {
      const drawn = await context.batches.draw(batchOf(context, run).batchId);
      const { pollMs } = context.batches;
      return drawn ? next('grant', run.facts, { tx: drawn.tx, note: 'the beacon chose the keys' }) : wait(pollMs);
    },

    async grant(run, context) {
      const { opening, batchId } = batchOf(context, run);
      const { targets, target, round } = run.facts;
      const [model, drawn] = await Promise.all([
        context.hosts.model(opening.modelId, opening.release),
        context.batches.draw(batchId),
      ]);
      if (!drawn) return wait(context.batches.pollMs);
      const beacon = drawn.value;
      const { items, decoys } = await requestProbes(context.chain, context.sealing, {
        batchId,
        opening,
        beacon,
        model,
      });
      const served = targets[target]!;
      const seed = context.salts(`traffic/${run.id}/${round}`);
      const at = (i: number) => ({ auditId: run.id, round, i });
      const corpus = await context.corpus(served.modelId);
      const hiding = Array.from({ length: run.facts.probing.calls - items.length }, (_, k) => {
        const [i, body] = [items.length + k, decoys[k]];
        return body ? keyRequest(served, body, shapeOf(seed, i)) : ordinaryRequest(served, seed, i, corpus);
      });
      await context.calls.setBodies([
        ...items.map(({ i, body, leaf, proof, answer }) => ({
          ...at(i),
          body: keyRequest(served, body, shapeOf(seed, i)),
          probe: { leaf, proof, answer },
        })),
        ...hiding.map((body, k) => ({ ...at(items.length + k), body, probe: null })),
      ]);
      return next('ask', run.facts, {
        note: `the publisher granted ${items.length} probes and ${decoys.length} decoys`,
      });
    },

    async ask(run, context) {
      const said = `asked ${run.facts.targets[run.facts.target]!.model}`;
      return (await askAsPayers(context, run, said)) ?? next('anchor', run.facts, { note: said });
    },

    async anchor(run, context) {
      const probes = await probesOf(context, run);
      const receipts = receiptsOf(probes);
      const why = [...new Set(probes.map(({ error }) => error))].join(', ');
      if (receipts.length === 0)
        return next(
          'open',
          { ...run.facts, weighed: null },
          { note: `no probe came back with a valid receipt: ${why}` },
        );
      const tx = await anchorReceipts(context, receipts);
      return next('weigh', run.facts, { tx, note: 'the receipts are anchored' });
    },

    async weigh(run, context) {
      const { opening, batchId } = batchOf(context, run);
      const { number } = await context.batches.read(batchId);
      const weighed = await weigh(context, { opening, number }, await probesOf(context, run));
      const { verdict, hits, score, needed, items } = weighed;
      const reach = verdict === 'match' ? `, ${items} items reach ${needed}` : ` of ${needed}`;
      const shadow = verdict === 'match' && context.isShadow ? `; ${SHADOW_NOTE}` : '';
      const note = `${hits} hits of ${weighed.results.length}, score ${score}${reach}${shadow}`;
      const isClaimed = verdict === 'match' && !context.isShadow;
      return next(isClaimed ? 'age' : 'open', { ...run.facts, weighed }, { note });
    },

    async open(run, context) {
      const { opening, batchId } = batchOf(context, run);
      const said = await context.batches.open(opening, batchId);
      const { failure, weighed: _, ...facts } = run.facts;
      if (failure) return fail(failure, said);
      const { target, round } = facts;
      if (target + 1 === facts.targets.length) return end('inconclusive', said);
      return next('plan', { ...roundOf(facts), target: target + 1, round: round + 1 }, said);
    },

    async age(run, context) {
      const probes = await probesOf(context, run);
      const waiting = await waitForAge(context, receiptsOf(probes.slice(0, run.facts.weighed.items)));
      return waiting ?? next('commit', run.facts, { note: 'the receipts are old enough for a claim' });
    },

    async commit(run, context) {
      const { facts, id } = run;
      const { batchId } = batchOf(context, run);
      const contents = disguisedUseHash(batchId, facts.weighed.items);
      const { block, tx } = await commitClaim(context, id, facts, contents);
      return next('reveal', { ...facts, committedAt: block }, { tx, note: 'the claim is committed' });
    },

    async reveal(run, context) {
      const { id, facts } = run;
      const waiting = await waitToReveal(context, facts.committedAt);
      if (waiting) return waiting;
      const { opening: batch, batchId } = batchOf(context, run);
      const reveal = revealCall(context, id, facts, 'revealDisguisedUse', [batch, facts.weighed.items]);
      const revealed = await revealClaim(context, batchId, reveal, facts);
      const again = { ...facts, claimAttempt: facts.claimAttempt + 1 };
      if (revealed.is === 'revealed') {
        const note = `claim ${batchId} is revealed`;
        return next('prove', facts, { tx: revealed.tx, note, keys: { claimId: batchId } });
      }
      // A disguised use is never refused for being booked: its commitment expired.
      return revealed.is === 'early' ? EARLY : next('commit', again, { note: EXPIRED_NOTE });
    },

    /** With the last items the court weighs them. */
    async prove(run, context) {
      const { opening, batchId } = batchOf(context, run);
      const { items: itemCount } = run.facts.weighed;
      const [{ state }, { itemsProven }] = await Promise.all([
        context.court.claim(batchId),
        context.court.proof(batchId),
      ]);
      if (state !== CLAIM_STATE.PROVING || itemsProven === itemCount)
        return next('window', run.facts, { note: 'the claim is admitted' });
      const upTo = Math.min(itemsProven + ITEMS_PER_TRANSACTION, itemCount);
      const hits = (await hitsOf(context, run)).filter(({ index }) => index >= itemsProven && index < upTo);
      const sent = await sendUnlessRefused(context, {
        functionName: 'proveItems',
        args: [opening, BigInt(upTo), hits],
      });
      if ('refused' in sent) return next('window', run.facts, { note: sent.refused });
      const isLast = upTo === itemCount;
      const said = {
        tx: sent.tx,
        note: `${upTo} of ${itemCount} items are proven${isLast ? ', the claim is admitted' : ''}`,
      };
      return next(isLast ? 'window' : 'prove', run.facts, said);
    },

    async window(run, context) {
      const { opening: batch, batchId: claimId } = batchOf(context, run);
      const waiting =
        (await waitForBlame(context, { claimId, claimant: context.me, batch })) ??
        (await waitForWindow(context, claimId));
      return waiting ?? next('finalise', run.facts, { note: 'the window is over' });
    },

    async finalise(run, context) {
      const { facts } = run;
      const { opening, batchId } = batchOf(context, run);
      const call: ClaimCall = { functionName: 'finaliseDisguisedUse', args: [context.me, opening] };
      const { outcome, tx } = await finaliseClaim(context, batchId, call, facts);
      // The batch of a claim that was never admitted is still to be opened, for its deposit.
      if (outcome === 'lapsed') return next('open', facts, { tx, note: 'the claim lapsed, its bond is burned' });
      const note = outcome === 'excused' ? 'the host was delivered a bait; its title bond pays' : 'the host is slashed';
      return end(outcome, { tx, note });
    },
  },

  rescue(run, failure) {
    const note = failure.message;
    switch (run.step) {
      case 'draw':
        return failure.code === 'BEACON_MISSED' ? nextRound(run.facts) : undefined;
      // From here on a deposit can be had back by opening the batch.
      case 'grant':
      case 'ask':
      case 'anchor':
      case 'weigh':
        return next('open', { ...run.facts, weighed: null, failure }, { note });
      case 'age':
      case 'commit':
      case 'reveal':
        return next('open', { ...run.facts, failure }, { note });
      default:
        return undefined;
    }
  },
});

const roundOf = ({ targets, target, round, claimAttempt, sinceBlock }: Round): Round => ({
  targets,
  target,
  round,
  claimAttempt,
  sinceBlock,
});

/** What the court refuses now it refuses for good: the claim lapses. */
async function sendUnlessRefused({ court }: AuditContext, call: ClaimCall) {
  try {
    return { tx: await court.send(call) };
  } catch (error) {
    const name = revertName(error);
    if (name === undefined) throw error;
    return { refused: `the court refused an item: ${name}` };
  }
}

/** What to do after a void round: its batch is void, the next one is drawn anew. */
function nextRound(facts: Planned) {
  const round = facts.round + 1;
  return round >= MAX_ROUNDS
    ? fail({ code: 'BEACON_MISSED', message: 'Nobody posted the rounds of several batches in time.' })
    : next('plan', { ...roundOf(facts), round }, { note: 'nobody posted the round in time: planning another batch' });
}
