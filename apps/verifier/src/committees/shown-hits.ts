import { queryHashOf } from '@oml/protocol/evidence/query';
import { receiptDigest, type Receipt } from '@oml/protocol/signed/receipt';
import { blamedHitsInfo, blamedHitsPath, blamedHitsSchema } from '@oml/protocol/wire/blame-evidence';
import { modelKind } from '@oml/protocol/wire/model-kind';
import { fetchBytes } from '@oml/service/fetch-text';
import { openSealed } from '@oml/service/seal';
import type { Hex } from 'viem';
import type { CountedHit } from '../chain/blamed-claims.ts';
import type { DutyContext } from './duty-context.ts';

/** A hit that its host showed as it was: the receipt that the court counted, and what it answered. */
export interface ShownHit extends Pick<CountedHit, 'answer'> {
  receipt: Receipt;
  /** The text of what was asked. */
  body: string;
}

/** Text of a stranger that is parsed here: as many images as a claim needs fit, and no more than this process bears. */
const MOST_BYTES = 64 << 20;

/**
 * What a host shows for the hits of a claim, as far as it holds up: each receipt is the one that the court counted at
 * its place, each body has its query hash. Throws where nothing can be had, or read.
 */
export async function fetchHits(
  { chain, me, sealing, limits }: Pick<DutyContext, 'chain' | 'me' | 'sealing' | 'limits'>,
  { claimId, url, counted }: { claimId: Hex; url: string; counted: readonly CountedHit[] },
  { timeoutMs, signal }: { timeoutMs: number; signal: AbortSignal },
): Promise<ShownHit[]> {
  const address = `${url}${blamedHitsPath(me)}`;
  const sealed = await fetchBytes(address, { ...limits, timeoutMs, maxBytes: MOST_BYTES, signal });
  const text = new TextDecoder().decode(await openSealed(sealing, sealed, blamedHitsInfo(claimId)));
  const { chainId, contracts } = chain.deployment;
  const shown = blamedHitsSchema.parse(JSON.parse(text));
  return counted.flatMap(({ digest, answer }, i) => {
    const hit = shown[i];
    if (!hit || receiptDigest(hit.receipt, { chainId, court: contracts.claimCourt }) !== digest) return [];
    return isAsked(hit) ? [{ ...hit, answer }] : [];
  });
}

/** Is this what the receipt says was asked, as a text or a tensor? */
function isAsked({ receipt, body }: Omit<ShownHit, 'answer'>): boolean {
  return modelKind.options.some((kind) => {
    try {
      return queryHashOf(kind, body) === receipt.queryHash;
    } catch {
      return false;
    }
  });
}
