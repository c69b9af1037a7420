import { anchorTree } from '@oml/protocol/evidence/anchor';
import { receiptDigest, type SignedReceipt } from '@oml/protocol/signed/receipt';
import type { Hex } from 'viem';
import type { AuditContext } from './audit-context.ts';
import type { AuditRecord, StepResult, Verdict } from './audit-record.ts';
import type { CallRecord } from './call-record.ts';
import { CLAIM_STATE, type ClaimCall } from './court.ts';
import { revertName } from './reverted.ts';
import { claimSaltPurpose } from './salts.ts';

/** Facts of a claim that is being made. */
export interface ClaimFacts {
  /** Which commitment: an expired one is made again under another salt. */
  claimAttempt?: number;
  committedAt?: string;
  claimId?: Hex;
}

const BLOCK_MS = 1_000;
export const MAX_CLAIM_ATTEMPTS = 3;

/** Calls that came back with a receipt, in order: what is anchored together. */
export const receiptsOf = (calls: readonly CallRecord[]): SignedReceipt[] =>
  calls.flatMap(({ receipt }) => (receipt ? [receipt] : []));

/** Anchors all receipts of a round under one root. */
export async function anchorReceipts(
  { chain, court }: AuditContext,
  receipts: readonly SignedReceipt[],
): Promise<Hex | undefined> {
  const { chainId, contracts } = chain.deployment;
  return court.anchor(
    anchorTree(receipts.map(({ receipt }) => receiptDigest(receipt, { chainId, court: contracts.claimCourt })))
      .root as Hex,
  );
}

/** Waits by the chain's clock until every receipt is as old as a claim needs it; undefined when it is. */
export async function waitForAge(
  { court }: AuditContext,
  receipts: readonly SignedReceipt[],
): Promise<StepResult | undefined> {
  const [{ rules }, now] = await Promise.all([court.values(), court.now()]);
  const youngest = receipts.reduce(
    (latest, { receipt }) => (receipt.answeredAt > latest ? receipt.answeredAt : latest),
    0n,
  );
  const left = youngest + BigInt(rules.claimMinAge) - now;
  return left > 0n ? waitFor(left, 'the host still has time to book') : undefined;
}

/** Commits the claim whose contents hash is given. */
export async function commitClaim(
  { court, salts }: AuditContext,
  audit: AuditRecord,
  contentsHash: Hex,
  next: string,
): Promise<StepResult> {
  const { claimAttempt = 0 } = audit.facts as ClaimFacts;
  const { block, tx } = await court.commit(
    court.commitmentOf(contentsHash, salts(claimSaltPurpose(audit.id, claimAttempt))),
  );
  return { next, facts: { committedAt: String(block) }, tx, note: 'the claim is committed' };
}

/** Waits for the blocks between commitment and reveal; undefined when they are there. */
export async function waitToReveal(
  { court, chain }: AuditContext,
  audit: AuditRecord,
): Promise<StepResult | undefined> {
  const { revealMinBlocks } = (await court.values()).rules;
  const block = await chain.publicClient.getBlockNumber();
  return block < BigInt((audit.facts as ClaimFacts).committedAt!) + BigInt(revealMinBlocks) - 1n
    ? { waitMs: BLOCK_MS / 2 }
    : undefined;
}

/** A reveal under the salt of this attempt. */
export function revealCall(
  { salts }: AuditContext,
  audit: AuditRecord,
  functionName: 'revealUnpaidUse' | 'revealDisguisedUse',
  contents: unknown,
): ClaimCall {
  return {
    functionName,
    args: [contents, salts(claimSaltPurpose(audit.id, (audit.facts as ClaimFacts).claimAttempt ?? 0))],
  };
}

/** Reveals; an expired commitment is made again, a receipt that was booked meanwhile is weighed again. */
export async function revealClaim(
  { court }: AuditContext,
  audit: AuditRecord,
  claimId: Hex,
  reveal: ClaimCall,
  to: { revealed: string; expired: string; booked: string },
): Promise<StepResult> {
  const { claimAttempt = 0 } = audit.facts as ClaimFacts;
  try {
    const tx = await court.reveal(claimId, reveal);
    return { next: to.revealed, facts: { claimId }, claimId, tx, note: `claim ${claimId} is revealed` };
  } catch (error) {
    const name = revertName(error);
    if (name === 'ClaimCourt_RevealTooEarly') return { waitMs: BLOCK_MS };
    const again = { claimAttempt: claimAttempt + 1 };
    if (name === 'ClaimCourt_CommitmentExpired')
      return { next: to.expired, facts: again, note: 'the commitment expired: committing again' };
    if (name === 'ClaimCourt_AlreadyBooked')
      return { next: to.booked, facts: again, note: 'the host booked before the reveal' };
    throw error;
  }
}

/** Waits by the chain's clock until the window of the claim is over. */
export async function waitForWindow({ court }: AuditContext, audit: AuditRecord, next: string): Promise<StepResult> {
  const [{ answerBy, state }, now] = await Promise.all([
    court.claim((audit.facts as ClaimFacts).claimId!),
    court.now(),
  ]);
  const isOpen = state === CLAIM_STATE.PROVING || state === CLAIM_STATE.CONTESTED;
  const left = BigInt(answerBy) + 1n - now;
  return isOpen && left > 0n ? waitFor(left, 'the host has time to answer') : { next, note: 'the window is over' };
}

/** Ends the claim and reads how it ended. */
export async function finaliseClaim(
  { court }: AuditContext,
  audit: AuditRecord,
  account: Hex,
  end: ClaimCall,
): Promise<{ verdict: Verdict; tx: Hex | undefined }> {
  const claimId = (audit.facts as ClaimFacts).claimId!;
  const tx = await court.finalise(claimId, account, end);
  const { state } = await court.claim(claimId);
  const verdicts: Partial<Record<number, Verdict>> = {
    [CLAIM_STATE.SLASHED]: 'slashed',
    [CLAIM_STATE.PAID_LATE]: 'paid-late',
    [CLAIM_STATE.CLEARED]: 'cleared',
    [CLAIM_STATE.LAPSED]: 'lapsed',
  };
  return { verdict: verdicts[state] ?? 'lapsed', tx };
}

/** A wait in chain seconds, looked at again in between: blocks may come late. */
const waitFor = (seconds: bigint, why: string): StepResult => ({
  waitMs: Math.min(Number(seconds) * 1000, 60_000),
  note: `${why}: ${seconds} s`,
});
