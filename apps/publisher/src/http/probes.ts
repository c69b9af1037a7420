import { blockBeaconAbi, verifierRegistryAbi } from '@oml/contracts/abis';
import { OmlError } from '@oml/protocol/error';
import { batchId as batchIdOf, keyIndexAt } from '@oml/protocol/evidence/batch';
import type { Chain } from '@oml/service/chain';
import { probeRequestSigner } from '@oml/protocol/signed/probe-request';
import { grantSealInfo, type ProbeGrant, type ProbeItem } from '@oml/protocol/wire/probe-grant';
import { probeRequestSchema, type ProbeRequest } from '@oml/protocol/wire/probe-request';
import { readRequest } from '@oml/protocol/wire/read-request';
import { seal } from '@oml/service/seal';
import { isAddressEqual, type Hex } from 'viem';
import { keyBody } from '../programs/key-body.ts';
import type { Release, Releases } from '../programs/release.ts';
import type { Grants } from './grants.ts';

/** A verifier gets at most so many batches a day: keys once shown may be refused by hosts. */
const MAX_BATCHES_PER_DAY = 200;
const DAY_MS = 86_400_000;

/** Hands the beacon-drawn keys of a committed batch to its staked verifier, and to nobody else. */
export class Probes {
  private readonly chain: Chain;
  private readonly grants: Grants;
  private readonly releases: Releases;

  constructor(chain: Chain, grants: Grants, releases: Releases) {
    this.chain = chain;
    this.grants = grants;
    this.releases = releases;
  }

  /**
   * The items of a batch, sealed to the verifier's on-chain key (base64). The same batch gets the same answer.
   * Throws REQUEST_INVALID, UNAUTHORIZED, NOT_STAKED, BATCH_NOT_DRAWN, CONFLICT, NOT_FOUND, UNAVAILABLE.
   */
  async grant(body: unknown): Promise<{ sealed: string }> {
    const request = readRequest(probeRequestSchema, body, 'The request for probes is refused');
    await this.checkSigner(request);
    const known = await this.grants.find(request);
    if (known) return known;
    const { beacon, encryptionKey } = await this.checkOnChain(request);
    await this.checkLimits(request);
    const release = await this.releases.open(request.opening.modelId, request.opening.release);
    if (request.opening.itemCount > release.book.commonCount)
      throw new OmlError(
        'REQUEST_INVALID',
        `This code book has ${release.book.commonCount} common keys; the batch asks ${request.opening.itemCount}.`,
      );
    const items = drawItems(release, beacon, request.batchId, request.opening.itemCount);
    const decoys = drawDecoys(release, beacon, request.batchId, request.opening.itemCount);
    const sealed = await seal(
      encryptionKey,
      new TextEncoder().encode(JSON.stringify({ items, decoys } satisfies ProbeGrant)),
      grantSealInfo(request.batchId),
    );
    const firstKey = keyIndexAt(beacon, request.batchId, 0, release.book.commonCount);
    return this.grants.keep(request, Buffer.from(sealed).toString('base64'), firstKey);
  }

  private async checkSigner({ batchId, signature, verifier }: ProbeRequest): Promise<void> {
    const { chainId, contracts } = this.chain.deployment;
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
    const registry = { address: this.chain.deployment.contracts.verifierRegistry, abi: verifierRegistryAbi } as const;
    const { publicClient } = this.chain;
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
    const rounds = { address: this.chain.deployment.contracts.beacon, abi: blockBeaconAbi } as const;
    const args = [batch.round] as const;
    if (!(await publicClient.readContract({ ...rounds, functionName: 'isPosted', args })))
      throw new OmlError('BATCH_NOT_DRAWN', 'The round of the batch is not posted yet: post it first.', {
        retryable: true,
      });
    if (batch.deposit === 0n) throw new OmlError('CONFLICT', 'The batch is settled already.');
    return { beacon: await publicClient.readContract({ ...rounds, functionName: 'valueOf', args }), encryptionKey };
  }

  private async checkLimits({ verifier }: ProbeRequest): Promise<void> {
    const count = await this.grants.countSince(verifier, Date.now() - DAY_MS);
    if (count >= MAX_BATCHES_PER_DAY)
      throw new OmlError('UNAVAILABLE', `A verifier gets at most ${MAX_BATCHES_PER_DAY} batches a day here.`, {
        retryable: true,
      });
  }
}

/** Item i asks common key `keyIndexAt(…, i)` (protocol §5, offence 2). */
function drawItems(
  release: Pick<Release, 'book' | 'leaves' | 'answers' | 'proofOf'>,
  beacon: Hex,
  batchId: Hex,
  itemCount: number,
): ProbeItem[] {
  return Array.from({ length: itemCount }, (_, i) => {
    const index = keyIndexAt(beacon, batchId, i, release.book.commonCount);
    const leaf = release.leaves[index]!;
    return {
      i,
      body: keyBody(release.book.keys[index]!.prompt),
      leaf: { ...leaf, candidates: [...leaf.candidates] },
      proof: release.proofOf(index),
      answer: release.answers[index]!,
    };
  });
}

/** As many as there are items, from where the beacon says: each comes as often, and to as many verifiers, as a key. */
function drawDecoys({ decoys }: Release, beacon: Hex, batchId: Hex, itemCount: number): ProbeGrant['decoys'] {
  const count = Math.min(itemCount, decoys.length);
  return Array.from({ length: count }, (_, i) => decoys[keyIndexAt(beacon, batchId, i, decoys.length)]!);
}
