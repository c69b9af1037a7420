import { devDollarAbi } from '@oml/contracts/abis';
import { x402Client, x402HTTPClient } from '@x402/core/client';
import type { PaymentPayload, PaymentRequirements } from '@x402/core/types';
import { ExactEvmScheme } from '@x402/evm/exact/client';
import type { Address, Hex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { KEYS, type TestChain } from './chain-fixture.ts';

/** The official client, as its documentation sets it up for a token of one's own. */
export function officialClient(chain: TestChain, key: Hex = KEYS.BUYER): x402Client {
  const asset = chain.as(key).deployment.contracts.token;
  return new x402Client()
    .register('eip155:31337', new ExactEvmScheme(privateKeyToAccount(key)))
    .setSpendControls({ allowedAssets: [{ network: 'eip155:31337', asset, maxAmountPerPayment: '10000' }] });
}

export interface PostedCall {
  url: string;
  body: Record<string, unknown>;
  headers?: Record<string, string>;
}

/** Posts JSON, with a payment if there is one. */
export function post({ url, body, headers = {} }: PostedCall, payment?: PaymentPayload): Promise<Response> {
  const signature = payment
    ? { 'payment-signature': Buffer.from(JSON.stringify(payment)).toString('base64') }
    : undefined;
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers, ...signature },
    body: JSON.stringify(body),
  });
}

/**
 * Asks for terms, lets `change` tamper with them, and signs what came of it: a payload that only the official client
 * could have made.
 */
export async function payFor(
  chain: TestChain,
  call: PostedCall,
  change: (offer: PaymentRequirements) => void = () => {},
  key: Hex = KEYS.BUYER,
): Promise<PaymentPayload> {
  const client = officialClient(chain, key);
  const unpaid = await post(call);
  const terms = new x402HTTPClient(client).getPaymentRequiredResponse((name) => unpaid.headers.get(name), undefined);
  change(terms.accepts[0]!);
  return client.createPaymentPayload(terms);
}

/** Dollars of an address, in the smallest unit. */
export function dollarsOf(chain: TestChain, address: Address): Promise<bigint> {
  const { publicClient, deployment } = chain.as(KEYS.BUYER);
  return publicClient.readContract({
    address: deployment.contracts.token,
    abi: devDollarAbi,
    functionName: 'balanceOf',
    args: [address],
  });
}

/** The JSON inside an x402 header. */
export const x402Header = (response: Response, name: string): Record<string, unknown> =>
  JSON.parse(atob(response.headers.get(name)!)) as Record<string, unknown>;
