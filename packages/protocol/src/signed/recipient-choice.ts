import { hashTypedData, type Address, type Hex } from 'viem';
import { omlDomain } from './domain.ts';
import type { ModelRegistryOf } from './publish-request.ts';
import { recoverStrict } from './strict-signature.ts';

/** An owner's word on which verifiers probes of a model are sealed to; of several the latest counts. */
export interface RecipientChoice {
  modelId: bigint;
  /** True: any verifier that is staked, and `verifiers` is empty. */
  anybody: boolean;
  verifiers: readonly Address[];
  /** Unix seconds. */
  askedAt: bigint;
}

const RECIPIENT_CHOICE_TYPES = {
  RecipientChoice: [
    { name: 'modelId', type: 'uint256' },
    { name: 'anybody', type: 'bool' },
    { name: 'verifiers', type: 'address[]' },
    { name: 'askedAt', type: 'uint256' },
  ],
} as const;

/** The EIP-712 message by which an owner chooses who gets probes, for a wallet to sign. */
export function recipientChoiceTypedData(choice: RecipientChoice, { chainId, modelRegistry }: ModelRegistryOf) {
  return {
    domain: omlDomain(chainId, modelRegistry),
    types: RECIPIENT_CHOICE_TYPES,
    primaryType: 'RecipientChoice',
    message: { ...choice },
  } as const;
}

/** Who said so. Throws SIGNATURE_INVALID. */
export function recipientChoiceSigner(
  choice: RecipientChoice,
  signature: Hex,
  registry: ModelRegistryOf,
): Promise<Address> {
  return recoverStrict(hashTypedData(recipientChoiceTypedData(choice, registry)), signature);
}
