import type { OmlError } from '@oml/protocol/error';
import type { CompiledQuery } from 'kysely';

/** How a use is charged. */
export interface Charging {
  /** Each touches one row, or another use took its place. */
  queries: readonly CompiledQuery<unknown>[];
  /** What is thrown then: CONFLICT. */
  conflict(): OmlError;
}
