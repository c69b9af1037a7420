import type { x402Facilitator } from '@x402/core/facilitator';
import { encodePaymentRequiredHeader } from '@x402/core/http';
import { PAYMENT_REQUIRED_CACHE_CONTROL, x402ResourceServer, type FacilitatorClient } from '@x402/core/server';
import type { PaymentRequired, PaymentRequirements } from '@x402/core/types';
import { ExactEvmScheme } from '@x402/evm/exact/server';
import { caip2 } from '@oml/protocol/network';
import type { TokenDomain } from '@oml/protocol/signed/authorization';
import type { Address } from 'viem';
import type { SentPayment } from './header.ts';

/** What is sold, for how much, and to whom the money goes. */
export interface Offer {
  vault: Address;
  /** Smallest unit of the token. */
  price: bigint;
  path: string;
  description: string;
}

/** What a call costs, in x402's words. */
export interface Terms {
  required: PaymentRequired;
  /** The one way to pay that is asked for. */
  wanted: PaymentRequirements;
}

export interface Cashier {
  termsOf(offer: Offer): Promise<Terms>;
  /** Did the client accept these terms, as x402 compares them? */
  isAccepted(terms: Terms, sent: SentPayment): boolean;
}

const MAX_TIMEOUT_S = 60;

/** Official x402 in its upfront flow, so that money is final before a model runs. One server, made at start. */
export async function createCashier(
  facilitator: x402Facilitator,
  domain: TokenDomain,
  publicUrl: string,
): Promise<Cashier> {
  const network = caip2(domain.chainId);
  const server = new x402ResourceServer(kindsOf(facilitator)).register(network, new ExactEvmScheme());
  await server.initialize();
  const extra = { name: domain.name, version: domain.version, paymentFlow: 'upfront' };
  return {
    async termsOf({ vault, price, path, description }) {
      const accepts = await server.buildPaymentRequirements({
        scheme: 'exact',
        network,
        payTo: vault,
        maxTimeoutSeconds: MAX_TIMEOUT_S,
        price: { asset: domain.verifyingContract, amount: price.toString(), extra },
      });
      const resource = { url: `${publicUrl}${path}`, description, mimeType: 'application/json' };
      const required = await server.createPaymentRequiredResponse(accepts, resource);
      return { required, wanted: required.accepts[0]! };
    },
    isAccepted: ({ required }, { payload }) =>
      server.findMatchingRequirements(required.accepts, payload) !== undefined &&
      server.validateExtensions(required, payload).valid,
  };
}

/** The headers that ask for payment, and why it is asked for. */
export function askingHeaders({ required: { x402Version, ...terms } }: Terms, error: string): Record<string, string> {
  return {
    'PAYMENT-REQUIRED': encodePaymentRequiredHeader({ x402Version, error, ...terms }),
    'Cache-Control': PAYMENT_REQUIRED_CACHE_CONTROL,
  };
}

/** The server asks what can be settled here, at its start, and nothing else: settling is not its business. */
function kindsOf(facilitator: x402Facilitator): FacilitatorClient {
  const refuse = () => Promise.reject(new Error('payments are settled by settle.ts'));
  return {
    verify: refuse,
    settle: refuse,
    getSupported: async () => facilitator.getSupported() as Awaited<ReturnType<FacilitatorClient['getSupported']>>,
  };
}
