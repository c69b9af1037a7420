import { OmlError } from '@oml/protocol/error';
import { omlDomain } from '@oml/protocol/signed/domain';
import { recoverStrict } from '@oml/protocol/signed/strict-signature';
import { address, bytes32, hex, uint } from '@oml/protocol/wire/scalars';
import { hashTypedData, isAddressEqual, type Address, type Hex } from 'viem';
import { z } from 'zod';

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

export const PROBE_REQUEST_TYPES = { ProbeRequest: [{ name: 'batchId', type: 'bytes32' }] } as const;

/** EIP-712 digest that a verifier signs to ask for the probes of its batch. */
export function probeRequestDigest(
  batchId: Hex,
  { chainId, verifierRegistry }: { chainId: number; verifierRegistry: Address },
): Hex {
  return hashTypedData({
    domain: omlDomain(chainId, verifierRegistry),
    types: PROBE_REQUEST_TYPES,
    primaryType: 'ProbeRequest',
    message: { batchId },
  });
}

/**
 * Reads a signed request for probes. Throws REQUEST_INVALID, SIGNATURE_INVALID, or UNAUTHORIZED where somebody else
 * signed.
 */
export async function readProbeRequest(
  body: unknown,
  registry: { chainId: number; verifierRegistry: Address },
): Promise<ProbeRequest> {
  const parsed = probeRequestSchema.safeParse(body);
  if (!parsed.success) {
    const issues = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new OmlError('REQUEST_INVALID', `The request for probes is refused: ${issues.join('; ')}.`, {
      details: { issues },
    });
  }
  const signer = await recoverStrict(probeRequestDigest(parsed.data.batchId, registry), parsed.data.signature);
  if (!isAddressEqual(signer, parsed.data.verifier))
    throw new OmlError(
      'UNAUTHORIZED',
      `The request names the verifier ${parsed.data.verifier}, but ${signer} signed it.`,
    );
  return parsed.data;
}
