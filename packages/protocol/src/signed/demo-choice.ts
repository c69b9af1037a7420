import { hashTypedData, type Address, type Hex } from 'viem';
import { omlDomain } from './domain.ts';
import type { ModelRegistryOf } from './publish-request.ts';
import { recoverStrict } from './strict-signature.ts';

/** An owner's word on whether a model's demo edition is given away; of several the latest counts. */
export interface DemoChoice {
  modelId: bigint;
  given: boolean;
  /** Unix seconds. */
  askedAt: bigint;
}

const DEMO_CHOICE_TYPES = {
  DemoChoice: [
    { name: 'modelId', type: 'uint256' },
    { name: 'given', type: 'bool' },
    { name: 'askedAt', type: 'uint256' },
  ],
} as const;

/** The EIP-712 message by which an owner gives a demo edition away or takes it back, for a wallet to sign. */
export function demoChoiceTypedData(choice: DemoChoice, { chainId, modelRegistry }: ModelRegistryOf) {
  return {
    domain: omlDomain(chainId, modelRegistry),
    types: DEMO_CHOICE_TYPES,
    primaryType: 'DemoChoice',
    message: { ...choice },
  } as const;
}

/** Who said so. Throws SIGNATURE_INVALID. */
export function demoChoiceSigner(choice: DemoChoice, signature: Hex, registry: ModelRegistryOf): Promise<Address> {
  return recoverStrict(hashTypedData(demoChoiceTypedData(choice, registry)), signature);
}
