import { encodePaymentResponseHeader, x402HTTPResourceServer } from '@x402/core/http';
import { x402ResourceServer } from '@x402/core/server';
import type { PaymentRequirements } from '@x402/core/types';
import { ExactEvmScheme } from '@x402/evm/exact/server';
import { HonoAdapter } from '@x402/hono';
import { OmlError } from '@oml/protocol/error';
import { unclaimableNonce } from '@oml/protocol/evidence/nonce';
import { caip2 } from '@oml/protocol/network';
import type { Context } from 'hono';
import type { Address, Hex } from 'viem';
import { createFacilitator, settleOnce, type Settling } from './settle.ts';
import type { Payment } from './ledger.ts';
import { readPaymentHeader, type SentPayment } from './header.ts';
import { paymentRefusal } from './refusal.ts';
import { reconcile } from './reconcile.ts';

/** What a call is to be paid for. */
export interface Use {
  vault: Address;
  /** Smallest unit of the token. */
  price: bigint;
  path: string;
  description: string;
  /** The client's nonce, if it names one. */
  requestNonce: Hex | undefined;
  /** Hash of nonce, path and body: a payment is bound to it on first use. */
  requestHash: Hex;
}

/** Settled and final, or why not; either way the x402 headers of the answer. */
export type Admission =
  { payment: Payment; headers: Record<string, string> } | { refusal: OmlError; headers: Record<string, string> };

export interface Gate {
  /** The payment a request carries, unchecked. Throws PAYMENT_INVALID. */
  read(c: Context): SentPayment | undefined;
  /**
   * Settles the payment for this use, or says why not. Throws PAYMENT_USED, IDEMPOTENCY_CONFLICT. Not for the same
   * payment twice at once.
   */
  admit(c: Context, use: Use, sent: SentPayment | undefined): Promise<Admission>;
}

const MAX_TIMEOUT_S = 60;
/** What is settled tells of a payment; no shared cache may keep it. */
const PRIVATE = { 'cache-control': 'private, no-store' };

/** The paid entrance, fail closed: official x402 in its upfront flow, so that money is final before a model runs. */
export function createGate(settling: Settling, publicUrl: string): Gate {
  const { ledger, domain } = settling;
  const network = caip2(domain.chainId);
  const facilitator = createFacilitator(settling);
  const price = (use: Use) => ({
    asset: domain.verifyingContract,
    amount: use.price.toString(),
    extra: { name: domain.name, version: domain.version, paymentFlow: 'upfront' },
  });

  /**
   * x402 keeps no state between requests here, so each gets a server of its own that knows what this payment is for.
   */
  async function process(c: Context, use: Use, sent: SentPayment | undefined) {
    const requestNonce = use.requestNonce ?? (sent && unclaimableNonce(sent.paymentRef, use.price));
    const row = sent && {
      ...sent,
      network,
      asset: domain.verifyingContract,
      requestNonce: requestNonce!,
      requestHash: use.requestHash,
    };
    const client = sent && row ? settleOnce(facilitator, settling, { sent, row }) : unpaid(facilitator);
    const accepts = {
      scheme: 'exact',
      network,
      payTo: use.vault,
      maxTimeoutSeconds: MAX_TIMEOUT_S,
      price: price(use),
    } as const;
    const routes = {
      [`POST ${use.path}`]: {
        accepts,
        resource: `${publicUrl}${use.path}`,
        description: use.description,
        mimeType: 'application/json',
      },
    };
    const http = new x402HTTPResourceServer(
      new x402ResourceServer(client).register(network, new ExactEvmScheme()),
      routes,
    );
    await http.initialize();
    return http.processHTTPRequest({ adapter: new HonoAdapter(c), path: use.path, method: 'POST' });
  }

  async function pay(c: Context, use: Use, sent: SentPayment | undefined): Promise<Admission> {
    const result = await process(c, use, sent);
    const wanted = { amount: use.price.toString(), payTo: use.vault } as PaymentRequirements;
    if (result.type === 'payment-error') {
      const { 'Content-Type': _, ...headers } = result.response.headers;
      return { headers, refusal: paymentRefusal(sent, wanted, reasonOf(headers)) };
    }
    const payment = sent && ledger.find(sent.paymentRef);
    const success = result.type === 'payment-verified' && result.beforeHandlerSettlement?.result.success;
    if (!success || payment?.state !== 'settled') throw new OmlError('INTERNAL', 'The payment was not settled.');
    return { payment, headers: settledHeaders(payment) };
  }

  return {
    read(c) {
      const header = c.req.header('payment-signature');
      return header ? readPaymentHeader(header, domain.verifyingContract) : undefined;
    },
    async admit(c, use, sent) {
      if (!sent) return pay(c, use, undefined);
      const known = ledger.find(sent.paymentRef);
      if (known) {
        refuseOtherUse(known, sent, use);
        if (known.state === 'settling') await reconcile(settling, known);
        const settled = ledger.find(sent.paymentRef);
        if (settled) return { payment: settled, headers: settledHeaders(settled) };
      }
      const taken = use.requestNonce && ledger.findByNonce(sent.authorization.from, use.requestNonce);
      if (taken)
        throw conflict(
          'This client paid for another request under the same nonce before, or for this one with another payment.',
          taken,
        );
      return pay(c, use, sent);
    },
  };
}

function settledHeaders({ tx, network, authorization }: Payment): Record<string, string> {
  const settlement = {
    success: true,
    transaction: tx ?? '',
    network: network as ReturnType<typeof caip2>,
    payer: authorization.from,
  };
  return { 'PAYMENT-RESPONSE': encodePaymentResponseHeader(settlement), ...PRIVATE };
}

/** The same payment may only ever carry the same request. Throws PAYMENT_USED or IDEMPOTENCY_CONFLICT. */
function refuseOtherUse(known: Payment, sent: SentPayment, use: Use): void {
  const same =
    known.signature === sent.signature &&
    known.authorization.value === sent.authorization.value &&
    known.authorization.to === sent.authorization.to;
  if (same && known.requestHash === use.requestHash) return;
  if (same && use.requestNonce === known.requestNonce)
    throw conflict('This request nonce was used with another body.', known);
  throw new OmlError('PAYMENT_USED', 'The payment was used before, for another request.', {
    details: { paymentRef: known.paymentRef },
  });
}

const conflict = (message: string, { paymentRef }: Payment): OmlError =>
  new OmlError('IDEMPOTENCY_CONFLICT', message, { details: { paymentRef } });

/** Asked for terms only, x402 needs to know what is supported and nothing else. */
function unpaid(
  facilitator: ReturnType<typeof createFacilitator>,
): ConstructorParameters<typeof x402ResourceServer>[0] {
  const refuse = () => Promise.reject(new Error('nothing was paid'));
  return { verify: refuse, settle: refuse, getSupported: async () => facilitator.getSupported() as never };
}

function reasonOf(headers: Record<string, string>): string {
  const value = headers['PAYMENT-RESPONSE'] ?? headers['PAYMENT-REQUIRED'];
  const { errorReason, error } = value ? (JSON.parse(atob(value)) as { errorReason?: string; error?: string }) : {};
  return errorReason ?? error ?? 'unknown';
}
