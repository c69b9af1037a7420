import { hashTypedData, type Address, type Hex } from 'viem';
import type { ReleaseOrderJson } from '../wire/release-order.ts';
import { omlDomain } from './domain.ts';
import { bodyHash, type ModelRegistryOf } from './publish-request.ts';
import { recoverStrict } from './strict-signature.ts';

const RELEASE_ORDER_TYPES = {
  ReleaseOrder: [
    { name: 'modelId', type: 'uint256' },
    { name: 'after', type: 'uint32' },
    { name: 'graceSeconds', type: 'uint32' },
    { name: 'bodyHash', type: 'bytes32' },
  ],
} as const;

/** The EIP-712 message by which an owner orders a release, for a wallet to sign; it hashes the body as it is sent. */
export function releaseOrderTypedData(order: ReleaseOrderJson, { chainId, modelRegistry }: ModelRegistryOf) {
  const { modelId, after, graceSeconds } = order;
  return {
    domain: omlDomain(chainId, modelRegistry),
    types: RELEASE_ORDER_TYPES,
    primaryType: 'ReleaseOrder',
    message: { modelId: BigInt(modelId), after, graceSeconds, bodyHash: bodyHash(order) },
  } as const;
}

/** Who ordered it, from its body as it came. Throws SIGNATURE_INVALID. */
export function releaseOrderSigner(
  order: ReleaseOrderJson,
  signature: Hex,
  registry: ModelRegistryOf,
): Promise<Address> {
  return recoverStrict(hashTypedData(releaseOrderTypedData(order, registry)), signature);
}
