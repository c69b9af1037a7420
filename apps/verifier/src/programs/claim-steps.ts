// What both programs do to bring a claim from its receipts to its end. What happens when the process is killed between
// the commitment and the reveal: @oml/program/look-first.
import { wait } from '@oml/program/define-program';
import { CLAIM_STATE, isOpenClaim } from '@oml/protocol/chain/claim-state';
import { anchorTree } from '@oml/protocol/evidence/anchor';
import { receiptDigest, type SignedReceipt } from '@oml/protocol/signed/receipt';
import type { AuditOutcome } from '@oml/protocol/wire/audit';
import { advanceBlame, type BlamedClaim } from '@oml/service/blames';
import type { Hex } from 'viem';
import type { ClaimCall } from '../chain/claim-call.ts';
import { revertName } from '../chain/send-unless.ts';
import type { AuditContext } from './audit-context.ts';
import type { CallRecord } from './call-record.ts';
import { claimSaltPurpose } from './salts.ts';

/** What a verifier in shadow says in place of a claim. */
export const SHADOW_NOTE = 'in shadow nothing is claimed';
const BLOCK_MS = 1_000;
/** A committee takes days; on the dev chain seconds. */
const BLAME_MS = 5_000;

/** Calls that came back with a receipt, in order: what is anchored together. */
export const receiptsOf = (calls: readonly CallRecord[]): SignedReceipt[] =>
  calls.flatMap(({ receipt }) => (receipt ? [receipt] : []));

/** Anchors all receipts of a round under one root. */
export async function anchorReceipts(
  { chain, court }: AuditContext,
  receipts: readonly SignedReceipt[],
): Promise<Hex | undefined> {
  const { chainId, contracts } = chain.deployment;
  const digests = receipts.map(({ receipt }) => receiptDigest(receipt, { chainId, court: contracts.claimCourt }));
  return court.anchor(anchorTree(digests).root as Hex);
}

/** Waits by the chain's clock until every receipt is as old as a claim needs it; undefined when it is. */
export async function waitForAge({ court }: AuditContext, receipts: readonly SignedReceipt[]) {
  const [{ rules }, now] = await Promise.all([court.values(), court.now()]);
  const youngest = receipts.reduce(
    (latest, { receipt }) => (receipt.answeredAt > latest ? receipt.answeredAt : latest),
    0n,
  );
  const left = youngest + BigInt(rules.claimMinAge) - now;
  return left > 0n ? waitFor(left, 'the host still has time to book') : undefined;
}

/** Which claim a run makes. */
export interface ClaimAttempt {
  /** Which commitment: an expired one is made again under another salt. */
  claimAttempt: number;
  /** Where the events of this run begin. */
  sinceBlock: bigint;
}

/** Commits the claim whose contents hash is given; resolves to the block it stands in. */
export function commitClaim(
  { court, salts }: AuditContext,
  auditId: string,
  { claimAttempt, sinceBlock }: ClaimAttempt,
  contentsHash: Hex,
): Promise<{ block: bigint; tx: Hex }> {
  const salt = salts(claimSaltPurpose(auditId, claimAttempt));
  return court.commit(court.commitmentOf(contentsHash, salt), sinceBlock);
}

/** Waits for the blocks between commitment and reveal; undefined when they are there. */
export async function waitToReveal({ court, chain }: AuditContext, committedAt: bigint) {
  const { revealMinBlocks } = (await court.values()).rules;
  const block = await chain.publicClient.getBlockNumber();
  return block < committedAt + BigInt(revealMinBlocks) - 1n ? wait(BLOCK_MS / 2) : undefined;
}

/** A reveal under the salt of this attempt. */
export const revealCall = (
  { salts }: AuditContext,
  auditId: string,
  { claimAttempt }: ClaimAttempt,
  functionName: 'revealUnpaidUse' | 'revealEquivocation' | 'revealDisguisedUse',
  contents: readonly unknown[],
): ClaimCall => ({ functionName, args: [...contents, salts(claimSaltPurpose(auditId, claimAttempt))] });

/** How a reveal went. An expired commitment is to be made again; receipts that were booked meanwhile, weighed again. */
export type Revealed = { is: 'revealed'; tx: Hex } | { is: 'early' | 'expired' | 'booked' };
export const EARLY = wait(BLOCK_MS);
export const EXPIRED_NOTE = 'the commitment expired: committing again';
export const BOOKED_NOTE = 'the host booked before the reveal';

export async function revealClaim(
  { court }: AuditContext,
  claimId: Hex,
  reveal: ClaimCall,
  { sinceBlock }: ClaimAttempt,
): Promise<Revealed> {
  try {
    return { is: 'revealed', tx: await court.reveal(claimId, reveal, sinceBlock) };
  } catch (error) {
    const name = revertName(error);
    if (name === 'ClaimCourt_RevealTooEarly') return { is: 'early' };
    if (name === 'ClaimCourt_CommitmentExpired') return { is: 'expired' };
    if (name === 'ClaimCourt_AlreadyBooked') return { is: 'booked' };
    throw error;
  }
}

/** Waits by the chain's clock until the window of the claim is over; undefined when it is. */
export async function waitForWindow({ court }: AuditContext, claimId: Hex) {
  const [{ answerBy, state }, now] = await Promise.all([court.claim(claimId), court.now()]);
  const left = BigInt(answerBy) + 1n - now;
  return isOpenClaim(state) && left > 0n ? waitFor(left, 'the host has time to answer') : undefined;
}

/** Takes a claim that its host blames on its edition one step on; undefined where it is blamed no more. */
export async function waitForBlame({ chain, court }: AuditContext, claim: BlamedClaim) {
  if ((await court.claim(claim.claimId)).state !== CLAIM_STATE.BLAMED) return undefined;
  // Anybody may take the same step.
  const tx = await advanceBlame(chain, claim).catch((error: unknown) => {
    if (!revertName(error)?.endsWith('_WrongState')) throw error;
  });
  return wait(tx ? BLOCK_MS : BLAME_MS, 'a committee hears whether the host was delivered a bait');
}

/** Ends the claim and reads how it ended. */
export async function finaliseClaim(
  { court }: AuditContext,
  claimId: Hex,
  end: ClaimCall,
  { sinceBlock }: ClaimAttempt,
): Promise<{ outcome: AuditOutcome; tx: Hex | undefined }> {
  const tx = await court.finalise(claimId, end, sinceBlock);
  const { state } = await court.claim(claimId);
  const outcomes: Partial<Record<number, AuditOutcome>> = {
    [CLAIM_STATE.SLASHED]: 'slashed',
    [CLAIM_STATE.PAID_LATE]: 'paid-late',
    [CLAIM_STATE.LAPSED]: 'lapsed',
    [CLAIM_STATE.EXCUSED]: 'excused',
  };
  return { outcome: outcomes[state] ?? 'lapsed', tx };
}

/** A wait in chain seconds, looked at again in between: blocks may come late. */
const waitFor = (seconds: bigint, why: string) =>
  wait(Math.min(Number(seconds) * 1000, 60_000), `${why}: ${seconds} s`);
