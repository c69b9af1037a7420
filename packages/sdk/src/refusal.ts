import type { OmlError } from '@oml/protocol/error';
import { errorOfProblem } from '@oml/protocol/wire/problem';
import type { ExactPayment } from './exact-payment.ts';

/**
 * The error in a host's refusal: its problem details where it sends any, UNAVAILABLE otherwise. What was paid stays in
 * `details`.
 */
export async function refusalOf(response: Response, payment?: ExactPayment): Promise<OmlError> {
  const details = payment ? { paymentRef: payment.paymentRef, header: payment.header } : {};
  return errorOfProblem(response.status, await response.json().catch(() => undefined), { who: 'The host', details });
}
