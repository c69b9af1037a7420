import { hashTypedData, type Address, type Hex } from 'viem';
import { omlDomain } from './domain.ts';
import type { ModelRegistryOf } from './publish-request.ts';
import { recoverStrict } from './strict-signature.ts';

/** An owner's word on somebody who asks for a license. */
export interface ApprovalChoice {
  licenseId: bigint;
  approved: boolean;
  /** Unix seconds. */
  askedAt: bigint;
}

const APPROVAL_CHOICE_TYPES = {
  ApprovalChoice: [
    { name: 'licenseId', type: 'uint256' },
    { name: 'approved', type: 'bool' },
    { name: 'askedAt', type: 'uint256' },
  ],
} as const;

/** The EIP-712 message by which an owner approves a licensee or declines it, for a wallet to sign. */
export function approvalChoiceTypedData(choice: ApprovalChoice, { chainId, modelRegistry }: ModelRegistryOf) {
  return {
    domain: omlDomain(chainId, modelRegistry),
    types: APPROVAL_CHOICE_TYPES,
    primaryType: 'ApprovalChoice',
    message: { ...choice },
  } as const;
}

/** Who said so. Throws SIGNATURE_INVALID. */
export function approvalChoiceSigner(
  choice: ApprovalChoice,
  signature: Hex,
  registry: ModelRegistryOf,
): Promise<Address> {
  return recoverStrict(hashTypedData(approvalChoiceTypedData(choice, registry)), signature);
}
