import { isOmlError } from '@oml/protocol/error';

/** The custom error behind a refused write; undefined where it failed for another reason. */
export function revertName(error: unknown): string | undefined {
  const name = isOmlError(error) && error.code === 'CHAIN_REVERTED' ? error.details['errorName'] : undefined;
  return typeof name === 'string' ? name : undefined;
}
