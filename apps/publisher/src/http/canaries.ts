import { zeroAddress, type Address } from 'viem';
import type { PublisherStore } from '../store.ts';

/** Of so many decoys one is a canary: wherever quality falls along a draft, canaries have their share of it. */
const EVERY = 4;
/** A number that no code book has: whoever holds it, there are no more canaries. */
const OVER = 0x7fff_ffff;

const isCanary = (i: number): boolean => i % EVERY === EVERY - 1;

/** The decoys of a release that one verifier each gets, by the numbers of their canaries. */
export const canariesOf = <Body>(decoys: readonly Body[]): Body[] => decoys.filter((_, i) => isCanary(i));

/** The decoys that a verifier gets: those that come to every one alike, and its own canary, where it has one. */
export const decoysFor = <Body>(decoys: readonly Body[], canary: number | undefined): Body[] =>
  decoys.filter((_, i) => !isCanary(i) || Math.trunc(i / EVERY) === canary);

interface OfRelease {
  modelId: string;
  release: number;
}

/** Which canary of a release went to which verifier: to no second one, ever. */
export class Canaries {
  private readonly store: PublisherStore;

  constructor(store: PublisherStore) {
    this.store = store;
  }

  /** The number of this verifier's canary, the same every time; undefined where all `most` are given to others. */
  async numberFor(of: OfRelease & { verifier: Address }, most: number): Promise<number | undefined> {
    for (;;) {
      const given = await this.givenOf(of);
      const known = given.get(of.verifier);
      if (known !== undefined) return known < most ? known : undefined;
      const number = Math.max(-1, ...given.values()) + 1;
      if (number >= most) return undefined;
      await this.note(of, number, of.verifier); // where another replica was faster, it is read again
    }
  }

  /** Verifiers, checksummed, and the numbers of their canaries. */
  async givenOf({ modelId, release }: OfRelease): Promise<Map<Address, number>> {
    const rows = await this.store.db
      .selectFrom('canary')
      .select(['verifier', 'number'])
      .where('model_id', '=', modelId)
      .where('release', '=', release)
      .execute();
    return new Map(rows.map(({ verifier, number }) => [verifier as Address, number]));
  }

  /** What was given before is not known any more: so no canary of this release is given again. */
  retire(of: OfRelease): Promise<void> {
    return this.note(of, OVER, zeroAddress);
  }

  private async note({ modelId, release }: OfRelease, number: number, verifier: Address): Promise<void> {
    await this.store.db
      .insertInto('canary')
      .values({ model_id: modelId, release, number, verifier })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}
