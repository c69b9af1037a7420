import { defineProgram, end, nextOf, wait } from '@oml/program/define-program';
import { LICENSE_STATE } from '@oml/protocol/chain/license-state';
import { OmlError } from '@oml/protocol/error';
import { unpaidUseHash } from '@oml/protocol/evidence/claim';
import { receiptDigest } from '@oml/protocol/signed/receipt';
import type { AuditOutcome } from '@oml/protocol/wire/audit';
import { isAddressEqual, type Address, type Hex } from 'viem';
import type { ClaimCall } from '../chain/claim-call.ts';
import { paidUseRequest, type AuditContext, type PaidUseOrder } from './audit-context.ts';
import { receiptEvidence, type ReceiptEvidence } from './claim-contents.ts';
import {
  anchorReceipts,
  BOOKED_NOTE,
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
  type ClaimAttempt,
} from './claim-steps.ts';
import { ordinaryRequest } from './ordinary-requests.ts';
import { nonceSaltPurpose } from './salts.ts';

/** The license whose uses are audited. */
interface Licensed extends ClaimAttempt {
  account: Address;
  vault: Address;
  termsId: number;
}
interface Claiming extends Licensed {
  /** Number of the call whose receipt is claimed. */
  claimed: number;
  /** Reveal although all is booked. */
  isChallenge: boolean;
}
interface Steps {
  discover: object;
  ask: Licensed;
  anchor: Licensed;
  age: Licensed;
  check: Licensed;
  commit: Claiming;
  reveal: Claiming & { committedAt: bigint };
  window: Claiming;
  finalise: Claiming;
}

const ROUND = 0;
const next = nextOf<Steps>();

/**
 * Makes ordinary paid calls under one license, looks whether each was booked in its vault, and claims one that was not
 * (protocol §5,
 * offence 1). One is enough: an account is slashed once, and whoever books the newest use of a channel books the older
 * ones.
 */
