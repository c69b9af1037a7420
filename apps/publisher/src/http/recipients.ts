import { OmlError } from '@oml/protocol/error';
import { recipientChoiceSigner } from '@oml/protocol/signed/recipient-choice';
import { recipientChoiceSchema, recipientWordSchema } from '@oml/protocol/wire/recipient-choice';
import { readRequest } from '@oml/protocol/wire/read-request';
import type { Chain } from '@oml/service/chain';
import { isAddressEqual, type Address, type Hex } from 'viem';
import { mustBeOfNow, mustBeSigned, mustOwn, registryOf } from '../chain/model-owner.ts';
import type { MintedModels } from '../programs/minted-models.ts';
import { isLatest } from '../latest-word.ts';
import type { PublisherStore } from '../store.ts';

interface Word {
  modelId: bigint;
  /** null: any verifier that is staked. */
  verifiers: readonly Address[] | null;
  askedAt: number;
}

/**
 * The verifiers that probes of a model are sealed to, as its owner said: of all its releases, until whoever owns it
 * then says otherwise. Without a word, to any that is staked.
 */
export class Recipients {
  private readonly parts: { chain: Chain; store: PublisherStore; minted: MintedModels };

  constructor(parts: Recipients['parts']) {
    this.parts = parts;
  }

  /** Whom the owner chose; null: any verifier that is staked. */
  async of(modelId: string): Promise<readonly Address[] | null> {
    const row = await this.parts.store.db
      .selectFrom('recipient_choice')
      .select('verifiers')
      .where('model_id', '=', modelId)
      .executeTakeFirst();
    return row ? (JSON.parse(row.verifiers) as Address[] | null) : null;
  }

  /** Throws UNAUTHORIZED for a verifier that the owner did not choose. */
  async mustBeChosen(modelId: string, verifier: Address): Promise<void> {
    const chosen = await this.of(modelId);
    if (chosen === null || chosen.some((each) => isAddressEqual(each, verifier))) return;
    throw new OmlError(
      'UNAUTHORIZED',
      `The owner of model ${modelId} chose whom its probes are sealed to, and ${verifier} is not among them.`,
    );
  }

  /**
   * Keeps the word of a model's owner on chain. Throws REQUEST_INVALID, NOT_FOUND, SIGNATURE_INVALID, UNAUTHORIZED for
   * anybody else or at another time, and CONFLICT where something newer was said.
   */
  async choose(modelId: bigint, body: unknown, signature: string | undefined): Promise<Omit<Word, 'askedAt'>> {
    const said = readRequest(recipientChoiceSchema, body, 'The word on who gets probes is refused');
    mustBeOfNow(said.askedAt);
    if (!(await this.keep({ modelId, ...said }, mustBeSigned(signature))))
      throw new OmlError('CONFLICT', 'Something newer was said about who gets probes: sign again.');
    return { modelId, verifiers: said.verifiers };
  }

  /** The same, said long ago and kept by the owner: a publisher that lost its disk has it again, or a newer one. */
  async sayAgain(kept: unknown): Promise<Omit<Word, 'askedAt'>> {
    const { signature, ...word } = readRequest(recipientWordSchema, kept, 'The word on who gets probes is refused');
    await this.keep(word, signature);
    return { modelId: word.modelId, verifiers: word.verifiers };
  }

  /** Whom the owner chose is not known any more: so nobody gets probes until it is said again. */
  async forget(modelId: string): Promise<void> {
    await this.parts.store.db
      .insertInto('recipient_choice')
      .values({ model_id: modelId, verifiers: '[]', asked_at: 0 })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }

  /** False where something newer was said. */
  private async keep({ modelId, verifiers, askedAt }: Word, signature: Hex): Promise<boolean> {
    const { chain, minted, store } = this.parts;
    if (!(await minted.find(String(modelId))))
      throw new OmlError('NOT_FOUND', `Model ${modelId} was not published here.`);
    const choice = { modelId, anybody: verifiers === null, verifiers: verifiers ?? [], askedAt: BigInt(askedAt) };
    await mustOwn(chain, modelId, await recipientChoiceSigner(choice, signature, registryOf(chain)));
    const word = { verifiers: JSON.stringify(verifiers), asked_at: askedAt };
    const { numInsertedOrUpdatedRows: kept } = await store.db
      .insertInto('recipient_choice')
      .values({ model_id: String(modelId), ...word })
      .onConflict((conflict) =>
        conflict
          .column('model_id')
          .doUpdateSet(word)
          .where(isLatest('recipient_choice', 'verifiers', word.verifiers, askedAt)),
      )
      .executeTakeFirst();
    return Boolean(kept);
  }
}
