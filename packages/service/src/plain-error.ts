import { isOmlError, OmlError } from '@oml/protocol/error';
import { BaseError, HttpRequestError, TimeoutError } from 'viem';
import { sentenceOf } from './error-facts.ts';

/** Did a node fail to answer at all? */
export const isUnreachable = (error: unknown): boolean =>
  error instanceof BaseError && error.walk((e) => e instanceof HttpRequestError || e instanceof TimeoutError) !== null;

/** Any error in words for whoever started a program: no key, no address of a node, no ten screens of causes. */
export function plainError(error: unknown): OmlError {
  if (isOmlError(error)) return error;
  if (isUnreachable(error))
    return new OmlError('CHAIN_UNREACHABLE', 'The RPC endpoint does not answer: check RPC_URL.', {
      retryable: true,
      cause: error,
    });
  const code = (error as { code?: unknown } | undefined)?.code;
  if (typeof code === 'string' && code.startsWith('ERR_PARSE_ARGS'))
    return new OmlError('REQUEST_INVALID', `${sentenceOf(error).replace(/\.$/, '')}. Run with --help.`, {
      cause: error,
    });
  return new OmlError('INTERNAL', sentenceOf(error), { cause: error });
}
