import { defineProgram, end, nextOf } from '@oml/program/define-program';
import { LICENSE_STATE } from '@oml/protocol/chain/license-state';
import { OmlError } from '@oml/protocol/error';
import { claimIdOf, equivocationHash, unpaidUseHash } from '@oml/protocol/evidence/claim';
import type { AuditOutcome } from '@oml/protocol/wire/audit';
import { isAddressEqual, type Address, type Hex } from 'viem';
import type { ClaimCall } from '../chain/claim-call.ts';
import {
  claimable,
  findEquivocation,
  ROUND,
  shownAt,
  shownOf,
  unbooked,
  type CallRef,
  type Shown,
} from './accused-receipts.ts';
import { drawPayers, payersNote, planOf, type Probing } from '../payers/probing.ts';
import { askAsPayers, fundPayers } from '../payers/steps.ts';
import { paidUseRequest, type AuditContext, type PaidUseOrder } from './audit-context.ts';
import { signedOf } from './call-record.ts';
import {
  anchorReceipts,
  BOOKED_NOTE,
  commitClaim,
  EARLY,
  EXPIRED_NOTE,
  finaliseClaim,
  revealCall,
  revealClaim,
  SHADOW_NOTE,
  waitForAge,
  waitForWindow,
  waitToReveal,
  type ClaimAttempt,
} from './claim-steps.ts';
import { ordinaryRequest } from './ordinary-requests.ts';

/** The license whose uses are audited. */
interface Licensed extends ClaimAttempt {
  licenseId: bigint;
  account: Address;
  vault: Address;
  termsId: number;
}
interface Asking extends Licensed {
  probing: Probing;
}
interface Claiming extends Licensed {
  /** Or unpaid uses. */
  isEquivocation: boolean;
  /**
   * The calls whose receipts are claimed, in this order; of equivocation the accused one and its witness. From the
   * reveal on without those that were booked before the commitment.
   */
  accused: CallRef[];
  /** Reveal although all is booked. */
  isChallenge: boolean;
}
interface Steps {
  discover: object;
  fund: Asking;
  ask: Asking;
  anchor: Licensed;
  age: Licensed;
  check: Licensed;
  commit: Claiming;
  reveal: Claiming & { committedAt: bigint };
  window: Claiming;
  finalise: Claiming;
}

const next = nextOf<Steps>();

/**
 * Makes ordinary paid calls under one license, looks whether each was booked in its vault, and claims those that were
 * not, all in one claim (protocol §5, offence 1). Two receipts of the host on the same money are claimed before
 * anything else: booking does not cure that.
 */
