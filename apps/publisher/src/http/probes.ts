import { blockBeaconAbi, verifierRegistryAbi } from '@oml/contracts/abis';
import { OmlError } from '@oml/protocol/error';
import { batchId as batchIdOf, keyIndexAt } from '@oml/protocol/evidence/batch';
import type { Chain } from '@oml/service/chain';
import { probeRequestSigner } from '@oml/protocol/signed/probe-request';
import { grantSealInfo, type ProbeGrant } from '@oml/protocol/wire/probe-grant';
import { probeRequestSchema, type ProbeRequest } from '@oml/protocol/wire/probe-request';
import { readRequest } from '@oml/protocol/wire/read-request';
import { seal } from '@oml/service/seal';
import { isAddressEqual, type Hex } from 'viem';
import type { Releases } from '../programs/release.ts';
import { canariesOf, type Canaries } from './canaries.ts';
import { drawDecoys, drawItems } from './draw.ts';
import type { Grants } from './grants.ts';
import type { Recipients } from './recipients.ts';

/** A verifier gets at most so many batches a day: keys once shown may be refused by hosts. */
const MAX_BATCHES_PER_DAY = 200;
const DAY_MS = 86_400_000;

interface ProbesParts {
  chain: Chain;
  grants: Grants;
  releases: Releases;
  recipients: Recipients;
  canaries: Canaries;
}

/** Hands the beacon-drawn keys of a committed batch to its staked verifier, if the owner chose it, to nobody else. */
export class Probes {
  private readonly parts: ProbesParts;

  constructor(parts: ProbesParts) {
    this.parts = parts;
  }

  /**
   * The items of a batch, sealed to the verifier's on-chain key (base64). The same batch gets the same answer.
   * Throws REQUEST_INVALID, UNAUTHORIZED, NOT_STAKED, BATCH_NOT_DRAWN, CONFLICT, NOT_FOUND, UNAVAILABLE.
   */
  async grant(body: unknown): Promise<{ sealed: string }> {
    const request = readRequest(probeRequestSchema, body, 'The request for probes is refused');
    const { grants, recipients } = this.parts;
    const { batchId, verifier, opening } = request;
    await this.checkSigner(request);
    const known = await grants.find(request);
    if (known) return known;
    await recipients.mustBeChosen(String(opening.modelId), verifier);
    const { beacon, encryptionKey } = await this.checkOnChain(request);
    await this.checkLimits(request);
    const release = await this.parts.releases.open(opening.modelId, opening.release);
    if (opening.itemCount > release.book.commonCount)
      throw new OmlError(
        'REQUEST_INVALID',
        `This code book has ${release.book.commonCount} common keys; the batch asks ${opening.itemCount}.`,
      );
    const drawn = { beacon, batchId, itemCount: opening.itemCount };
    const canary = await this.canaryOf(request, canariesOf(release.decoys).length);
    const grant: ProbeGrant = { items: drawItems(release, drawn), decoys: drawDecoys(release, drawn, canary) };
    const sealed = await seal(encryptionKey, new TextEncoder().encode(JSON.stringify(grant)), grantSealInfo(batchId));
    const firstKey = keyIndexAt(beacon, batchId, 0, release.book.commonCount);
    return grants.keep(request, Buffer.from(sealed).toString('base64'), firstKey);
  }

  private canaryOf({ verifier, opening }: ProbeRequest, most: number): Promise<number | undefined> {
    const of = { modelId: String(opening.modelId), release: opening.release, verifier };
    return this.parts.canaries.numberFor(of, most);
  }

  private async checkSigner({ batchId, signature, verifier }: ProbeRequest): Promise<void> {
    const { chainId, contracts } = this.parts.chain.deployment;
    const registry = { chainId, verifierRegistry: contracts.verifierRegistry };
    const signer = await probeRequestSigner(batchId, signature, registry);
    if (!isAddressEqual(signer, verifier))
      throw new OmlError('UNAUTHORIZED', `The request names the verifier ${verifier}, but ${signer} signed it.`);
  }

  private async checkOnChain({
    verifier,
    batchId,
    opening,
  }: ProbeRequest): Promise<{ beacon: Hex; encryptionKey: Hex }> {
    const registry = {
      address: this.parts.chain.deployment.contracts.verifierRegistry,
      abi: verifierRegistryAbi,
    } as const;
    const { publicClient } = this.parts.chain;
    const [isStaked, encryptionKey, batch] = await Promise.all([
      publicClient.readContract({ ...registry, functionName: 'isStaked', args: [verifier] }),
      publicClient.readContract({ ...registry, functionName: 'encryptionKeyOf', args: [verifier] }),
      publicClient.readContract({ ...registry, functionName: 'batch', args: [batchId] }),
    ]);
    if (!isStaked) throw new OmlError('NOT_STAKED', `${verifier} has no stake: probes go to staked verifiers only.`);
    if (batchIdOf(verifier, opening) !== batchId)
      throw new OmlError('REQUEST_INVALID', 'The opening does not hash to the batch.');
    if (!isAddressEqual(batch.verifier, verifier))
      throw new OmlError('UNAUTHORIZED', 'This verifier committed no such batch.');
    const rounds = { address: this.parts.chain.deployment.contracts.beacon, abi: blockBeaconAbi } as const;
    const args = [batch.round] as const;
    if (!(await publicClient.readContract({ ...rounds, functionName: 'isPosted', args })))
      throw new OmlError('BATCH_NOT_DRAWN', 'The round of the batch is not posted yet: post it first.', {
        retryable: true,
      });
    if (batch.deposit === 0n) throw new OmlError('CONFLICT', 'The batch is settled already.');
    return { beacon: await publicClient.readContract({ ...rounds, functionName: 'valueOf', args }), encryptionKey };
  }

  private async checkLimits({ verifier }: ProbeRequest): Promise<void> {
    const count = await this.parts.grants.countSince(verifier, Date.now() - DAY_MS);
    if (count >= MAX_BATCHES_PER_DAY)
      throw new OmlError('UNAVAILABLE', `A verifier gets at most ${MAX_BATCHES_PER_DAY} batches a day here.`, {
        retryable: true,
      });
  }
}
