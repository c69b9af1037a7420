import type { OmlError } from '@oml/protocol/error';
import { errorOfProblem } from '@oml/protocol/wire/problem';
import type { Hex } from 'viem';
import { paidDetails } from './ask-again.ts';
import type { Payment } from './payment.ts';

/**
 * The error in a host's refusal: its problem details where it sends any, UNAVAILABLE otherwise. What was paid stays in
 * `details`.
 */
export async function refusalOf(response: Response, payment?: Payment, nonceSalt?: Hex): Promise<OmlError> {
  const details = payment ? paidDetails(payment, nonceSalt) : {};
  return errorOfProblem(response.status, await response.json().catch(() => undefined), { who: 'The host', details });
}
