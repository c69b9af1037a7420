import { OmlError } from '@oml/protocol/error';
import { wearInWords, wearOf } from '@oml/protocol/evidence/wear';
import { wearQuestionSigner } from '@oml/protocol/signed/wear-question';
import type { BookWear } from '@oml/protocol/wire/book-wear';
import { readRequest } from '@oml/protocol/wire/read-request';
import type { Chain } from '@oml/service/chain';
import type { Logger } from '@oml/service/logger';
import { z } from 'zod';
import { mustBeOfNow, mustBeSigned, mustOwn, registryOf } from '../chain/model-owner.ts';
import type { MintedModels } from '../programs/minted-models.ts';
import type { MintedModel } from '../programs/publication-facts.ts';
import type { Grants } from './grants.ts';

/** From the warning on: the least grace of a release off the dev chain, and some days to publish it. */
const LEAD_MS = 21 * 24 * 3_600_000;

interface BookWearsParts {
  chain: Chain;
  minted: MintedModels;
  grants: Grants;
}

/** How far code books are worn by being asked; for their owners alone, since it tells when hosts are probed. */
export class BookWears {
  private readonly parts: BookWearsParts;

  constructor(parts: BookWearsParts) {
    this.parts = parts;
  }

  /** Of the latest release of a model. Throws REQUEST_INVALID, NOT_FOUND, SIGNATURE_INVALID, UNAUTHORIZED. */
  async ask(modelId: bigint, askedAt: string | undefined, signature: string | undefined): Promise<BookWear> {
    const seconds = readRequest(z.coerce.bigint().min(0n), askedAt, 'The question about the code book is refused');
    const { chain, minted } = this.parts;
    const signed = mustBeSigned(signature);
    mustBeOfNow(seconds);
    await mustOwn(chain, modelId, await wearQuestionSigner({ modelId, askedAt: seconds }, signed, registryOf(chain)));
    const model = await minted.latest(String(modelId));
    if (!model) throw new OmlError('NOT_FOUND', `Model ${modelId} was not published here.`);
    return this.of(model);
  }

  /** Warns of every book that is worn, or will be before a release of today is rolled out. */
  async warn(logger: Logger): Promise<void> {
    for (const model of await this.parts.minted.list()) {
      const wear = await this.of(model);
      if (wear.state !== 'due' && wear.state !== 'worn') continue;
      const { modelId, release } = model;
      logger.warn({ modelId, release, owner: model.request.owner }, wearInWords(wear));
    }
  }

  private async of({ modelId, release, facts }: MintedModel): Promise<BookWear> {
    const batches = await this.parts.grants.askedOf(modelId, release);
    return { release, ...wearOf(facts.codeBook, batches, { now: Date.now(), leadMs: LEAD_MS }) };
  }
}
