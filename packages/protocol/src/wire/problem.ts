import { z } from 'zod';
import { CODES, isOmlError, isOmlErrorCode, OmlError, type OmlErrorCode } from '../error.ts';

/** RFC 9457 problem details, as every OML service writes them; `type` ends in the code. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  code: OmlErrorCode;
  detail: string;
  retryable: boolean;
  [member: string]: unknown;
}

/** The problem of any thrown value; what is not an OmlError says nothing but INTERNAL. */
export function problemOf(error: unknown): Problem {
  const known = isOmlError(error) ? error : new OmlError('INTERNAL', undefined, { retryable: true });
  return {
    ...known.details,
    type: `https://oml.dev/problems/${known.code}`,
    title: known.code.toLowerCase().replaceAll('_', ' '),
    status: CODES[known.code].status,
    code: known.code,
    detail: known.message,
    retryable: known.retryable,
  };
}

/** What is read of problem details that somebody else wrote; a member that is not what it should be is left out. */
export const problemSchema = z.object({
  code: z.string().max(64).optional().catch(undefined),
  detail: z.string().max(4_000).optional().catch(undefined),
  retryable: z.boolean().optional().catch(undefined),
});

export interface Answerer {
  /** Who answered, at the start of a sentence: `The host`. */
  who: string;
  /** What goes into the error's details beside the status. */
  details?: Record<string, unknown>;
}

/**
 * The error in an answer that is not a success, from its status and body. A code that is not ours, or none, becomes
 * UNAVAILABLE with the other's code in `details.theirCode`; without a word on it, a 5xx may be tried again.
 */
export function errorOfProblem(status: number, body: unknown, { who, details = {} }: Answerer): OmlError {
  const { code, detail, retryable } = problemSchema.safeParse(body).data ?? {};
  const isOurs = isOmlErrorCode(code);
  const says = detail || (isOurs ? CODES[code].says : `${who} answered ${status} without saying why.`);
  return new OmlError(isOurs ? code : 'UNAVAILABLE', says, {
    retryable: retryable ?? status >= 500,
    details: { status, ...(code !== undefined && !isOurs ? { theirCode: code } : {}), ...details },
  });
}