export const paidUse = defineProgram<Steps, AuditContext, PaidUseOrder, AuditOutcome>()({
  name: 'paid-use',
  first: next('discover', {}),
  steps: {
    async discover({ id, subject }, { chain, hosts, calls, salts }) {
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
      const at = (i: number) => ({ auditId: id, round: ROUND, i, url, price, body: ordinaryRequest(chosen, seed, i) });
      await calls.plan(Array.from({ length: request.calls }, (_, i) => at(i)));
      const { account, vault, termsId } = license;
      const sinceBlock = await chain.publicClient.getBlockNumber();
      return next(
        'ask',
        { account, vault, termsId, claimAttempt: 0, sinceBlock },
        { note: `${chosen.model} at ${license.endpoint}, ${price} a call` },
      );
    },

    async ask({ id, facts, note, signal }, { paidCalls, calls }) {
      const left = await paidCalls.makeAll(id, ROUND, signal, (done, all) => note(`asked ${done} of ${all}`));
      if (left > 0) return wait(2_000, `${left} calls are to be tried again`);
      const made = await calls.list(id);
      const answered = receiptsOf(made).length;
      if (answered > 0) return next('anchor', facts, { note: `${answered} paid answers with receipts` });
      const why = [...new Set(made.map(({ error }) => error))].join(', ');
      return end('inconclusive', { note: `no call came back with a valid receipt: ${why}` });
    },

    async anchor({ id, facts }, context) {
      const tx = await anchorReceipts(context, receiptsOf(await context.calls.list(id)));
      return next('age', facts, { tx, note: 'the receipts are anchored' });
    },

    async age({ id, facts }, context) {
      const waiting = await waitForAge(context, receiptsOf(await context.calls.list(id)));
      return waiting ?? next('check', facts, { note: 'the receipts are old enough for a claim' });
    },

    async check({ id, subject, facts }, { hosts, calls }) {
      const answered = (await calls.list(id)).flatMap(({ i, receipt }) => (receipt ? [{ i, receipt }] : []));
      const booked = await Promise.all(answered.map(({ receipt }) => hosts.isBooked(facts, receipt.receipt)));
      const unpaid = answered.filter((_, i) => !booked[i]);
      const claimed = (unpaid.at(-1) ?? answered.at(-1)!).i;
      if (unpaid.length > 0)
        return next(
          'commit',
          { ...facts, claimed, isChallenge: false },
          { note: `${unpaid.length} of ${answered.length} uses are not booked` },
        );
      const note = `all ${answered.length} uses are booked`;
      if (!paidUseRequest.parse(subject).challenge) return end('paid', { note });
      return next('commit', { ...facts, claimed, isChallenge: true }, { note: `${note}; claiming anyway` });
    },

    async commit({ id, facts }, context) {
      const { claimId } = await accused(context, id, facts);
      const { block, tx } = await commitClaim(context, id, facts, unpaidUseHash(claimId));
      return next('reveal', { ...facts, committedAt: block }, { tx, note: 'the claim is committed' });
    },

    async reveal({ id, facts }, context) {
      const waiting = await waitToReveal(context, facts.committedAt);
      if (waiting) return waiting;
      const { claimId, evidence } = await accused(context, id, facts);
      const reveal = revealCall(context, id, facts, 'revealUnpaidUse', evidence);
      if (facts.isChallenge) return challenge(context, reveal);
      const revealed = await revealClaim(context, claimId, reveal, facts);
      const again = { ...facts, claimAttempt: facts.claimAttempt + 1 };
      switch (revealed.is) {
        case 'revealed':
          return next('window', facts, {
            tx: revealed.tx,
            note: `claim ${claimId} is revealed`,
            keys: { claimId },
          });
        case 'early':
          return EARLY;
        case 'expired':
          return next('commit', again, { note: EXPIRED_NOTE });
        case 'booked':
          return next('check', again, { note: BOOKED_NOTE });
      }
    },

    async window({ id, facts }, context) {
      const { claimId } = await accused(context, id, facts);
      return (await waitForWindow(context, claimId)) ?? next('finalise', facts, { note: 'the window is over' });
    },

    async finalise({ id, facts }, context) {
      const { claimId, evidence } = await accused(context, id, facts);
      const { signed, nonceSalt } = evidence;
      const call: ClaimCall = { functionName: 'finaliseUnpaidUse', args: [signed.receipt, context.me, nonceSalt] };
      const { outcome, tx } = await finaliseClaim(context, claimId, facts.account, call, facts);
      const isLate = outcome === 'paid-late';
      const note = isLate ? 'booked only when contested: the late fee is taken' : `the claim ended ${outcome}`;
      return end(outcome, { tx, note });
    },
  },
});

/** Lets the court itself refuse a claim on booked receipts, for all to see. */
async function challenge({ court }: AuditContext, reveal: ClaimCall) {
  const { tx, isRefused, why } = await court.revealAnyway(reveal);
  if (!isRefused)
    throw new OmlError('INTERNAL', 'The court took a claim on receipts that are booked.', { details: { tx } });
  return end('paid', { tx, note: `the court refused the claim: ${why ?? 'reverted'}` });
}

/** The same at every visit: the receipt that is accused, by its digest, and the anchor over all of them. */
async function accused(
  { calls, salts, chain }: AuditContext,
  auditId: string,
  { claimed: i }: Claiming,
): Promise<{ claimId: Hex; evidence: ReceiptEvidence }> {
  const all = await calls.list(auditId);
  const { chainId, contracts } = chain.deployment;
  const adjudicator = { chainId, court: contracts.claimCourt };
  const signed = all[i]!.receipt!;
  const evidence = receiptEvidence(signed, salts(nonceSaltPurpose(auditId, ROUND, i)), receiptsOf(all), adjudicator);
  return { claimId: receiptDigest(signed.receipt, adjudicator), evidence };
}
