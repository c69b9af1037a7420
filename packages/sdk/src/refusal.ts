import type { OmlError } from '@oml/protocol/error';
import { errorOfProblem } from '@oml/protocol/wire/problem';
import type { Hex } from 'viem';
import { paidDetails } from './ask-again.ts';
import type { Payment } from './payment.ts';

/** Characters of a name that a host may say. */
const MOST_OF_NAME = 80;

/**
 * The error in a host's refusal: its problem details where it sends any, UNAVAILABLE otherwise. What was paid, and the
 * parameter that it does not take, stay in `details`.
 */
export async function refusalOf(response: Response, payment?: Payment, nonceSalt?: Hex): Promise<OmlError> {
  const given: unknown = await response.json().catch(() => undefined);
  const param = (given as { param?: unknown } | null | undefined)?.param;
  const details = {
    ...(typeof param === 'string' ? { param: param.slice(0, MOST_OF_NAME) } : {}),
    ...(payment ? paidDetails(payment, nonceSalt) : {}),
  };
  return errorOfProblem(response.status, given, { who: 'The host', details });
}
