import type { Inspection } from '@oml/onnx/inspection';
import { OmlError } from '@oml/protocol/error';

/** Keys that one edition may hold. */
export interface Capacity {
  /** Without harm that can be seen, on most models. */
  harmless: number;
  /** At all: beyond it every edit that was measured did more harm than is allowed. */
  most: number;
}

/** Keys that an edited matrix holds without harm, and keys that it holds at all (fingerprinting.md §3). */
export const capacityOf = ({ site }: Pick<Inspection, 'site'>): Capacity => ({
  harmless: Math.floor(site.keySize / 16),
  most: Math.floor(site.keySize / 4),
});

export interface BookSizes {
  commonCount: number;
  tracingCount: number;
  /** Chance of a tracing key to be in an edition. */
  holdChance: number;
}

/** Keys that an edition holds on average. */
export const keysPerEdition = ({ commonCount, tracingCount, holdChance }: BookSizes): number =>
  Math.ceil(commonCount + holdChance * tracingCount);

/**
 * Refuses a book before it is drawn whose editions cannot be embedded, and tells where one may turn out too large.
 * Throws CODE_BOOK_TOO_SMALL with the sizes that go.
 */
export function checkSizes(inspection: Pick<Inspection, 'site'>, sizes: BookSizes): string | undefined {
  const { harmless, most } = capacityOf(inspection);
  const held = keysPerEdition(sizes);
  const said = `An edition would hold ${held} keys (${sizes.commonCount} common, and ${sizes.holdChance} of ${sizes.tracingCount} tracing)`;
  if (held > most)
    throw new OmlError(
      'CODE_BOOK_TOO_SMALL',
      `${said}; this model has room for ${most}, and for ${harmless} without harm. Ask for fewer.`,
      { details: { held, harmless, most } },
    );
  return held > harmless
    ? `${said}; up to ${harmless} do this model no visible harm. More may end with EDIT_INFEASIBLE after the commitment: try the sizes on a draft that you do not commit.`
    : undefined;
}
