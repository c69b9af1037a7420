import { hashTypedData, type Address, type Hex, type LocalAccount } from 'viem';
import { queryHash } from '../evidence/query.ts';
import type { PublishRequestJson } from '../wire/publish-request.ts';
import { omlDomain } from './domain.ts';
import { recoverStrict } from './strict-signature.ts';

export const PUBLISH_REQUEST_TYPES = { PublishRequest: [{ name: 'bodyHash', type: 'bytes32' }] } as const;

export interface ModelRegistryOf {
  chainId: number;
  modelRegistry: Address;
}

/**
 * keccak256 of the RFC 8785 form of the body; a strict body has none of the members that a canonical query leaves out.
 */
export function bodyHash(body: unknown): Hex {
  return queryHash(body as Record<string, unknown>);
}

/** The EIP-712 message by which an owner orders a publication, for a wallet to sign. */
export function publishRequestTypedData(body: unknown, { chainId, modelRegistry }: ModelRegistryOf) {
  return {
    domain: omlDomain(chainId, modelRegistry),
    types: PUBLISH_REQUEST_TYPES,
    primaryType: 'PublishRequest',
    message: { bodyHash: bodyHash(body) },
  } as const;
}

/** The owner's signature over a publication request. */
export function signPublishRequest(
  body: PublishRequestJson,
  owner: LocalAccount,
  registry: ModelRegistryOf,
): Promise<Hex> {
  return owner.signTypedData(publishRequestTypedData(body, registry));
}

/** The address that signed a publication request, from its body as it came. Throws SIGNATURE_INVALID. */
export function publishRequestSigner(body: unknown, signature: Hex, registry: ModelRegistryOf): Promise<Address> {
  return recoverStrict(hashTypedData(publishRequestTypedData(body, registry)), signature);
}
