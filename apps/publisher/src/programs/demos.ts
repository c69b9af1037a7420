import { OmlError } from '@oml/protocol/error';
import { demoChoiceSigner } from '@oml/protocol/signed/demo-choice';
import { demoChoiceSchema } from '@oml/protocol/wire/demo-choice';
import { readRequest } from '@oml/protocol/wire/read-request';
import type { Chain } from '@oml/service/chain';
import { mustBeOfNow, mustBeSigned, mustOwn, registryOf } from '../chain/model-owner.ts';
import type { Blobs } from '../files/blobs.ts';
import { isLatest } from '../latest-word.ts';
import type { PublisherStore } from '../store.ts';
import type { MintedModels } from './minted-models.ts';
import type { MintedModel } from './publication-facts.ts';
import { demoBlob } from './publication-files.ts';

interface DemosParts {
  chain: Chain;
  store: PublisherStore;
  blobs: Blobs;
  minted: MintedModels;
}

/**
 * Whose demo edition is given away: what the owner said when the model was published, until whoever owns it now says
 * otherwise. Without a word, nothing is.
 */
export class Demos {
  private readonly parts: DemosParts;

  constructor(parts: DemosParts) {
    this.parts = parts;
  }

  async isGiven(model: MintedModel): Promise<boolean> {
    return (await this.givenOf([model])).has(model.modelId);
  }

  /** Those of these models whose demo edition is given away, by their ids. */
  async givenOf(models: readonly MintedModel[]): Promise<Set<string>> {
    const all = this.parts.store.db.selectFrom('demo_choice').selectAll();
    const [only] = models;
    const choices = await (models.length === 1 ? all.where('model_id', '=', only!.modelId) : all).execute();
    const chosen = new Map(choices.map(({ model_id: modelId, given }) => [modelId, given === 1]));
    const given = models.filter(({ modelId, request }) => chosen.get(modelId) ?? request.demo ?? false);
    return new Set(given.map(({ modelId }) => modelId));
  }

  /** Whether an owner took it back since it was published is not known any more: so it is given by a new word alone. */
  async forget(modelId: string): Promise<void> {
    await this.parts.store.db
      .insertInto('demo_choice')
      .values({ model_id: modelId, given: 0, asked_at: 0 })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }

  /**
   * Keeps the word of a model's owner on chain. Throws REQUEST_INVALID, NOT_FOUND, SIGNATURE_INVALID, UNAUTHORIZED for
   * anybody else or at another time, and CONFLICT where something newer was said.
   */
  async choose(modelId: bigint, body: unknown, signature: string | undefined): Promise<{ demo: boolean }> {
    const { given, askedAt } = readRequest(demoChoiceSchema, body, 'The word on the demo edition is refused');
    const model = await this.parts.minted.find(String(modelId));
    if (!model) throw new OmlError('NOT_FOUND', `Model ${modelId} was not published here.`);
    if (given && model.request.kind !== 'classifier')
      throw new OmlError('REQUEST_INVALID', 'Only a classifier has a demo edition that can be given away.');
    await this.checkSigner({ modelId, given, askedAt: BigInt(askedAt) }, signature);
    await this.keep(String(modelId), given, askedAt);
    const releases = given ? [] : ((await this.parts.minted.releases()).get(String(modelId)) ?? []);
    for (const release of releases) await this.parts.blobs.delete(demoBlob(release));
    return { demo: given };
  }

  private async checkSigner(
    choice: { modelId: bigint; given: boolean; askedAt: bigint },
    signature: string | undefined,
  ): Promise<void> {
    const signed = mustBeSigned(signature);
    mustBeOfNow(choice.askedAt);
    const { chain } = this.parts;
    await mustOwn(chain, choice.modelId, await demoChoiceSigner(choice, signed, registryOf(chain)));
  }

  /** The latest word stands: one that was signed before it changes nothing. */
  private async keep(modelId: string, given: boolean, askedAt: number): Promise<void> {
    const word = { given: given ? 1 : 0, asked_at: askedAt };
    const { numInsertedOrUpdatedRows: kept } = await this.parts.store.db
      .insertInto('demo_choice')
      .values({ model_id: modelId, ...word })
      .onConflict((conflict) =>
        conflict
          .column('model_id')
          .doUpdateSet(word)
          .where(isLatest('demo_choice', 'given', word.given, askedAt)),
      )
      .executeTakeFirst();
    if (!kept) throw new OmlError('CONFLICT', 'Something newer was said about this demo edition: sign again.');
  }
}
