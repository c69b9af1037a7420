import { x402Client, x402HTTPClient } from '@x402/core/client';
import type { PaymentRequired, PaymentRequirements } from '@x402/core/types';
import { ExactEvmScheme } from '@x402/evm/exact/client';
import type { Deployment } from '@oml/protocol/chain/deployment';
import { OmlError } from '@oml/protocol/error';
import { caip2 } from '@oml/protocol/network';
import { isAddress, type Address } from 'viem';
import { payFromChannel, pickChannel } from './channel/pay.ts';
import { exactPaymentOf } from './exact-payment.ts';
import { skewOf } from './host-clock.ts';
import type { Payee } from './payee-check.ts';
import type { AskedAgain, PaidResponse, Payer } from './payer.ts';
import type { PayingAccount } from './paying-account.ts';
import { billOf, type Payment } from './payment.ts';
import { sendPaid, settled } from './send-paid.ts';

export type { Payer, PaidResponse, PayingAccount };

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
 * Sends a request, pays once if asked to, and sends the same payment again where the answer was lost. What is signed
 * is good by the host's clock, where that is not far off. Throws PAYMENT_REQUIRED, CLOCK_OFF, UNAVAILABLE.
 */
export async function payAndSend(
  request: Request,
  payer: Payer,
  earlier?: Payment,
  again?: AskedAgain,
): Promise<PaidResponse> {
  if (earlier) return finish(request, earlier, await payer.approve(billOf(earlier).payTo), payer);
  const first = await payer.fetch(request.clone());
  if (first.status !== 402) return { response: first };
  const http = new x402HTTPClient(x402ClientOf(payer));
  const terms = await readTerms(http, first);
  const skewS = skewOf(first);
  const channel = again && pickChannel(terms, payer);
  if (channel) return payFromChannel(request, { terms, skewS }, channel, again);
  const asked = acceptableRequirements(terms, payer);
  const payee = await payer.approve(asked.payTo as Address);
  await payer.budget?.check(BigInt(asked.amount));
  // It counts from its own clock how long the payment is good, and is told how far that is off.
  const byOurClock = { ...asked, maxTimeoutSeconds: asked.maxTimeoutSeconds + skewS };
  const signed = await http.createPaymentPayload({ ...terms, accepts: [byOurClock] });
  const payload = { ...signed, accepted: asked };
  const header = http.encodePaymentSignatureHeader(payload)['PAYMENT-SIGNATURE'];
  if (!header) throw new OmlError('PAYMENT_REQUIRED', 'The host speaks a version of x402 that this buyer does not.');
  const signedAt = Math.floor(Date.now() / 1_000) + skewS;
  const payment = { ...exactPaymentOf(payload, header, payer.deployment), signedAt };
  await payer.budget?.reserve(payment, payment.authorization.value);
  if (again) await payer.calls?.open({ url: request.url, ...again, header, signedAt: payment.signedAt });
  return finish(request, payment, payee, payer);
}

async function finish(request: Request, payment: Payment, payee: Payee, payer: Payer): Promise<PaidResponse> {
  const response = await sendPaid(request, payment, payer);
  return {
    response,
    payee,
    payment: settled(payment, response.headers.get('payment-response')),
    onReceipt: async ({ amount }) => payer.budget?.settle(payment, amount),
  };
}

async function readTerms(http: x402HTTPClient, response: Response): Promise<PaymentRequired> {
  try {
    return http.getPaymentRequiredResponse((name) => response.headers.get(name), undefined);
  } catch (cause) {
    throw new OmlError('PAYMENT_REQUIRED', 'The host asks for payment but does not say how.', { cause });
  }
}

const isToken = (asset: unknown, { token }: Deployment['contracts']): boolean =>
  typeof asset === 'string' && asset.toLowerCase() === token.toLowerCase();

/** What the token's own authorization (EIP-3009) pays: otherwise the official client would sign another thing. */
const isPayable = (asked: PaymentRequirements, { chainId, contracts }: Deployment): boolean =>
  asked.scheme === 'exact' &&
  asked.network === caip2(chainId) &&
  isToken(asked.asset, contracts) &&
  (asked.extra?.['assetTransferMethod'] ?? 'eip3009') === 'eip3009';

/** A signature that is good for longer may be used when nobody expects it. */
const LONGEST_S = 600;

/** A host's JSON: what has the wrong type has no meaning that both sides agree on. */
const isSound = ({ amount, payTo, maxTimeoutSeconds }: PaymentRequirements): boolean =>
  typeof amount === 'string' &&
  /^(?:0|[1-9][0-9]{0,30})$/.test(amount) &&
  isAddress(payTo, { strict: false }) &&
  typeof maxTimeoutSeconds === 'number' &&
  maxTimeoutSeconds > 0 &&
  maxTimeoutSeconds <= LONGEST_S;

function acceptableRequirements(
  { accepts }: PaymentRequired,
  { deployment, maxAmountPerPayment }: Payer,
): PaymentRequirements {
  const payable = accepts.filter((asked) => isPayable(asked, deployment) && isSound(asked));
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
  throw new OmlError(
    'PAYMENT_REQUIRED',
    `The host takes no payment in the deployment’s token on its chain that is good for ${LONGEST_S} s at most.`,
  );
}
