import { isServing } from '@oml/protocol/chain/license-state';
import { OmlError } from '@oml/protocol/error';
import { unpaidUseHash } from '@oml/protocol/evidence/claim';
import { receiptDigest, type Receipt } from '@oml/protocol/signed/receipt';
import { isAddressEqual, type Address, type Hex } from 'viem';
import { factsOf, type AuditContext, type AuditProgram } from './audit-context.ts';
import type { AuditRecord } from './audit-record.ts';
import { auditRequestSchema, type PaidUseRequest } from './audit-request.ts';
import { receiptEvidence, type ReceiptEvidence } from './claim-contents.ts';
import {
  anchorReceipts,
  commitClaim,
  finaliseClaim,
  receiptsOf,
  revealCall,
  revealClaim,
  waitForAge,
  waitForWindow,
  waitToReveal,
  type ClaimFacts,
} from './claim-steps.ts';
import { ordinaryRequest } from './ordinary-requests.ts';
import { nonceSaltPurpose } from './salts.ts';

interface PaidUseFacts extends ClaimFacts {
  account: Address;
  vault: Address;
  termsId: number;
  /** Number of the call whose receipt is claimed. */
  claimed?: number;
  /** Reveal although all is booked. */
  isChallenge?: boolean;
}

const requestOf = (audit: AuditRecord) => auditRequestSchema.parse(audit.target) as PaidUseRequest;
const ROUND = 0;

/**
 * Makes ordinary paid calls under one license, looks whether each was booked in its vault, and claims one that was not
 * (protocol §5,
 * offence 1). One is enough: an account is slashed once, and whoever books the newest use of a channel books the older
 * ones.
 */
export const paidUse: AuditProgram = {
  first: 'discover',
  rescueOf: () => undefined,
  steps: {
    async discover({ hosts, calls, salts }, audit) {
      const request = requestOf(audit);
      const license = await hosts.license(request.licenseId);
      if (!isServing(license.state))
        throw new OmlError('LICENSE_NOT_ACTIVE', `License ${license.licenseId} is not served now.`);
      const served = (await hosts.served(license)).filter(
        (entry) => entry.licenseId === license.licenseId && isAddressEqual(entry.vault, license.vault),
      );
      const chosen = served.find(({ model }) => request.model === undefined || model === request.model);
      if (!chosen)
        throw new OmlError('NOT_FOUND', `${license.endpoint} serves nothing under license ${license.licenseId}.`);
      const seed = salts(`traffic/${audit.id}`);
      const planned = Array.from({ length: request.calls }, (_, i) => ({
        auditId: audit.id,
        round: ROUND,
        i,
        url: chosen.url,
        price: chosen.price,
        body: ordinaryRequest(chosen, seed, i),
      }));
      calls.plan(planned);
      const facts = { account: license.account, vault: license.vault, termsId: license.termsId };
      return { next: 'ask', facts, note: `${chosen.model} at ${license.endpoint}, ${chosen.price} a call` };
    },

    async ask({ paidCalls, calls, records }, audit) {
      const left = await paidCalls.makeAll(audit.id, ROUND, (done, all) =>
        records.note(audit.id, 'ask', `asked ${done} of ${all}`, null),
      );
      if (left > 0) return { waitMs: 2_000, note: `${left} calls are to be tried again` };
      const made = calls.list(audit.id);
      const answered = receiptsOf(made).length;
      if (answered === 0)
        return {
          verdict: 'inconclusive',
          note: `no call came back with a valid receipt: ${[...new Set(made.map(({ error }) => error))].join(', ')}`,
        };
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
      const booked = await Promise.all(
        answered.map(({ receipt }) => hosts.isBooked({ vault, termsId }, receipt!.receipt)),
      );
      const unpaid = answered.filter((_, i) => !booked[i]);
      if (unpaid.length > 0)
        return {
          next: 'commit',
          facts: { claimed: unpaid.at(-1)!.i, isChallenge: false },
          note: `${unpaid.length} of ${answered.length} uses are not booked`,
        };
      const note = `all ${answered.length} uses are booked`;
      if (!requestOf(audit).challenge) return { verdict: 'paid', note };
      return {
        next: 'commit',
        facts: { claimed: answered.at(-1)!.i, isChallenge: true },
        note: `${note}; claiming anyway`,
      };
    },

    commit: (context, audit) => commitClaim(context, audit, unpaidUseHash(claimIdOf(context, audit)), 'reveal'),

    async reveal(context, audit) {
      const waiting = await waitToReveal(context, audit);
      if (waiting) return waiting;
      const reveal = revealCall(context, audit, 'revealUnpaidUse', evidenceOf(context, audit));
      if (factsOf<PaidUseFacts>(audit).isChallenge) return challenge(context, reveal);
      return revealClaim(context, audit, claimIdOf(context, audit), reveal, {
        revealed: 'window',
        expired: 'commit',
        booked: 'check',
      });
    },

    window: (context, audit) => waitForWindow(context, audit, 'finalise'),

    async finalise(context, audit) {
      const { signed, nonceSalt } = evidenceOf(context, audit);
      const end = {
        functionName: 'finaliseUnpaidUse',
        args: [signed.receipt, context.chain.account!.address, nonceSalt],
      } as const;
      const { verdict, tx } = await finaliseClaim(context, audit, factsOf<PaidUseFacts>(audit).account, end);
      return {
        verdict,
        tx,
        note:
          verdict === 'paid-late' ? 'booked only when contested: the late fee is taken' : `the claim ended ${verdict}`,
      };
    },
  },
};

/** Lets the court itself refuse a claim on booked receipts, for all to see. */
async function challenge({ court }: AuditContext, reveal: Parameters<AuditContext['court']['revealAnyway']>[0]) {
  const { tx, isRefused, why } = await court.revealAnyway(reveal);
  if (!isRefused)
    throw new OmlError('INTERNAL', 'The court took a claim on receipts that are booked.', { details: { tx } });
  return { verdict: 'paid' as const, tx, note: `the court refused the claim: ${why ?? 'reverted'}` };
}

/** The digest of the accused receipt. */
function claimIdOf(context: AuditContext, audit: AuditRecord): Hex {
  const { chainId, contracts } = context.chain.deployment;
  return receiptDigest(evidenceOf(context, audit).signed.receipt as Receipt, { chainId, court: contracts.claimCourt });
}

/** The same evidence at every visit: one receipt, and the anchor over all of them. */
function evidenceOf({ calls, salts, chain }: AuditContext, audit: AuditRecord): ReceiptEvidence {
  const all = calls.list(audit.id);
  const { chainId, contracts } = chain.deployment;
  const i = factsOf<PaidUseFacts>(audit).claimed!;
  return receiptEvidence(all[i]!.receipt!, salts(nonceSaltPurpose(audit.id, ROUND, i)), receiptsOf(all), {
    chainId,
    court: contracts.claimCourt,
  });
}
