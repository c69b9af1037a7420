import { modelRegistryAbi } from '@oml/contracts/abis';
import { OmlError } from '@oml/protocol/error';
import type { ModelRegistryOf } from '@oml/protocol/signed/publish-request';
import type { Chain } from '@oml/service/chain';
import { BaseError, ContractFunctionRevertedError, isAddressEqual, type Address, type Hex } from 'viem';

/** A signed word counts so long before and after our time, in seconds. */
const TOLERANCE_S = 600;

/** What signatures of owners are bound to. */
export const registryOf = ({ deployment: { chainId, contracts } }: Pick<Chain, 'deployment'>): ModelRegistryOf => ({
  chainId,
  modelRegistry: contracts.modelRegistry,
});

/** Throws UNAUTHORIZED without a signature. */
export function mustBeSigned(signature: string | undefined): Hex {
  if (signature !== undefined) return signature as Hex;
  throw new OmlError('UNAUTHORIZED', "This needs the signature of the model's owner in the header oml-signature.");
}

/** Throws UNAUTHORIZED for a word of another time (Unix seconds). */
export function mustBeOfNow(askedAt: bigint | number): void {
  if (Math.abs(Date.now() / 1000 - Number(askedAt)) > TOLERANCE_S)
    throw new OmlError('UNAUTHORIZED', 'What was signed is not of now: check your clock, and sign again.');
}

/** Throws UNAUTHORIZED for anybody but the owner of a model on chain, NOT_FOUND where there is no such model. */
export async function mustOwn({ publicClient, deployment }: Chain, modelId: bigint, signer: Address): Promise<void> {
  const { modelRegistry: address } = deployment.contracts;
  const owner = await publicClient
    .readContract({ address, abi: modelRegistryAbi, functionName: 'ownerOf', args: [modelId] })
    .catch((cause: unknown) => {
      if (isRevert(cause)) throw new OmlError('NOT_FOUND', `There is no model ${modelId}.`, { cause });
      throw cause;
    });
  if (!isAddressEqual(signer, owner))
    throw new OmlError('UNAUTHORIZED', `Model ${modelId} belongs to ${owner}, but ${signer} signed it.`);
}

const isRevert = (error: unknown): boolean =>
  error instanceof BaseError && error.walk((each) => each instanceof ContractFunctionRevertedError) !== null;
