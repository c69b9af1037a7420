import { defineProgram, end, fail, nextOf, wait } from '@oml/program/define-program';
import { CLAIM_STATE } from '@oml/protocol/chain/claim-state';
import { disguisedUseHash, hitsHash } from '@oml/protocol/evidence/claim';
import type { AuditOutcome } from '@oml/protocol/wire/audit';
import type { ClaimCall } from '../chain/claim-call.ts';
import { revertName } from '../chain/send-unless.ts';
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
  waitForAge,
  waitForWindow,
  waitToReveal,
} from './claim-steps.ts';
import {
  batchOf,
  hitRefsOf,
  hitsOf,
  probesOf,
  type Matched,
  type Opening,
  type Planned,
  type Round,
} from './disguise-batch.ts';
import { findTargets } from './disguise-targets.ts';
import { planItemCount } from './evidence-plan.ts';
import { weigh } from './evidence-weigh.ts';
import { ordinaryRequest, probeRequest } from './ordinary-requests.ts';
import { requestProbes } from './probe-grant.ts';

interface Steps {
  discover: object;
  plan: Round;
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
  admit: Matched;
  window: Matched;
  finalise: Matched;
}

const ORDINARY_SHARE = 1 / 4;
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

    async plan({ id, subject, facts }, { court, hosts, calls, salts }) {
      const { targets, target, round } = facts;
      const { bits, commonSize, release } = await hosts.model(disguiseRequest.parse(subject).modelId);
      // One more for the batch that is about to be committed, and one for those of other audits.
      const needed = Number(await court.scoreNeeded()) + 1;
      const itemCount = planItemCount({ bits, commonSize, needed });
      const { url, price, ...served } = targets[target]!;
      const at = (i: number) => ({ auditId: id, round, i, url, price });
      const seed = salts(`traffic/${id}/${round}`);
      const ordinary = Array.from({ length: Math.ceil(itemCount * ORDINARY_SHARE) }, (_, k) => ({
        ...at(itemCount + k),
        body: ordinaryRequest(served, seed, k),
      }));
      await calls.plan([...Array.from({ length: itemCount }, (_, i) => ({ ...at(i), body: null })), ...ordinary]);
      const note = `${itemCount} probes among ${ordinary.length} ordinary calls, to reach a score of ${needed}`;
      return next('batch', { ...facts, itemCount, release }, { note });
    },

    async batch(run, context) {
      const tx = await context.batches.commit(batchOf(context, run).batchId);
      return next('draw', run.facts, { tx, note: 'the batch is committed' });
    },

    async draw(run, context) {
      const drawn = await context.batches.draw(batchOf(context, run).batchId);
      return drawn ? next('grant', run.facts, { tx: drawn.tx, note: 'a block chose the keys' }) : wait(500);
    },

    async grant(run, context) {
      const { opening, batchId } = batchOf(context, run);
      const { targets, target, round } = run.facts;
      const [model, { beacon }] = await Promise.all([
        context.hosts.model(opening.modelId, opening.release),
        context.batches.read(batchId),
      ]);
      const items = await requestProbes(context.chain, context.sealing, { batchId, opening, beacon, model });
      await context.calls.setProbes(
        items.map(({ i, body, leaf, proof, answer }) => ({
          auditId: run.id,
          round,
          i,
          body: probeRequest(targets[target]!, body),
          probe: { leaf, proof, answer },
        })),
      );
      return next('ask', run.facts, { note: `the publisher granted ${items.length} probes` });
    },

    async ask({ id, facts, note, signal }, { paidCalls }) {
      const { model } = facts.targets[facts.target]!;
      const left = await paidCalls.makeAll(id, facts.round, signal, (done, all) =>
        note(`asked ${model} ${done} of ${all} times`),
      );
      return left > 0
        ? wait(2_000, `${left} calls are to be tried again`)
        : next('anchor', facts, { note: `asked ${model}` });
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
      const { modelId } = disguiseRequest.parse(run.subject);
      const { release } = run.facts;
      const weighed = await weigh(context, { modelId, release }, await probesOf(context, run));
      const { verdict, hits, score, needed, items } = weighed;
      const reach = verdict === 'match' ? `, ${items} items reach ${needed}` : ` of ${needed}`;
      const note = `${hits} hits of ${weighed.results.length}, score ${score}${reach}`;
      return next(verdict === 'match' ? 'age' : 'open', { ...run.facts, weighed }, { note });
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
      const contents = disguisedUseHash(batchId, facts.weighed.items, await hitRefsOf(context, run));
      const { block, tx } = await commitClaim(context, id, facts, contents);
      return next('reveal', { ...facts, committedAt: block }, { tx, note: 'the claim is committed' });
    },

    async reveal(run, context) {
      const { id, facts } = run;
      const waiting = await waitToReveal(context, facts.committedAt);
      if (waiting) return waiting;
      const { opening: batch, batchId } = batchOf(context, run);
      const hits = hitsHash(await hitRefsOf(context, run));
      const contents = { batch, itemCount: facts.weighed.items, hitsHash: hits };
      const reveal = revealCall(context, id, facts, 'revealDisguisedUse', contents);
      const revealed = await revealClaim(context, batchId, reveal, facts);
      const again = { ...facts, claimAttempt: facts.claimAttempt + 1 };
      if (revealed.is === 'revealed') {
        const note = `claim ${batchId} is revealed`;
        return next('prove', facts, { tx: revealed.tx, note, keys: { claimId: batchId } });
      }
      // A disguised use is never refused for being booked: its commitment expired.
      return revealed.is === 'early' ? EARLY : next('commit', again, { note: EXPIRED_NOTE });
    },

    async prove(run, context) {
      const { opening, batchId } = batchOf(context, run);
      const { items: itemCount } = run.facts.weighed;
      const [{ state }, { itemsProven }] = await Promise.all([
        context.court.claim(batchId),
        context.court.proof(batchId),
      ]);
      if (state !== CLAIM_STATE.PROVING || itemsProven === itemCount)
        return next('admit', run.facts, { note: 'all items are proven' });
      const upTo = Math.min(itemsProven + ITEMS_PER_TRANSACTION, itemCount);
      const hits = (await hitsOf(context, run)).filter(({ index }) => index >= itemsProven && index < upTo);
      const sent = await sendUnlessRefused(context, {
        functionName: 'proveItems',
        args: [opening, BigInt(upTo), hits],
      });
      if ('refused' in sent) return next('window', run.facts, { note: sent.refused });
      const said = { tx: sent.tx, note: `${upTo} of ${itemCount} items are proven` };
      return next(upTo === itemCount ? 'admit' : 'prove', run.facts, said);
    },

    async admit(run, context) {
      const { opening, batchId } = batchOf(context, run);
      const admitted = 'the claim is admitted';
      const { state } = await context.court.claim(batchId);
      if (state !== CLAIM_STATE.PROVING) return next('window', run.facts, { note: admitted });
      const args = [opening, await hitRefsOf(context, run)];
      const sent = await sendUnlessRefused(context, { functionName: 'admit', args });
      return next('window', run.facts, 'refused' in sent ? { note: sent.refused } : { tx: sent.tx, note: admitted });
    },

    async window(run, context) {
      const waiting = await waitForWindow(context, batchOf(context, run).batchId);
      return waiting ?? next('finalise', run.facts, { note: 'the window is over' });
    },

    async finalise(run, context) {
      const { facts } = run;
      const { opening, batchId } = batchOf(context, run);
      const call: ClaimCall = { functionName: 'finaliseDisguisedUse', args: [context.me, opening] };
      const { outcome, tx } = await finaliseClaim(context, batchId, opening.account, call, facts);
      // The batch of a claim that was never admitted is still to be opened, for its deposit.
      if (outcome === 'lapsed') return next('open', facts, { tx, note: 'the claim lapsed, its bond is burned' });
      return end(outcome, { tx, note: 'the host is slashed' });
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

/** What to do after a missed beacon: its batch is dead, the next one is drawn anew. */
function nextRound(facts: Planned) {
  const round = facts.round + 1;
  return round >= MAX_ROUNDS
    ? fail({ code: 'BEACON_MISSED', message: 'The beacons of several batches were missed.' })
    : next('plan', { ...roundOf(facts), round }, { note: 'the beacon was missed: planning another batch' });
}
