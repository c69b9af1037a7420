import { keyIndexAt } from '@oml/protocol/evidence/batch';
import type { ProbeGrant, ProbeItem } from '@oml/protocol/wire/probe-grant';
import type { Hex } from 'viem';
import { keyBody } from '../programs/key-body.ts';
import type { Release } from '../programs/release.ts';
import { decoysFor } from './canaries.ts';

/** What the beacon draws from: the same batch is drawn the same. */
export interface Drawn {
  beacon: Hex;
  batchId: Hex;
  itemCount: number;
}

/** Item i asks common key `keyIndexAt(…, i)` (protocol §5, offence 2). */
export function drawItems(
  release: Pick<Release, 'book' | 'leaves' | 'answers' | 'proofOf'>,
  { beacon, batchId, itemCount }: Drawn,
): ProbeItem[] {
  return Array.from({ length: itemCount }, (_, i) => {
    const index = keyIndexAt(beacon, batchId, i, release.book.commonCount);
    const leaf = release.leaves[index]!;
    return {
      i,
      body: keyBody(release.book.keys[index]!.prompt),
      leaf: { ...leaf, candidates: [...leaf.candidates] },
      proof: release.proofOf(index),
      answer: release.answers[index]!,
    };
  });
}

/**
 * As many as there are items, from where the beacon says: each comes as often as a key, and to as many verifiers, but
 * for the canary, which comes to its own as often. One that came every time would tell a host that it is audited again.
 */
export function drawDecoys(
  { decoys }: Pick<Release, 'decoys'>,
  { beacon, batchId, itemCount }: Drawn,
  canary?: number,
): ProbeGrant['decoys'] {
  const own = decoysFor(decoys, canary);
  const count = Math.min(itemCount, own.length);
  return Array.from({ length: count }, (_, i) => own[keyIndexAt(beacon, batchId, i, own.length)]!);
}
