import { hashTypedData, type Address, type Hex } from 'viem';
import { omlDomain } from './domain.ts';
import type { ModelRegistryOf } from './publish-request.ts';
import { recoverStrict } from './strict-signature.ts';

/** An owner has its publisher post a title bond for a model, register a name, or both. */
export interface VouchOrder {
  modelId: bigint;
  /** What the bond is raised to, in the token's smallest unit; 0: none is posted. */
  titleBond: bigint;
  /** Empty: none is registered. */
  name: string;
  /** Unix seconds. */
  askedAt: bigint;
}

const VOUCH_ORDER_TYPES = {
  VouchOrder: [
    { name: 'modelId', type: 'uint256' },
    { name: 'titleBond', type: 'uint256' },
    { name: 'name', type: 'string' },
    { name: 'askedAt', type: 'uint256' },
  ],
} as const;

/** The EIP-712 message of the order, for a wallet to sign. */
export function vouchOrderTypedData(order: VouchOrder, { chainId, modelRegistry }: ModelRegistryOf) {
  return {
    domain: omlDomain(chainId, modelRegistry),
    types: VOUCH_ORDER_TYPES,
    primaryType: 'VouchOrder',
    message: { ...order },
  } as const;
}

/** Who ordered it. Throws SIGNATURE_INVALID. */
export function vouchOrderSigner(order: VouchOrder, signature: Hex, registry: ModelRegistryOf): Promise<Address> {
  return recoverStrict(hashTypedData(vouchOrderTypedData(order, registry)), signature);
}
