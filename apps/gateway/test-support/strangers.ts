import { devDollarAbi } from '@oml/contracts/abis';
import { decodePaymentSignatureHeader } from '@x402/core/http';
import type { PaymentPayload } from '@x402/core/types';
import { exactPayloadSchema, type ExactPayload } from '@oml/protocol/wire/exact-payload';
import type { Call } from '@oml/program/sender';
import { readAuthorization, type SentPayment } from '../src/payment/header.ts';
import { BUYER, KEYS, type TestChain } from './chain-fixture.ts';

/** What anybody can do to an authorization that was seen, beside the gateway that it was given to. */

export const authorizationOf = (payment: PaymentPayload): ExactPayload => exactPayloadSchema.parse(payment.payload);

/** The payment as the gateway reads it. */
export function sentOf(chain: TestChain, payment: PaymentPayload): SentPayment {
  const { token } = chain.deployment.contracts;
  const sent = readAuthorization(payment, { verifyingContract: token });
  if ('no' in sent) throw new Error(sent.no);
  return sent;
}

/** The token's own transfer: it moves the money into the vault and books nothing. */
export function transferCall(chain: TestChain, payment: PaymentPayload): Call {
  const { signature, authorization: a } = authorizationOf(payment);
  return {
    address: chain.deployment.contracts.token,
    abi: devDollarAbi,
    functionName: 'transferWithAuthorization',
    args: [a.from, a.to, a.value, a.validAfter, a.validBefore, a.nonce, signature],
  };
}

/** OUTSIDER sends BUYER's authorization to the token by itself. */
export const broadcast = (chain: TestChain, payment: PaymentPayload) =>
  chain.as(KEYS.OUTSIDER).send(transferCall(chain, payment));

/** BUYER takes an authorization back. */
export async function cancelCall(chain: TestChain, payment: PaymentPayload): Promise<Call> {
  const { nonce } = authorizationOf(payment).authorization;
  const token = chain.deployment.contracts.token;
  const signature = await BUYER.signTypedData({
    domain: { name: 'Dev Dollar', version: '1', chainId: 31_337, verifyingContract: token },
    types: {
      CancelAuthorization: [
        { name: 'authorizer', type: 'address' },
        { name: 'nonce', type: 'bytes32' },
      ],
    },
    primaryType: 'CancelAuthorization',
    message: { authorizer: BUYER.address, nonce },
  });
  return {
    address: token,
    abi: devDollarAbi,
    functionName: 'cancelAuthorization',
    args: [BUYER.address, nonce, signature],
  };
}

/** A fetch under which a stranger is always faster than the gateway: what is paid settles, and nobody booked it. */
export const overtaken =
  (chain: TestChain): typeof fetch =>
  async (input, init) => {
    const request = new Request(input, init);
    const header = request.headers.get('payment-signature');
    if (header) await broadcast(chain, decodePaymentSignatureHeader(header));
    return fetch(request);
  };
