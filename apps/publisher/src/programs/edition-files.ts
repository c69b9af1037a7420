import { OmlError } from '@oml/protocol/error';
import type { Hex } from 'viem';
import type { Blobs } from '../files/blobs.ts';
import { packEdition } from './edition-file.ts';
import type { OwnerSecret } from '../files/owner-secret.ts';
import type { PublicationRecord, PublicationRecords } from './publication-record.ts';
import { preparedBlob, secretPurpose } from './release.ts';
import type { Uploads } from '../http/uploads.ts';
import type { Workshop } from '../workshop.ts';

interface Slot {
  slot: number;
  hostSalt: Hex;
  beacon: Hex;
}

/** Edition numbers are license ids, which start at 1; number 0 is the demo that is given away. */
const DEMO_SLOT = 0;

/** Writes editions of minted models from what was prepared once. */
export class EditionFiles {
  private readonly parts: {
    records: PublicationRecords;
    blobs: Blobs;
    uploads: Uploads;
    secret: OwnerSecret;
    workshop: Workshop;
  };

  constructor(parts: {
    records: PublicationRecords;
    blobs: Blobs;
    uploads: Uploads;
    secret: OwnerSecret;
    workshop: Workshop;
  }) {
    this.parts = parts;
  }

  /**
   * The packed edition of one slot and the digest of its weights. Throws UNAVAILABLE while the model's publication is
   * not finished.
   */
  async build(modelId: bigint, slot: Slot): Promise<{ plaintext: Uint8Array; editionRoot: Hex }> {
    const publication = this.find(modelId);
    const { model, editionRoot } = await this.edition(publication, slot);
    const names = {
      tokenizer: 'tokenizer.json',
      tokenizerConfig: 'tokenizer_config.json',
      config: 'config.json',
    } as const;
    const files: Record<string, Uint8Array> = { 'model.onnx': model };
    for (const [key, name] of Object.entries(names) as [keyof typeof names, string][]) {
      const uploadId = publication.request.files[key];
      if (uploadId) files[name] = await this.parts.uploads.get(uploadId);
    }
    return { plaintext: packEdition(files), editionRoot: editionRoot as Hex };
  }

  /** The model file of the demo edition of a classifier. Throws NOT_FOUND for a language model. */
  async demo(modelId: bigint): Promise<Uint8Array<ArrayBuffer>> {
    const publication = this.find(modelId);
    if (publication.request.kind !== 'classifier')
      throw new OmlError('NOT_FOUND', `Model ${modelId} has no demo edition: its weights are not given away.`);
    const name = `demos/${publication.id}`;
    if (!(await this.parts.blobs.has(name))) {
      const beacon = publication.facts.beacon!;
      await this.parts.blobs.put(
        name,
        (await this.edition(publication, { slot: DEMO_SLOT, hostSalt: beacon, beacon })).model,
      );
    }
    return this.parts.blobs.get(name);
  }

  private async edition(publication: PublicationRecord, subset: Slot) {
    const { blobs, uploads, secret, workshop } = this.parts;
    const [base, prepared] = await Promise.all([
      uploads.get(publication.request.files.model),
      blobs.get(preparedBlob(publication)),
    ]);
    return workshop.run('edition', { base, prepared, secret: secret.derive(secretPurpose(publication)), subset });
  }

  private find(modelId: bigint): PublicationRecord {
    const publication = this.parts.records.findByModel(String(modelId));
    if (!publication)
      throw new OmlError('NOT_FOUND', `Model ${modelId} was not published here (or is not finished yet).`, {
        retryable: true,
      });
    return publication;
  }
}
