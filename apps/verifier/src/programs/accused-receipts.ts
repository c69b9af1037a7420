// Which receipts an audit of paid use puts before the court, and what opens them there.
import { chargesSameMoney } from '@oml/protocol/evidence/equivocation';
import { requestNonce } from '@oml/protocol/evidence/nonce';
import { receiptDigest, type Receipt } from '@oml/protocol/signed/receipt';
import { isAddressEqual, type Address, type Hex } from 'viem';
import type { LicenseView } from '../chain/hosts.ts';
import type { AuditContext } from './audit-context.ts';
import { signedOf, type CallRecord } from './call-record.ts';
import { receiptEvidence, type ReceiptEvidence } from './claim-contents.ts';
import { nonceSalt } from './salts.ts';

/** Audits of paid use make all their calls in one round. */
export const ROUND = 0;
/** From the look at a receipt's age to the reveal: what is older then than the court takes is left out. */
const REVEAL_WITHIN_S = 600n;

/** A call of some audit of paid use, whose receipt is accused. */
export interface CallRef {
  auditId: string;
  i: number;
}

/** A receipt as the court is shown it, the same at every visit. */
export interface Shown extends CallRef {
  digest: Hex;
  evidence: ReceiptEvidence;
  /** Is its nonce one of ours? */
  isOpened: boolean;
}

/** What receipts are shown with, and what they are judged by. */
type Showing = Pick<AuditContext, 'chain' | 'calls' | 'salts' | 'me'>;
type Judging = Pick<AuditContext, 'court' | 'hosts'>;

const receiptOf = ({ evidence }: Shown): Receipt => evidence.signed.receipt;

/** The receipts of an audit, in the order of its calls, under the anchor over all of them. */
export async function shownOf(context: Showing, auditId: string): Promise<Shown[]> {
  const { chainId, contracts } = context.chain.deployment;
  const calls = await context.calls.list(auditId, ROUND);
  const anchored = signedOf(calls);
  const adjudicator = { chainId, court: contracts.claimCourt };
  return calls.flatMap((call) =>
    signedOf([call]).map((signed) => {
      const salt = nonceSalt(context.salts, auditId, ROUND, call.i);
      const evidence = receiptEvidence(signed, salt, anchored, adjudicator);
      const isOpened = requestNonce(context.me, salt) === signed.receipt.requestNonce;
      return { auditId, i: call.i, digest: receiptDigest(signed.receipt, adjudicator), evidence, isOpened };
    }),
  );
}

/** The receipts that these calls brought, in this order. */
export async function shownAt(context: AuditContext, refs: readonly CallRef[]): Promise<Shown[]> {
  const audits = new Map<string, Shown[]>();
  for (const { auditId } of refs) if (!audits.has(auditId)) audits.set(auditId, await shownOf(context, auditId));
  return refs.map((ref) => audits.get(ref.auditId)!.find(({ i }) => i === ref.i)!);
}

type Licensed = Pick<LicenseView, 'licenseId' | 'account' | 'vault' | 'termsId'>;

/**
 * Receipts that name the license and that the court would take now: it refuses a claim for one that is not the
 * account's, is counted, too old, or was anchored out of time.
 */
export async function claimable(context: Judging, { licenseId, account }: Licensed, shown: readonly Shown[]) {
  const named = shown.filter((one) => one.isOpened && receiptOf(one).licenseId === licenseId);
  return keep(named, (one) => isTaken(context, account, one));
}

/** Of these, those that the vault has not booked; now, or at the end of a block. */
export const unbooked = ({ hosts }: Judging, of: Licensed, shown: readonly Shown[], atBlock?: bigint) =>
  keep(shown, async (one) => !(await hosts.isBooked(of, receiptOf(one), atBlock)));

/**
 * Two receipts of the account on the same money, the accused one first: one of this audit, and one of whatever audit of
 * paid use. Undefined where there are none that the court would take.
 */
export async function findEquivocation(
  context: AuditContext,
  { account }: Licensed,
  shown: readonly Shown[],
): Promise<[accused: Shown, witness: Shown] | undefined> {
  const served = new Set((await context.hosts.licenses({ account })).map(({ licenseId }) => licenseId));
  for (const one of shown) {
    for (const call of await context.calls.onPayment(receiptOf(one).paymentRef)) {
      const other = await otherOn(context, one, call);
      if (!other) continue;
      const [accused, witness] = one.digest > other.digest ? [one, other] : [other, one];
      if (!served.has(receiptOf(accused).licenseId) || !(one.isOpened || other.isOpened)) continue;
      const counts = await Promise.all([isTaken(context, account, accused), isFit(context, account, witness)]);
      if (counts.every(Boolean)) return [accused, witness];
    }
  }
  return undefined;
}

/** The receipt of this call, if it charges the same money. */
async function otherOn(context: AuditContext, one: Shown, call: CallRecord): Promise<Shown | undefined> {
  if (!signedOf([call]).some(({ receipt }) => chargesSameMoney(receipt, receiptOf(one)))) return undefined;
  // A disguise audit anchors its rounds otherwise, so that its receipts stand under no root of these.
  return call.round === ROUND ? (await shownAt(context, [call]))[0] : undefined;
}

/** The court would take it, and has not counted it yet. */
async function isTaken(context: Judging, account: Address, one: Shown): Promise<boolean> {
  const [fits, { offence }] = await Promise.all([isFit(context, account, one), context.court.claim(one.digest)]);
  return fits && offence === 0;
}

/** Of the right account and age, and anchored in time, while its signer was bound. */
async function isFit({ hosts, court }: Judging, account: Address, { evidence }: Shown): Promise<boolean> {
  const { anchorRoot, receipt } = evidence.signed;
  const [{ rules }, now, anchored, by] = await Promise.all([
    court.values(),
    court.now(),
    court.anchoredAt(anchorRoot),
    hosts.signedBy(evidence.signed),
  ]);
  if (!isAddressEqual(by.account, account)) return false;
  if (anchored === 0n || (by.revokedAt !== 0n && anchored >= by.revokedAt)) return false;
  const [age, late] = [now - receipt.answeredAt, anchored - receipt.answeredAt];
  return (
    late <= BigInt(rules.anchorWindow) &&
    -late <= BigInt(rules.anchorLead) &&
    age >= BigInt(rules.claimMinAge) &&
    age + REVEAL_WITHIN_S <= BigInt(rules.claimMaxAge)
  );
}

async function keep<Item>(items: readonly Item[], test: (item: Item) => Promise<boolean>): Promise<Item[]> {
  const kept = await Promise.all(items.map(test));
  return items.filter((_, i) => kept[i]);
}
