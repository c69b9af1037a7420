import { hashTypedData, type Address, type Hex } from 'viem';
import { omlDomain } from './domain.ts';
import type { ModelRegistryOf } from './publish-request.ts';
import { recoverStrict } from './strict-signature.ts';

/** An owner asks who was given what it saw leaked: nobody else may know which prompts are probes. */
export interface LeakQuestion {
  modelId: bigint;
  /** {@link leakedDigest} of what was seen. */
  seen: Hex;
  /** Unix seconds. */
  askedAt: bigint;
}

const LEAK_QUESTION_TYPES = {
  LeakQuestion: [
    { name: 'modelId', type: 'uint256' },
    { name: 'seen', type: 'bytes32' },
    { name: 'askedAt', type: 'uint256' },
  ],
} as const;

/** The EIP-712 message of the question, for a wallet to sign. */
export function leakQuestionTypedData(question: LeakQuestion, { chainId, modelRegistry }: ModelRegistryOf) {
  return {
    domain: omlDomain(chainId, modelRegistry),
    types: LEAK_QUESTION_TYPES,
    primaryType: 'LeakQuestion',
    message: { ...question },
  } as const;
}

/** Who asks. Throws SIGNATURE_INVALID. */
export function leakQuestionSigner(
  question: LeakQuestion,
  signature: Hex,
  registry: ModelRegistryOf,
): Promise<Address> {
  return recoverStrict(hashTypedData(leakQuestionTypedData(question, registry)), signature);
}
