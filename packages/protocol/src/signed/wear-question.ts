import { hashTypedData, type Address, type Hex } from 'viem';
import { omlDomain } from './domain.ts';
import type { ModelRegistryOf } from './publish-request.ts';
import { recoverStrict } from './strict-signature.ts';

/** An owner asks how far the code book of a model is worn: nobody else may know when probes are handed out. */
export interface WearQuestion {
  modelId: bigint;
  /** Unix seconds. */
  askedAt: bigint;
}

const WEAR_QUESTION_TYPES = {
  WearQuestion: [
    { name: 'modelId', type: 'uint256' },
    { name: 'askedAt', type: 'uint256' },
  ],
} as const;

/** The EIP-712 message of the question, for a wallet to sign. */
export function wearQuestionTypedData(question: WearQuestion, { chainId, modelRegistry }: ModelRegistryOf) {
  return {
    domain: omlDomain(chainId, modelRegistry),
    types: WEAR_QUESTION_TYPES,
    primaryType: 'WearQuestion',
    message: { ...question },
  } as const;
}

/** Who asks. Throws SIGNATURE_INVALID. */
export function wearQuestionSigner(
  question: WearQuestion,
  signature: Hex,
  registry: ModelRegistryOf,
): Promise<Address> {
  return recoverStrict(hashTypedData(wearQuestionTypedData(question, registry)), signature);
}
