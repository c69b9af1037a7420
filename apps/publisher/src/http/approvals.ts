import { licenseRegistryAbi, modelRegistryAbi } from '@oml/contracts/abis';
import { sendOnce } from '@oml/program/look-first';
import { Runs } from '@oml/program/runs';
import { LICENSE_STATE } from '@oml/protocol/chain/license-state';
import { OmlError } from '@oml/protocol/error';
import { approvalChoiceSigner } from '@oml/protocol/signed/approval-choice';
import { approvalChoiceSchema, type LicenseRequestJson } from '@oml/protocol/wire/approval-choice';
import { readRequest } from '@oml/protocol/wire/read-request';
import type { Chain } from '@oml/service/chain';
import { mustBeOfNow, mustBeSigned, mustOwn, registryOf } from '../chain/model-owner.ts';
import { edition } from '../programs/edition.ts';
import type { PublisherStore } from '../store.ts';

/** Asked of the store at once. */
const MOST = 10_000;

/** Who asks for a license whose terms want the owner's approval, and the owner's word on it, which the agent sends. */
export class Approvals {
  private readonly chain: Chain;
  private readonly store: PublisherStore;

  constructor(chain: Chain, store: PublisherStore) {
    this.chain = chain;
    this.store = store;
  }

  /** Who waits for the word of a model's owner. */
  async waiting(modelId: bigint): Promise<LicenseRequestJson[]> {
    const runs = await new Runs(this.store).list([edition], { state: 'running', limit: MOST });
    const asked = runs.filter(({ subject, at }) => subject.modelId === modelId && at.step === 'await');
    const found = await Promise.all(asked.map(({ subject }) => this.read(subject.licenseId)));
    return found.filter(({ state }) => state === 'waiting').map(({ modelId: _, ...request }) => request);
  }

  /**
   * Sends the word of the model's owner on chain, once. Throws REQUEST_INVALID, SIGNATURE_INVALID, NOT_FOUND for no
   * license, UNAUTHORIZED for anybody else or at another time, and CONFLICT where the other word stands already, or
   * where this publisher is not the model's agent.
   */
  async choose(licenseId: bigint, body: unknown, signature: string | undefined): Promise<LicenseRequestJson> {
    const { approved, askedAt } = readRequest(approvalChoiceSchema, body, 'The word on the licensee is refused');
    const { chain } = this;
    const signed = mustBeSigned(signature);
    mustBeOfNow(askedAt);
    const choice = { licenseId, approved, askedAt: BigInt(askedAt) };
    const signer = await approvalChoiceSigner(choice, signed, registryOf(chain));
    const { modelId } = await this.read(licenseId);
    await mustOwn(chain, modelId, signer);
    await this.mustBeAgent(modelId);
    const { licenseRegistry: address } = chain.deployment.contracts;
    const functionName = approved ? 'approveLicense' : 'decline';
    const { modelId: _, ...request } = await sendOnce({
      alreadyDone: async () => {
        const now = await this.read(licenseId);
        return now.state === 'waiting' ? undefined : now;
      },
      send: () => chain.send({ address, abi: licenseRegistryAbi, functionName, args: [licenseId] }),
    });
    if ((request.state === 'approved') !== approved)
      throw new OmlError('CONFLICT', `License ${licenseId} was ${request.state} before.`);
    return request;
  }

  private async read(licenseId: bigint): Promise<LicenseRequestJson & { modelId: bigint }> {
    const { publicClient, deployment } = this.chain;
    const registry = { address: deployment.contracts.licenseRegistry, abi: licenseRegistryAbi } as const;
    const args = [licenseId] as const;
    const { account, modelId, kind, state } = await publicClient.readContract({
      ...registry,
      functionName: 'license',
      args,
    });
    if (state === LICENSE_STATE.NONE) throw new OmlError('NOT_FOUND', `There is no license ${licenseId}.`);
    return { licenseId: String(licenseId), account, kind, modelId, state: wordOf(state) };
  }

  private async mustBeAgent(modelId: bigint): Promise<void> {
    const { publicClient, deployment, account } = this.chain;
    const registry = { address: deployment.contracts.modelRegistry, abi: modelRegistryAbi } as const;
    const args = [modelId, account!.address] as const;
    if (await publicClient.readContract({ ...registry, functionName: 'mayDeliver', args })) return;
    throw new OmlError('CONFLICT', `This publisher is not the agent of model ${modelId}: say it on chain yourself.`);
  }
}

/** One that is closed was declined, or had its time: either way nobody may have it any more. */
function wordOf(state: number): LicenseRequestJson['state'] {
  if (state === LICENSE_STATE.REQUESTED) return 'waiting';
  return state === LICENSE_STATE.CLOSED ? 'declined' : 'approved';
}
