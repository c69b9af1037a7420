import { OmlError } from '@oml/protocol/error';
import { isAddressEqual, type Address, type Hex } from 'viem';
import { factsOf, type AuditContext, type AuditProgram } from './audit-context.ts';
import type { AuditRecord } from './audit-record.ts';
import { auditRequestSchema, type PaidUseRequest } from './audit-request.ts';
import { receiptEvidence, unpaidUseHash, type UnpaidUse } from './claim-contents.ts';
import { anchorReceipts, commitClaim, finaliseClaim, receiptsOf, revealCall, revealClaim, waitForAge, waitForWindow, waitToReveal, type ClaimFacts } from './claim-steps.ts';
import { LICENSE_STATE } from './hosts.ts';
import { ordinaryRequest } from './ordinary-requests.ts';
import { nonceSaltPurpose } from './salts.ts';

interface PaidUseFacts extends ClaimFacts {
  account: Address;
  vault: Address;
  termsId: number;
  /** Numbers of the calls whose receipts are claimed. */
  claimed?: number[];
  /** Reveal although all is booked. */
  isChallenge?: boolean;
}

const requestOf = (audit: AuditRecord) => auditRequestSchema.parse(audit.target) as PaidUseRequest;
const ROUND = 0;

/** Makes ordinary paid calls under one license, looks whether each was booked in its vault, and claims those that were not (protocol §5, offence 1). */
export const paidUse: AuditProgram = {
  first: 'discover',
  rescueOf: () => undefined,
  steps: {
    async discover({ hosts, calls, salts }, audit) {
      const request = requestOf(audit);
      const license = await hosts.license(request.licenseId);
      if (license.state !== LICENSE_STATE.ACTIVE && license.state !== LICENSE_STATE.CLOSING) throw new OmlError('LICENSE_NOT_ACTIVE', `License ${license.licenseId} is not served now.`);
      const served = (await hosts.served(license)).filter((entry) => entry.licenseId === license.licenseId && isAddressEqual(entry.vault, license.vault));
      const chosen = served.find(({ model }) => request.model === undefined || model === request.model);
      if (!chosen) throw new OmlError('NOT_FOUND', `${license.endpoint} serves nothing under license ${license.licenseId}.`);
      const seed = salts(`traffic/${audit.id}`);
      const planned = Array.from({ length: request.calls }, (_, i) => ({ auditId: audit.id, round: ROUND, i, url: chosen.url, price: chosen.price, body: ordinaryRequest(chosen, seed, i) }));
      calls.plan(planned);
      const facts = { account: license.account, vault: license.vault, termsId: license.termsId };
      return { next: 'ask', facts, note: `${chosen.model} at ${license.endpoint}, ${chosen.price} a call` };
    },

    async ask({ paidCalls, calls, records }, audit) {
      const left = await paidCalls.makeAll(audit.id, ROUND, (done, all) => records.note(audit.id, 'ask', `asked ${done} of ${all}`, null));
      if (left > 0) return { waitMs: 2_000, note: `${left} calls are to be tried again` };
      const made = calls.list(audit.id);
      const answered = receiptsOf(made).length;
      if (answered === 0) return { verdict: 'inconclusive', note: `no call came back with a valid receipt: ${[...new Set(made.map(({ error }) => error))].join(', ')}` };
      return { next: 'anchor', note: `${answered} paid answers with receipts` };
    },

    async anchor(context, audit) {
      const tx = await anchorReceipts(context, receiptsOf(context.calls.list(audit.id)));
      return { next: 'age', tx, note: 'the receipts are anchored' };
    },

    async age(context, audit) {
      const waiting = await waitForAge(context, receiptsOf(context.calls.list(audit.id)));
      return waiting ?? { next: 'check', note: 'the receipts are old enough for a claim' };
    },

    async check({ hosts, calls }, audit) {
      const { vault, termsId } = factsOf<PaidUseFacts>(audit);
      const answered = calls.list(audit.id).filter(({ receipt }) => receipt !== null);
      const booked = await Promise.all(answered.map(({ receipt }) => hosts.isBooked({ vault, termsId }, receipt!.receipt)));
      const unpaid = answered.filter((_, i) => !booked[i]);
      if (unpaid.length > 0) return { next: 'commit', facts: { claimed: unpaid.map(({ i }) => i), isChallenge: false }, note: `${unpaid.length} of ${answered.length} uses are not booked` };
      const note = `all ${answered.length} uses are booked`;
      if (!requestOf(audit).challenge) return { verdict: 'paid', note };
      return { next: 'commit', facts: { claimed: answered.map(({ i }) => i), isChallenge: true }, note: `${note}; claiming anyway` };
    },

    commit: (context, audit) => commitClaim(context, audit, unpaidUseHash(contentsOf(context, audit)), 'reveal'),

    async reveal(context, audit) {
      const waiting = await waitToReveal(context, audit);
      if (waiting) return waiting;
      const reveal = revealCall(context, audit, 'revealUnpaidUse', contentsOf(context, audit));
      if (factsOf<PaidUseFacts>(audit).isChallenge) return challenge(context, reveal);
      return revealClaim(context, audit, reveal, { revealed: 'window', expired: 'commit', booked: 'check' });
    },

    window: (context, audit) => waitForWindow(context, audit, 'finalise'),

    async finalise(context, audit) {
      const { verdict, tx } = await finaliseClaim(context, audit);
      return { verdict, tx, note: verdict === 'paid-late' ? 'booked only when contested: the late fee is taken' : `the claim ended ${verdict}` };
    },
  },
};

/** Lets the court itself refuse a claim on booked receipts, for all to see. */
async function challenge({ court }: AuditContext, reveal: Parameters<AuditContext['court']['revealAnyway']>[0]) {
  const { tx, isRefused, why } = await court.revealAnyway(reveal);
  if (!isRefused) throw new OmlError('INTERNAL', 'The court took a claim on receipts that are booked.', { details: { tx } });
  return { verdict: 'paid' as const, tx, note: `the court refused the claim: ${why ?? 'reverted'}` };
}

/** The same contents at every visit: receipts by number, the anchor over all of them. */
function contentsOf({ calls, salts, chain }: AuditContext, audit: AuditRecord): UnpaidUse {
  const all = calls.list(audit.id);
  const anchored = receiptsOf(all);
  const { chainId, contracts } = chain.deployment;
  const { claimed } = factsOf<PaidUseFacts>(audit);
  const evidence = (i: number) => receiptEvidence(all[i]!.receipt!, salts(nonceSaltPurpose(audit.id, ROUND, i)) as Hex, anchored, { chainId, court: contracts.claimCourt });
  return { receipts: claimed!.map(evidence) };
}
