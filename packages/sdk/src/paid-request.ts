import { x402Client, x402HTTPClient } from '@x402/core/client';
import type { PaymentRequired, PaymentRequirements } from '@x402/core/types';
import { ExactEvmScheme } from '@x402/evm/exact/client';
import type { Deployment } from '@oml/protocol/chain/deployment';
import { OmlError } from '@oml/protocol/error';
import { caip2 } from '@oml/protocol/network';
import type { Address, Hex } from 'viem';
import { exactPaymentOf, type ExactPayment } from './exact-payment.ts';
import type { Payee } from './payee-check.ts';

/** Anything that can sign typed data: a viem LocalAccount, or a wallet client wrapped to this shape. */
export interface PayingAccount {
  address: Address;
  signTypedData(message: {
    domain: Record<string, unknown>;
    types: Record<string, unknown>;
    primaryType: string;
    message: Record<string, unknown>;
  }): Promise<Hex>;
}

export interface Payer {
  account: PayingAccount;
  deployment: Deployment;
  /** Most that one payment may cost, in the token's smallest unit. */
  maxAmountPerPayment: bigint;
  /** Runs before anything is signed; throws to refuse the payee. */
  approve: (payTo: Address) => Promise<Payee>;
  fetch: typeof fetch;
}

export interface PaidResponse {
  response: Response;
  /** Absent where the host asked for nothing. */
  payment?: ExactPayment;
  payee?: Payee;
}

const RESENDS = 3;
const RESEND_AFTER_MS = 1_000;

/**
 * The x402 client of one account: it refuses tokens it was not told of, so the deployment's token is named, with a cap
 * (spend control).
 */
export function x402ClientOf({
  account,
  deployment,
  maxAmountPerPayment,
}: Pick<Payer, 'account' | 'deployment' | 'maxAmountPerPayment'>): x402Client {
  const network = caip2(deployment.chainId);
  const asset = deployment.contracts.token;
  return new x402Client()
    .register(network, new ExactEvmScheme(account))
    .setSpendControls({ allowedAssets: [{ network, asset, maxAmountPerPayment: maxAmountPerPayment.toString() }] })
    .registerPolicy((_version, accepts) => accepts.filter((asked) => isPayable(asked, deployment)));
}

/**
 * Sends a request, pays once if asked to, and sends the same payment again where the answer was lost. Throws
 * PAYMENT_REQUIRED, UNAVAILABLE.
 */
export async function payAndSend(request: Request, payer: Payer, earlier?: ExactPayment): Promise<PaidResponse> {
  if (earlier) return finish(request, earlier, await payer.approve(earlier.authorization.to), payer);
  const first = await payer.fetch(request.clone());
  if (first.status !== 402) return { response: first };
  const http = new x402HTTPClient(x402ClientOf(payer));
  const terms = await readTerms(http, first);
  const asked = acceptableRequirements(terms, payer);
  const payee = await payer.approve(asked.payTo as Address);
  const payload = await http.createPaymentPayload({ ...terms, accepts: [asked] });
  const header = http.encodePaymentSignatureHeader(payload)['PAYMENT-SIGNATURE'];
  if (!header) throw new OmlError('PAYMENT_REQUIRED', 'The host speaks a version of x402 that this buyer does not.');
  return finish(request, exactPaymentOf(payload, header, payer.deployment), payee, payer);
}

async function finish(request: Request, payment: ExactPayment, payee: Payee, payer: Payer): Promise<PaidResponse> {
  const response = await sendPaid(request, payment, payer);
  return { response, payee, payment: settled(payment, response.headers.get('payment-response')) };
}

async function readTerms(http: x402HTTPClient, response: Response): Promise<PaymentRequired> {
  try {
    return http.getPaymentRequiredResponse((name) => response.headers.get(name), undefined);
  } catch (cause) {
    throw new OmlError('PAYMENT_REQUIRED', 'The host asks for payment but does not say how.', { cause });
  }
}

const isPayable = (asked: PaymentRequirements, { chainId, contracts }: Deployment): boolean =>
  asked.scheme === 'exact' &&
  asked.network === caip2(chainId) &&
  asked.asset.toLowerCase() === contracts.token.toLowerCase();

function acceptableRequirements(
  { accepts }: PaymentRequired,
  { deployment, maxAmountPerPayment }: Payer,
): PaymentRequirements {
  const payable = accepts.filter((asked) => isPayable(asked, deployment));
  const asked = payable.find(({ amount }) => BigInt(amount) <= maxAmountPerPayment);
  if (asked) return asked;
  if (payable[0]) {
    const details = { amount: payable[0].amount, maxAmountPerPayment: String(maxAmountPerPayment) };
    throw new OmlError(
      'PAYMENT_REQUIRED',
      `The host asks for ${details.amount}, and this buyer pays at most ${details.maxAmountPerPayment} at once.`,
      { details },
    );
  }
  throw new OmlError('PAYMENT_REQUIRED', 'The host takes no payment in the deployment’s token on its chain.');
}

/** A lost connection and an unconfirmed payment are answered by the same payment again: it cannot be charged twice. */
async function sendPaid(request: Request, payment: ExactPayment, payer: Payer): Promise<Response> {
  let cause: unknown;
  for (let attempt = 0; attempt < RESENDS; attempt++) {
    if (attempt > 0) await new Promise((resolve) => setTimeout(resolve, RESEND_AFTER_MS));
    const paid = new Request(request.clone());
    paid.headers.set('PAYMENT-SIGNATURE', payment.header);
    try {
      const response = await payer.fetch(paid);
      if (response.status !== 402 || !(await isUnsettled(response))) return response;
    } catch (error) {
      if (request.signal.aborted) throw error;
      cause = error;
    }
  }
  throw new OmlError('UNAVAILABLE', 'The host did not answer. Send the same payment again later: it is charged once.', {
    retryable: true,
    details: { paymentRef: payment.paymentRef, header: payment.header },
    cause,
  });
}

async function isUnsettled(response: Response): Promise<boolean> {
  const problem: unknown = await response
    .clone()
    .json()
    .catch(() => undefined);
  return (problem as { code?: string } | undefined)?.code === 'PAYMENT_UNSETTLED';
}

function settled(payment: ExactPayment, header: string | null): ExactPayment {
  const result = header ? (JSON.parse(atob(header)) as { transaction?: string }) : undefined;
  return result?.transaction ? { ...payment, tx: result.transaction as Hex } : payment;
}
