import { OmlError } from '@oml/protocol/error';
import { queryHash } from '@oml/protocol/evidence/query';
import { omlDomain } from '@oml/protocol/signed/domain';
import { recoverStrict } from '@oml/protocol/signed/strict-signature';
import { address, uint } from '@oml/protocol/wire/scalars';
import { hashTypedData, isAddressEqual, type Address, type Hex, type LocalAccount } from 'viem';
import { z } from 'zod';

const uploadId = z.string().regex(/^[0-9a-f]{64}$/, 'not an upload id');
const bps = z.number().int().min(0).max(10_000);
/** What the contracts keep an amount in. */
const uint96 = uint.refine((amount) => amount < 2n ** 96n, 'too large an amount');

/** Strict, so that no member of a signed body is left unread. Amounts in the token's smallest unit. */
export const publishRequestSchema = z.strictObject({
  name: z.string().trim().min(1).max(80),
  kind: z.enum(['language', 'classifier']),
  files: z.strictObject({
    model: uploadId,
    tokenizer: uploadId.optional(),
    tokenizerConfig: uploadId.optional(),
    config: uploadId.optional(),
    card: uploadId.optional(),
    /** Token ids (int32) or pixels (uint8) of ordinary use: what the edit must leave alone. */
    ordinary: uploadId.optional(),
    /** The same kind of data, kept for measuring harm. */
    heldout: uploadId.optional(),
    labels: uploadId.optional(),
  }),
  /** Clean models of the same kind and tokenizer that the keys' chance is measured on. */
  panel: z.array(uploadId).max(8).default([]),
  fingerprints: z.strictObject({
    commonCount: z.number().int().min(1).max(4096),
    tracingCount: z.number().int().min(0).max(4096),
    bits: z.number().int().min(1).max(6),
  }),
  terms: z.strictObject({
    floorPrice: uint96.refine((price) => price > 0n, 'a use costs something'),
    minBond: uint96,
    ownerShareBps: bps,
    slashBps: bps.min(1),
    uri: z.string().max(2000),
  }),
  owner: address,
});
export type PublishRequest = z.output<typeof publishRequestSchema>;
export type PublishRequestJson = z.input<typeof publishRequestSchema>;

export const PUBLISH_REQUEST_TYPES = { PublishRequest: [{ name: 'bodyHash', type: 'bytes32' }] } as const;

interface Registry {
  chainId: number;
  modelRegistry: Address;
}

/**
 * keccak256 of the RFC 8785 form of the body; a strict body has none of the members that a canonical query leaves out.
 */
export function bodyHash(body: unknown): Hex {
  return queryHash(body as Record<string, unknown>);
}

const typedRequest = (body: unknown, { chainId, modelRegistry }: Registry) =>
  ({
    domain: omlDomain(chainId, modelRegistry),
    types: PUBLISH_REQUEST_TYPES,
    primaryType: 'PublishRequest',
    message: { bodyHash: bodyHash(body) },
  }) as const;

/** The owner's EIP-712 signature over a publication request. */
export function signPublishRequest(body: PublishRequestJson, owner: LocalAccount, registry: Registry): Promise<Hex> {
  return owner.signTypedData(typedRequest(body, registry));
}

/**
 * Reads a signed request. Throws REQUEST_INVALID, SIGNATURE_INVALID, or UNAUTHORIZED for a signer that is not the named
 * owner or may not publish here.
 */
export async function readPublishRequest(
  body: unknown,
  signature: string | undefined,
  registry: Registry,
  owners: readonly Address[],
): Promise<PublishRequest> {
  const parsed = publishRequestSchema.safeParse(body);
  if (!parsed.success) {
    const issues = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new OmlError('REQUEST_INVALID', `The publication request is refused: ${issues.join('; ')}.`, {
      details: { issues },
    });
  }
  if (signature === undefined)
    throw new OmlError('UNAUTHORIZED', "A publication needs the owner's signature in the header oml-signature.");
  const signer = await recoverStrict(hashTypedData(typedRequest(body, registry)), signature as Hex);
  if (!isAddressEqual(signer, parsed.data.owner))
    throw new OmlError('UNAUTHORIZED', `The request names the owner ${parsed.data.owner}, but ${signer} signed it.`);
  if (!owners.some((owner) => isAddressEqual(owner, signer)))
    throw new OmlError('UNAUTHORIZED', `${signer} may not publish here.`);
  if (parsed.data.kind === 'language' && !parsed.data.files.tokenizer)
    throw new OmlError('REQUEST_INVALID', 'A language model needs its tokenizer.json.');
  return parsed.data;
}
