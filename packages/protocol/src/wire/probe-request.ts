import type { Address, Hex } from 'viem';
import { z } from 'zod';
import type { BatchOpening } from '../evidence/batch.ts';
import { address, bytes32, hex, uint } from './scalars.ts';

/** Body of `POST /probes`: a verifier opens its committed batch to the publisher of the model, and to nobody else. */
export const probeRequestSchema = z.strictObject({
  verifier: address,
  batchId: bytes32,
  opening: z.strictObject({
    account: address,
    modelId: uint,
    release: z
      .number()
      .int()
      .min(1)
      .max(2 ** 32 - 1),
    pairsRoot: bytes32,
    itemCount: uint.refine((n) => n > 0n && n <= 100_000n, 'out of range').transform(Number),
    salt: bytes32,
  }),
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
  const { verifier, batchId, signature } = request;
  const { account, modelId, release, pairsRoot, itemCount, salt } = request.opening;
  const opening = { account, modelId: String(modelId), release, pairsRoot, itemCount: String(itemCount), salt };
  return { verifier, batchId, opening, signature };
}
