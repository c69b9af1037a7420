import type { Hex } from 'viem';
import { z } from 'zod';
import { MOST_ITEMS } from '../evidence/batch.ts';
import { bytes32 } from './scalars.ts';

/** What a publisher seals to a verifier: for every item of its batch, what to ask and what proves the answer. */
export const probeGrantSchema = z.object({
  items: z.array(
    z.object({
      i: z.number().int().min(0),
      /** The request whose canonical query is the key; sent as it is, plus `model` and `max_tokens`. */
      body: z.record(z.string(), z.unknown()),
      leaf: z.object({
        index: z.number().int().min(0),
        keyHash: bytes32,
        candidates: z.array(bytes32),
        bits: z.number().int().min(1).max(6),
        salt: bytes32,
      }),
      proof: z.array(bytes32),
      /** The candidate whose appearance at the start of `head` is a hit. */
      answer: bytes32,
    }),
  ),
  /**
   * Bodies of requests that nobody can tell from those of keys, and that are in no code book: asked among them, they
   * hide them. Fewer than there are items, or none, where the model has no more.
   */
  decoys: z.array(z.record(z.string(), z.unknown())).max(MOST_ITEMS).default([]),
});
export type ProbeGrant = z.output<typeof probeGrantSchema>;
export type ProbeItem = ProbeGrant['items'][number];

/** Answer to `POST /probes`: base64 of the grant's JSON, sealed to the verifier's on-chain key. */
export const sealedGrantSchema = z.object({ sealed: z.base64() });

/** What the seal of a grant is bound to. */
export const grantSealInfo = (batchId: Hex): string => `oml/probes/${batchId}`;

/** Reads an opened grant; undefined where it is not one. */
export function readProbeGrant(plaintext: string): ProbeGrant | undefined {
  try {
    return probeGrantSchema.safeParse(JSON.parse(plaintext)).data;
  } catch {
    return undefined;
  }
}
