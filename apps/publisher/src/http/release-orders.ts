import { modelRegistryAbi, parametersAbi } from '@oml/contracts/abis';
import { OmlError } from '@oml/protocol/error';
import { bodyHash } from '@oml/protocol/signed/publish-request';
import { releaseOrderSigner } from '@oml/protocol/signed/release-order';
import { readRequest } from '@oml/protocol/wire/read-request';
import { releaseOrderSchema, type ReleaseOrder, type ReleaseOrderJson } from '@oml/protocol/wire/release-order';
import type { Chain } from '@oml/service/chain';
import { isAddressEqual } from 'viem';
import { mustBeSigned, mustOwn, registryOf } from '../chain/model-owner.ts';
import type { MintedModels } from '../programs/minted-models.ts';
import type { MintedModel, PublicationOrder } from '../programs/publication-facts.ts';
import type { Admission } from './admission.ts';
import type { Publications } from './publications.ts';

interface ReleaseOrdersParts {
  chain: Chain;
  minted: MintedModels;
  admission: Admission;
  publications: Pick<Publications, 'open'>;
}

/** Takes the order of a release from whoever owns the model on chain. */
export class ReleaseOrders {
  private readonly parts: ReleaseOrdersParts;

  constructor(parts: ReleaseOrdersParts) {
    this.parts = parts;
  }

  /**
   * The same order is the same publication. Throws REQUEST_INVALID, SIGNATURE_INVALID, NOT_FOUND for a model that was
   * not published here, UNAUTHORIZED for anybody but its owner, CONFLICT where the order follows another release than
   * the latest, or where this publisher is no longer the model's agent.
   */
  async open(modelId: bigint, body: unknown, signature: string | undefined): Promise<{ publicationId: string }> {
    const order = readRequest(releaseOrderSchema, body, 'The order of a release is refused');
    if (order.modelId !== modelId)
      throw new OmlError('REQUEST_INVALID', `The order is for model ${order.modelId}, not for ${modelId}.`);
    await this.checkSigner(order, body as ReleaseOrderJson, signature);
    const { minted, publications } = this.parts;
    const before = await minted.find(String(modelId), order.after);
    if (!before) throw new OmlError('NOT_FOUND', `Release ${order.after} of model ${modelId} was not made here.`);
    const publicationId = bodyHash(body).slice(2);
    const fresh = [...Object.values(order.files ?? {}), ...(order.panel ?? [])];
    return publications.open(publicationId, filledIn(order, before), fresh, () => this.checkOnChain(order));
  }

  private async checkSigner(order: ReleaseOrder, body: ReleaseOrderJson, signature: string | undefined): Promise<void> {
    const { chain, admission } = this.parts;
    const signer = await releaseOrderSigner(body, mustBeSigned(signature), registryOf(chain));
    if (!isAddressEqual(signer, order.owner))
      throw new OmlError('UNAUTHORIZED', `The order names the owner ${order.owner}, but ${signer} signed it.`);
    await mustOwn(chain, order.modelId, signer);
    await admission.check(signer);
  }

  /** What the contract would refuse when the fee of the code book is spent. */
  private async checkOnChain({ modelId, after, graceSeconds }: ReleaseOrder): Promise<void> {
    const { publicClient, deployment, account } = this.parts.chain;
    const { parameters, modelRegistry } = deployment.contracts;
    const registry = { address: modelRegistry, abi: modelRegistryAbi, args: [modelId] } as const;
    const [[latest], { agent }, { minGrace }] = await Promise.all([
      publicClient.readContract({ ...registry, functionName: 'latestRelease' }),
      publicClient.readContract({ ...registry, functionName: 'model' }),
      publicClient.readContract({ address: parameters, abi: parametersAbi, functionName: 'rules' }),
    ]);
    if (latest !== after)
      throw new OmlError('CONFLICT', `Model ${modelId} is at release ${latest}; the order follows ${after}.`);
    if (!isAddressEqual(agent, account!.address))
      throw new OmlError('CONFLICT', `The agent of model ${modelId} is ${agent}: setAgent(${account!.address}) first.`);
    if (graceSeconds < minGrace)
      throw new OmlError('REQUEST_INVALID', `Licensees have ${minGrace} seconds to move at least.`);
  }
}

const profileOf = ({ fingerprints: { profile } }: PublicationOrder) => (profile === undefined ? {} : { profile });

/** What a publication is to do: what the order leaves as it was is as in the release before. */
export function filledIn({ modelId, after, graceSeconds, owner, ...said }: ReleaseOrder, { request }: MintedModel) {
  return {
    ...request,
    ...(said.files ? { files: said.files } : {}),
    ...(said.panel ? { panel: said.panel } : {}),
    // Other sizes are put into the model as those before, unless the order says how.
    ...(said.fingerprints ? { fingerprints: { ...profileOf(request), ...said.fingerprints } } : {}),
    owner,
    release: { modelId: String(modelId), after, graceSeconds },
  } as PublicationOrder;
}
