import type { Address, Hex } from 'viem';
import { z } from 'zod';
import { MOST_ITEMS, type BatchOpening } from '../evidence/batch.ts';
import { address, bytes32, hex, uint } from './scalars.ts';

/** More licenses than this in one set are worth no batch: each costs points. */
const MOST_LICENSES = 64;

/** What a batch opens to. */
export const batchOpeningSchema = z.strictObject({
  account: address,
  modelId: uint,
  release: z
    .number()
    .int()
    .min(1)
    .max(2 ** 32 - 1),
  licenseIds: z
    .array(uint)
    .max(MOST_LICENSES)
    .refine((ids) => ids.every((id, i) => i === 0 || id > ids[i - 1]!), 'not strictly ascending'),
  itemCount: uint.refine((n) => n > 0n && n <= MOST_ITEMS, 'out of range').transform(Number),
  pairsRoot: bytes32,
  salt: bytes32,
});
export type BatchOpeningJson = z.input<typeof batchOpeningSchema>;

/** Body of `POST /probes`: a verifier opens its committed batch to the publisher of the model, and to nobody else. */
export const probeRequestSchema = z.strictObject({
  verifier: address,
  batchId: bytes32,
  opening: batchOpeningSchema,
  signature: hex,
});
export type ProbeRequest = z.output<typeof probeRequestSchema>;
export type ProbeRequestJson = z.input<typeof probeRequestSchema>;

/** A request for probes as JSON. */
export function probeRequestToJson(request: {
  verifier: Address;
  batchId: Hex;
  opening: BatchOpening;
  signature: Hex;
}): ProbeRequestJson {
  const { verifier, batchId, signature, opening } = request;
  return { verifier, batchId, opening: openingToJson(opening), signature };
}

/** What a batch opens to, as JSON. */
export function openingToJson({ modelId, licenseIds, itemCount, ...opening }: BatchOpening): BatchOpeningJson {
  const numbers = { modelId: String(modelId), licenseIds: licenseIds.map(String), itemCount: String(itemCount) };
  return { ...opening, ...numbers };
}
