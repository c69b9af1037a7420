import { OmlError, type OmlErrorCode } from '@oml/protocol/error';
import type { ExactPayment } from './exact-payment.ts';

/**
 * The error in a host's refusal: its problem details where it sends any, UNAVAILABLE otherwise. What was paid stays in
 * `details`.
 */
export async function refusalOf(response: Response, payment?: ExactPayment): Promise<OmlError> {
  const problem = (await response.json().catch(() => undefined)) as
    { code?: OmlErrorCode; detail?: string; retryable?: boolean } | undefined;
  const paid = payment ? { paymentRef: payment.paymentRef, header: payment.header } : {};
  const details = { status: response.status, ...paid };
  if (!problem?.code)
    return new OmlError('UNAVAILABLE', `The host answered ${response.status} without saying why.`, {
      details,
      retryable: response.status >= 500,
    });
  return new OmlError(problem.code, problem.detail ?? `The host refused: ${problem.code}.`, {
    details,
    retryable: problem.retryable ?? false,
  });
}
