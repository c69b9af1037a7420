import type { Runs } from '@oml/program/runs';
import { OmlError } from '@oml/protocol/error';
import type { Blobs } from '../files/blobs.ts';
import { edition, editionId, sealedBlob } from '../programs/edition.ts';

/** Hands out editions that were delivered; each is sealed to its host, so anyone may ask. */
export class Editions {
  private readonly runs: Runs;
  private readonly blobs: Blobs;

  constructor(runs: Runs, blobs: Blobs) {
    this.runs = runs;
    this.blobs = blobs;
  }

  /** The sealed edition. Throws NOT_FOUND until it is delivered. */
  async read(licenseId: bigint): Promise<Uint8Array<ArrayBuffer>> {
    const run = await this.runs.find(edition, editionId(licenseId));
    if (run?.outcome === 'delivered') return this.blobs.get(sealedBlob(licenseId));
    throw new OmlError('NOT_FOUND', `The edition of license ${licenseId} is not here (yet).`, {
      retryable: run !== undefined,
    });
  }
}