export const paidUse = defineProgram<Steps, AuditContext, PaidUseOrder, AuditOutcome>()({
  name: 'paid-use',
  first: next('discover', {}),
  steps: {
    async discover({ id, subject }, context) {
      const { chain, hosts, calls, salts } = context;
      const request = paidUseRequest.parse(subject);
      const license = await hosts.license(request.licenseId);
      if (license.state !== LICENSE_STATE.ACTIVE)
        throw new OmlError('LICENSE_NOT_ACTIVE', `License ${license.licenseId} is not served now.`);
      const served = (await hosts.served(license)).filter(
        (entry) => entry.licenseId === license.licenseId && isAddressEqual(entry.vault, license.vault),
      );
      const chosen = served.find(({ model }) => request.model === undefined || model === request.model);
      if (!chosen)
        throw new OmlError('NOT_FOUND', `${license.endpoint} serves nothing under license ${license.licenseId}.`);
      const seed = salts(`traffic/${id}`);
      const { url, price } = chosen;
      const corpus = await context.corpus(license.modelId);
      const probing = await drawPayers(context, id, ROUND, { calls: request.calls, price });
      const body = (i: number) => ordinaryRequest(chosen, seed, i, corpus);
      const at = (i: number) => ({ auditId: id, round: ROUND, i, url, price, body: body(i) });
      await calls.plan(Array.from({ length: request.calls }, (_, i) => at(i)));
      const { account, vault, termsId } = license;
      const sinceBlock = await chain.publicClient.getBlockNumber();
      return next(
        'fund',
        { licenseId: license.licenseId, account, vault, termsId, claimAttempt: 0, sinceBlock, probing },
        { note: `${chosen.model} at ${license.endpoint}, ${price} a call` },
      );
    },

    async fund(run, context) {
      const note = payersNote(planOf(context, run.id, run.facts.probing), run.facts.probing);
      return (await fundPayers(context, run)) ?? next('ask', run.facts, { note });
    },

    async ask(run, context) {
      const waiting = await askAsPayers(context, run, 'asked');
      if (waiting) return waiting;
      const { probing: _, ...facts } = run.facts;
      const made = await context.calls.list(run.id);
      const signed = signedOf(made).length;
      if (signed > 0) return next('anchor', facts, { note: `${signed} receipts for ${made.length} calls` });
      const why = [...new Set(made.map(({ error }) => error))].join(', ');
      return end('inconclusive', { note: `no call came back with a valid receipt: ${why}` });
    },

    async anchor({ id, facts }, context) {
      const tx = await anchorReceipts(context, signedOf(await context.calls.list(id)));
      return next('age', facts, { tx, note: 'the receipts are anchored' });
    },

    async age({ id, facts }, context) {
      const waiting = await waitForAge(context, signedOf(await context.calls.list(id)));
      return waiting ?? next('check', facts, { note: 'the receipts are old enough for a claim' });
    },

    async check({ id, subject, facts }, context) {
      const shown = await shownOf(context, id);
      const pair = await findEquivocation(context, facts, shown);
      if (pair && context.isShadow)
        return end('inconclusive', { note: `two receipts charge the same money; ${SHADOW_NOTE}` });
      if (pair)
        return next(
          'commit',
          { ...facts, isEquivocation: true, accused: pair.map(refOf), isChallenge: false },
          { note: 'two receipts charge the same money' },
        );
      const claimed = await claimable(context, facts, shown);
      const unpaid = await unbooked(context, facts, claimed);
      const claiming = { ...facts, isEquivocation: false };
      const found = `${unpaid.length} of ${shown.length} uses are not booked`;
      if (unpaid.length > 0 && context.isShadow) return end('inconclusive', { note: `${found}; ${SHADOW_NOTE}` });
      if (unpaid.length > 0)
        return next('commit', { ...claiming, accused: unpaid.map(refOf), isChallenge: false }, { note: found });
      const leftOut = shown.length - claimed.length;
      if (leftOut > 0) return end('inconclusive', { note: `the court takes ${leftOut} of the receipts no more` });
      const note = `all ${shown.length} uses are booked`;
      if (!paidUseRequest.parse(subject).challenge || context.isShadow) return end('paid', { note });
      return next(
        'commit',
        { ...claiming, accused: claimed.map(refOf), isChallenge: true },
        { note: `${note}; claiming anyway` },
      );
    },

    async commit({ id, facts }, context) {
      const digests = digestsOf(await shownAt(context, facts.accused));
      const contents = facts.isEquivocation ? equivocationHash(digests[0]!, digests[1]!) : unpaidUseHash(digests);
      const { block, tx } = await commitClaim(context, id, facts, contents);
      return next('reveal', { ...facts, committedAt: block }, { tx, note: 'the claim is committed' });
    },

    async reveal({ id, facts }, context) {
      const waiting = await waitToReveal(context, facts.committedAt);
      if (waiting) return waiting;
      const shown = await shownAt(context, facts.accused);
      const evidence = shown.map((one) => one.evidence);
      const reveal = facts.isEquivocation
        ? revealCall(context, id, facts, 'revealEquivocation', evidence)
        : revealCall(context, id, facts, 'revealUnpaidUse', [evidence]);
      if (facts.isChallenge) return challenge(context, reveal);
      // The court skips what was booked by the end of the block of the commitment.
      const late = facts.isEquivocation ? shown : await unbooked(context, facts, shown, facts.committedAt);
      const { committedAt: _, ...licensed } = facts;
      const again = { ...licensed, claimAttempt: facts.claimAttempt + 1 };
      if (late.length === 0) return next('check', again, { note: BOOKED_NOTE });
      const claimId = claimIdOf(digestsOf(late));
      const revealed = await revealClaim(context, claimId, reveal, facts);
      switch (revealed.is) {
        case 'revealed':
          return next(
            'window',
            { ...licensed, accused: late.map(refOf) },
            { tx: revealed.tx, note: `claim ${claimId} is revealed`, keys: { claimId } },
          );
        case 'early':
          return EARLY;
        case 'expired':
          return next('check', again, { note: EXPIRED_NOTE });
        case 'booked':
          return next('check', again, { note: BOOKED_NOTE });
      }
    },

    async window({ facts }, context) {
      const claimId = claimIdOf(digestsOf(await shownAt(context, facts.accused)));
      return (await waitForWindow(context, claimId)) ?? next('finalise', facts, { note: 'the window is over' });
    },

    async finalise({ facts }, context) {
      const shown = await shownAt(context, facts.accused);
      const receipts = shown.map(({ evidence }) => evidence.signed.receipt);
      const { nonceSalt } = shown.find(({ isOpened }) => isOpened)!.evidence;
      const call: ClaimCall = { functionName: 'finaliseUnpaidUse', args: [receipts, context.me, nonceSalt] };
      const { outcome, tx } = await finaliseClaim(context, claimIdOf(digestsOf(shown)), call, facts);
      const isLate = outcome === 'paid-late';
      const note = isLate
        ? 'booked only after the claim was committed: the late fee is taken'
        : `the claim ended ${outcome}`;
      return end(outcome, { tx, note });
    },
  },
});

const refOf = ({ auditId, i }: Shown): CallRef => ({ auditId, i });
const digestsOf = (shown: readonly Shown[]): Hex[] => shown.map(({ digest }) => digest);

/** Lets the court itself refuse a claim on booked receipts, for all to see. */
async function challenge({ court }: AuditContext, reveal: ClaimCall) {
  const { tx, isRefused, why } = await court.revealAnyway(reveal);
  if (!isRefused)
    throw new OmlError('INTERNAL', 'The court took a claim on receipts that are booked.', { details: { tx } });
  return end('paid', { tx, note: `the court refused the claim: ${why ?? 'reverted'}` });
}
