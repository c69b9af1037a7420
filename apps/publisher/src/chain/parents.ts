import { licenseRegistryAbi, modelRegistryAbi, termsRegistryAbi } from '@oml/contracts/abis';
import { TERMS_KIND } from '@oml/protocol/chain/terms';
import { OmlError } from '@oml/protocol/error';
import { formatDollars } from '@oml/protocol/money';
import type { PublishRequest } from '@oml/protocol/wire/publish-request';
import type { Chain } from '@oml/service/chain';
import { isAddressEqual } from 'viem';

/** A parent, and the license that lets this publisher's account mint on it; 0 where both models are one owner's. */
export interface Parent {
  modelId: bigint;
  licenseId: bigint;
}

/** By which right a child may be minted, asked before anything is spent on it and again when it is minted. */
export class Parents {
  private readonly chain: Chain;

  constructor(chain: Chain) {
    this.chain = chain;
  }

  /**
   * The rights on all parents of a request. Throws NOT_FOUND for a parent that is no model, LICENSE_NOT_ACTIVE without
   * a right on it, REQUEST_INVALID where the child's terms ask for less than the parent's, or grant what it does not.
   */
  rightsOf(request: PublishRequest): Promise<Parent[]> {
    return Promise.all(request.parents.map((parentId) => this.rightOn(parentId, request)));
  }

  private async rightOn(modelId: bigint, { owner, terms }: PublishRequest): Promise<Parent> {
    if (await this.isOwn(modelId, owner)) return { modelId, licenseId: 0n };
    const { licenseId, termsId } = await this.licenseOn(modelId);
    const { publicClient, deployment } = this.chain;
    const registry = { address: deployment.contracts.termsRegistry, abi: termsRegistryAbi, args: [termsId] } as const;
    const [least, [, derivatives]] = await Promise.all([
      publicClient.readContract({ ...registry, functionName: 'hostingOf' }),
      publicClient.readContract({ ...registry, functionName: 'derivingOf' }),
    ]);
    if (terms.floorPrice < least.price || terms.minBond < least.bond || terms.slashBps < least.slashBps)
      throw new OmlError(
        'REQUEST_INVALID',
        `Hosts of a child of model ${modelId} pay at least ${formatDollars(least.price)} per use, reserve at least ` +
          `${formatDollars(least.bond)} and stand to lose at least ${least.slashBps / 100} % of their bond.`,
      );
    if (terms.derive && !derivatives)
      throw new OmlError('REQUEST_INVALID', `Nobody may build on a child of model ${modelId}.`);
    return { modelId, licenseId };
  }

  /** Theirs whose agent this publisher is. Throws NOT_FOUND. */
  private async isOwn(modelId: bigint, owner: PublishRequest['owner']): Promise<boolean> {
    const { publicClient, deployment, account } = this.chain;
    const registry = { address: deployment.contracts.modelRegistry, abi: modelRegistryAbi, args: [modelId] } as const;
    const [{ agent }, parentOwner] = await Promise.all([
      publicClient.readContract({ ...registry, functionName: 'model' }),
      publicClient.readContract({ ...registry, functionName: 'ownerOf' }),
    ]).catch((cause: unknown) => {
      throw new OmlError('NOT_FOUND', `There is no model ${modelId} to build on.`, { cause });
    });
    return isAddressEqual(parentOwner, owner) && isAddressEqual(agent, account!.address);
  }

  private async licenseOn(modelId: bigint): Promise<{ licenseId: bigint; termsId: number }> {
    const { publicClient, deployment, account } = this.chain;
    const registry = { address: deployment.contracts.licenseRegistry, abi: licenseRegistryAbi } as const;
    const who = account!.address;
    const licenseId = await publicClient.readContract({
      ...registry,
      functionName: 'licenseOf',
      args: [who, modelId, TERMS_KIND.DERIVE],
    });
    const termsId = await publicClient.readContract({
      ...registry,
      functionName: 'deriveTermsOf',
      args: [licenseId, who, modelId],
    });
    if (termsId === 0)
      throw new OmlError(
        'LICENSE_NOT_ACTIVE',
        `The publisher's account ${who} has no active license to build on model ${modelId}: take one (src/derive.ts).`,
      );
    return { licenseId, termsId };
  }
}
