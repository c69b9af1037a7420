import { OmlError } from '@oml/protocol/error';

/** A number that the chain gave, in a path. Throws NOT_FOUND. */
export function readId(text: string): bigint {
  if (!/^[1-9][0-9]{0,18}$/.test(text)) throw new OmlError('NOT_FOUND', `"${text}" is not an id.`);
  return BigInt(text);
}
