import { PREPROCESSING_FILE } from '@oml/onnx/data/preprocessing';
import { OmlError } from '@oml/protocol/error';
import { sha256, type Hex } from 'viem';
import type { Blobs } from '../files/blobs.ts';
import { packEdition } from './edition-file.ts';
import type { OwnerSecret } from '../files/owner-secret.ts';
import type { MintedModels } from './minted-models.ts';
import type { MintedModel } from './publication-facts.ts';
import type { Demos } from './demos.ts';
import { demoBlob, preparedBlob, secretPurpose } from './publication-files.ts';
import type { Uploads } from '../http/uploads.ts';
import type { Workshop } from '../workshop/workshop.ts';

interface Slot {
  slot: number;
  hostSalt: Hex;
  beacon: Hex;
}

/** Edition numbers are license ids, which start at 1; number 0 is the demo that is given away. */
const DEMO_SLOT = 0;

interface EditionParts {
  minted: MintedModels;
  blobs: Blobs;
  uploads: Uploads;
  secret: OwnerSecret;
  workshop: Workshop;
  demos: Demos;
}

/** Writes editions of minted models from what was prepared once. */
export class EditionFiles {
  private readonly parts: EditionParts;

  constructor(parts: EditionParts) {
    this.parts = parts;
  }

  /**
   * The packed edition of one slot, the digest of its weights, and the SHA-256 of the packed file, which binds
   * tokenizer and configuration too. Throws NOT_FOUND (retryable) while that release is not finished here.
   */
  async build(
    modelId: bigint,
    release: number,
    slot: Slot,
  ): Promise<{ plaintext: Uint8Array; editionRoot: Hex; fileDigest: Hex }> {
    const minted = await this.find(modelId, release);
    const { model, editionRoot } = await this.edition(minted, slot);
    const names = {
      tokenizer: 'tokenizer.json',
      tokenizerConfig: 'tokenizer_config.json',
      config: 'config.json',
      preprocessing: PREPROCESSING_FILE,
    } as const;
    const files: Record<string, Uint8Array> = { 'model.onnx': model };
    for (const [key, name] of Object.entries(names) as [keyof typeof names, string][]) {
      const uploadId = minted.request.files[key];
      if (uploadId) files[name] = await this.parts.uploads.get(uploadId);
    }
    const plaintext = packEdition(files);
    return { plaintext, editionRoot: editionRoot as Hex, fileDigest: sha256(plaintext) };
  }

  /** The model file of the demo edition. Throws NOT_FOUND where its owner does not give it away. */
  async demo(modelId: bigint): Promise<Uint8Array<ArrayBuffer>> {
    const minted = (await this.parts.minted.latest(String(modelId))) ?? (await this.find(modelId, 1));
    if (!(await this.parts.demos.isGiven(minted)))
      throw new OmlError('NOT_FOUND', `Model ${modelId} has no demo edition: its owner does not give one away.`);
    const name = demoBlob(minted);
    if (!(await this.parts.blobs.has(name))) {
      const { beacon } = minted.facts;
      await this.parts.blobs.put(
        name,
        (await this.edition(minted, { slot: DEMO_SLOT, hostSalt: beacon, beacon })).model,
      );
    }
    return this.parts.blobs.get(name);
  }

  private async edition(minted: MintedModel, subset: Slot) {
    const { blobs, uploads, secret, workshop } = this.parts;
    const [base, prepared] = await Promise.all([
      uploads.get(minted.request.files.model),
      blobs.get(preparedBlob(minted)),
    ]);
    return workshop.run('edition', { base, prepared, secret: secret.derive(secretPurpose(minted)), subset });
  }

  private async find(modelId: bigint, release: number): Promise<MintedModel> {
    const minted = await this.parts.minted.find(String(modelId), release);
    if (!minted)
      throw new OmlError(
        'NOT_FOUND',
        `Release ${release} of model ${modelId} was not made here (or is not finished yet).`,
        {
          retryable: true,
        },
      );
    return minted;
  }
}
