import { fetchText } from '@oml/service/fetch-text';
import type { Guard } from '@oml/service/guarded-fetch';
import { readEvidence, readInline } from '@oml/protocol/wire/report-evidence';
import { isAddressEqual, type Address } from 'viem';
import type { z } from 'zod';
import type { Pointer } from '../chain/cases.ts';

/** Of one party's documents. */
const MOST_READ = 8;

/**
 * The documents of one party that can be had and have the hash that stands on chain, newest first. They are data: what
 * they claim is looked at, what they say is not followed.
 */
export async function evidenceBy<Schema extends z.ZodType>(
  who: Address,
  pointers: readonly Pointer[],
  schema: Schema,
  limits: Guard,
): Promise<z.output<Schema>[]> {
  const own = pointers
    .filter(({ by }) => isAddressEqual(by, who))
    .slice(-MOST_READ)
    .toReversed();
  const found = await Promise.all(
    own.map(async ({ evidenceHash, evidenceUri }) => {
      const text = readInline(evidenceUri) ?? (await fetchText(evidenceUri, limits).catch(() => undefined));
      return text === undefined ? undefined : readEvidence(text, evidenceHash, schema);
    }),
  );
  return found.filter((each) => each !== undefined);
}
