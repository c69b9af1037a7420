import { Runs, type RunOf } from '@oml/program/runs';
import { OmlError } from '@oml/protocol/error';
import type { Blobs } from '../files/blobs.ts';
import { edition, editionId, sealedBlob } from '../programs/edition.ts';
import type { PublisherStore } from '../store.ts';

/** Hands out editions that were delivered; each is sealed to its host, so anyone may ask. */
export class Editions {
  private readonly store: PublisherStore;
  private readonly blobs: Blobs;

  constructor(store: PublisherStore, blobs: Blobs) {
    this.store = store;
    this.blobs = blobs;
  }

  /** The sealed edition of the latest release that was delivered. Throws NOT_FOUND until there is one. */
  async read(licenseId: bigint): Promise<Uint8Array<ArrayBuffer>> {
    const runs = await this.runsOf(licenseId);
    for (const release of runs.flatMap(deliveredIn).toSorted((one, other) => other - one)) {
      const name = sealedBlob(licenseId, release);
      if (await this.blobs.has(name)) return this.blobs.get(name);
    }
    throw new OmlError('NOT_FOUND', `The edition of license ${licenseId} is not here (yet).`, {
      retryable: runs.length > 0,
    });
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

function deliveredIn({ outcome, at }: RunOf<typeof edition>): number[] {
  return outcome === 'delivered' && at.step === 'deliver' ? [at.facts.release ?? 1] : [];
}
