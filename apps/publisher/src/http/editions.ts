import { licenseRegistryAbi } from '@oml/contracts/abis';
import { Runs, type RunOf } from '@oml/program/runs';
import { OmlError } from '@oml/protocol/error';
import type { Chain } from '@oml/service/chain';
import type { Hex } from 'viem';
import type { Blobs } from '../files/blobs.ts';
import { edition, editionId, sealedBlob } from '../programs/edition.ts';
import type { PublisherStore } from '../store.ts';

/** Hands out editions that were delivered; each is sealed to its host, so anyone may ask. */
export class Editions {
  private readonly chain: Pick<Chain, 'publicClient' | 'deployment'>;
  private readonly store: PublisherStore;
  private readonly blobs: Blobs;

  constructor(chain: Pick<Chain, 'publicClient' | 'deployment'>, store: PublisherStore, blobs: Blobs) {
    this.chain = chain;
    this.store = store;
    this.blobs = blobs;
  }

  /**
   * The sealed edition that the chain names at this moment: while a release is rolled out, a host that compares never
   * meets another one. Throws NOT_FOUND until there is one.
   */
  async read(licenseId: bigint): Promise<Uint8Array<ArrayBuffer>> {
    const runs = await this.runsOf(licenseId);
    const named = runs.length > 0 ? await this.deliveredOf(licenseId) : undefined;
    for (const { at } of runs) {
      if (at.step !== 'deliver' || at.facts.editionRoot !== named) continue;
      const name = sealedBlob(licenseId, at.facts.release);
      if (await this.blobs.has(name)) return this.blobs.get(name);
    }
    throw new OmlError('NOT_FOUND', `The edition of license ${licenseId} is not here (yet).`, {
      retryable: runs.length > 0,
    });
  }

  private async deliveredOf(licenseId: bigint): Promise<Hex | undefined> {
    const { publicClient, deployment } = this.chain;
    const registry = { address: deployment.contracts.licenseRegistry, abi: licenseRegistryAbi } as const;
    const args = [licenseId] as const;
    const { delivered, editionRoot } = await publicClient.readContract({ ...registry, functionName: 'license', args });
    return delivered > 0 ? editionRoot : undefined;
  }

  /** Of its first edition, and of those of later releases. */
  private async runsOf(licenseId: bigint): Promise<RunOf<typeof edition>[]> {
    const first = editionId(licenseId);
    const rows = await this.store.db
      .selectFrom('run')
      .select('id')
      .where('program', '=', edition.name)
      .where(({ or, eb }) => or([eb('id', '=', first), eb('id', 'like', `${first}-%`)]))
      .execute();
    const runs = new Runs(this.store);
    return Promise.all(rows.map(({ id }) => runs.get(edition, id)));
  }
}
