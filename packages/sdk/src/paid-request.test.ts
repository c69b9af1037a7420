import { encodePaymentRequiredHeader } from '@x402/core/http';
import type { PaymentRequirements } from '@x402/core/types';
import { deploymentSchema, type Deployment } from '@oml/protocol/chain/deployment';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getAddress, pad, toHex, type Address } from 'viem';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ExactPayment } from './exact-payment.ts';
import { payAndSend, type Payer } from './paid-request.ts';

const at = (digit: string): Address => getAddress(`0x${digit.repeat(40)}`);
const BUYER = privateKeyToAccount(generatePrivateKey());
const VAULT = at('a');
const deployment: Deployment = {
  chainId: 31_337,
  deployedAtBlock: 0,
  contracts: Object.fromEntries(
    deploymentSchema.shape.contracts
      .keyof()
      .options.map((name, i) => [name, getAddress(pad(toHex(i + 1), { size: 20 }))]),
  ) as Deployment['contracts'],
};
const offer = (changes: Partial<PaymentRequirements> = {}): PaymentRequirements => ({
  scheme: 'exact',
  network: 'eip155:31337',
  asset: deployment.contracts.token,
  amount: '1500',
  payTo: VAULT,
  maxTimeoutSeconds: 60,
  extra: { name: 'Dev Dollar', version: '1' },
  ...changes,
});

let server: Server | undefined;
afterEach(() => void server?.close());

/** A host that names its terms, then does with each paid request what `paid` says. */
async function host(
  accepts: PaymentRequirements[],
  paid: (header: string, response: ServerResponse, request: IncomingMessage) => void,
  date?: string,
): Promise<string> {
  server = createServer((request, response) => {
    if (date) response.setHeader('date', date);
    const header = request.headers['payment-signature'];
    if (typeof header === 'string') return paid(header, response, request);
    const terms = encodePaymentRequiredHeader({
      x402Version: 2,
      accepts,
      resource: { url: 'http://host/', description: '', mimeType: '' },
    });
    response.writeHead(402, { 'payment-required': terms }).end('{}');
  });
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function payer(overrides: Partial<Payer> = {}): Payer & { approved: Address[] } {
  const approved: Address[] = [];
  const approve = async (payTo: Address) => (approved.push(payTo), { licenseId: 1n, modelId: 1n, account: at('b') });
  return { account: BUYER, deployment, maxAmountPerPayment: 2_000n, approve, fetch, ...overrides, approved };
}
const ok = (_: string, response: ServerResponse) =>
  void response
    .writeHead(200, { 'payment-response': btoa(JSON.stringify({ success: true, transaction: '0xabc' })) })
    .end('{}');

describe('paying', () => {
  it('approves the payee first, then signs for exactly what was asked', async () => {
    const buyer = payer();
    const { payment, response } = await payAndSend(
      new Request(await host([offer()], ok), { method: 'POST', body: '{}' }),
      buyer,
    );
    expect(response.status).toBe(200);
    expect(buyer.approved).toEqual([VAULT]);
    expect(payment).toMatchObject({ tx: '0xabc', authorization: { from: BUYER.address, to: VAULT, value: 1_500n } });
  });

  it('passes an answer that costs nothing on as it is', async () => {
    server = createServer((_, response) => void response.end('free'));
    await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
    const { payment, response } = await payAndSend(
      new Request(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
      payer(),
    );
    expect(await response.text()).toBe('free');
    expect(payment).toBeUndefined();
  });

  const refused: [string, PaymentRequirements[]][] = [
    ['above the cap', [offer({ amount: '2001' })]],
    ['in a token it was not told of', [offer({ asset: at('9') })]],
    ['on another chain', [offer({ network: 'eip155:1' })]],
    ['in another scheme', [offer({ scheme: 'upto' })]],
    ...['1e3', '2000.0', 'NaN', '', '-1', '0x10', 2_000, null, ['1500']].map(
      (amount): [string, PaymentRequirements[]] => [
        `for an amount that is none: ${JSON.stringify(amount)}`,
        [offer({ amount: amount as string })],
      ],
    ),
    ['for a token that is none', [offer({ asset: 5 as unknown as string })]],
    ['for a payee that is none', [offer({ payTo: 'vault' })]],
    ['for a time that is no number', [offer({ maxTimeoutSeconds: '60' as unknown as number })]],
    ['that moves the token another way', [offer({ extra: { ...offer().extra, assetTransferMethod: 'permit2' } })]],
    ['that would be good for years', [offer({ maxTimeoutSeconds: 315_360_000 })]],
  ];
  it.each(refused)('signs nothing %s', async (_, accepts) => {
    const buyer = payer({ account: { ...BUYER, signTypedData: () => Promise.reject(new Error('signed')) } });
    await expect(payAndSend(new Request(await host(accepts, ok)), buyer)).rejects.toMatchObject({
      code: 'PAYMENT_REQUIRED',
    });
    expect(buyer.approved).toEqual([]);
  });

  it('believes a host about the time, and not by more than five minutes', async () => {
    const sendAt = async (aheadS: number) => {
      const url = await host([offer()], ok, new Date(Date.now() + aheadS * 1_000).toUTCString());
      const account = { ...BUYER, signTypedData: vi.fn(BUYER.signTypedData) };
      const sent = payAndSend(new Request(url), payer({ account }));
      return { sent, account };
    };
    const { payment } = await (await sendAt(200)).sent;
    const { validBefore } = (payment as ExactPayment).authorization;
    expect(Math.abs(Number(validBefore) - (Date.now() / 1_000 + 260))).toBeLessThan(30);
    for (const aheadS of [3_600, -3_600, 86_400]) {
      const { sent, account } = await sendAt(aheadS);
      await expect(sent).rejects.toMatchObject({ code: 'CLOCK_OFF' });
      expect(account.signTypedData).not.toHaveBeenCalled();
    }
  });

  it('signs nothing for a payee that is refused', async () => {
    const approve = () => Promise.reject(new Error('no vault'));
    const account = { ...BUYER, signTypedData: () => Promise.reject(new Error('signed')) };
    await expect(payAndSend(new Request(await host([offer()], ok)), payer({ approve, account }))).rejects.toThrow(
      'no vault',
    );
  });

  it('takes the good one of two offers, wherever it stands', async () => {
    const odd = [offer({ extra: { ...offer().extra, assetTransferMethod: 'permit2' } }), offer({ amount: '1e1' })];
    const { payment } = await payAndSend(new Request(await host([...odd, offer({ amount: '1300' })], ok)), payer());
    expect(payment).toMatchObject({ authorization: { value: 1_300n } });
  });

  it('takes the cheap one of two offers where only that is under the cap', async () => {
    const { payment } = await payAndSend(
      new Request(await host([offer({ amount: '9000' }), offer({ amount: '1200' })], ok)),
      payer(),
    );
    expect(payment).toMatchObject({ authorization: { value: 1_200n } });
  });
});

describe('a lost answer', () => {
  it('is asked for again with the same payment, also where the host is still settling', async () => {
    const headers: string[] = [];
    const flaky = (header: string, response: ServerResponse, request: IncomingMessage) => {
      headers.push(header);
      if (headers.length === 1) return void request.destroy();
      if (headers.length === 2) return void response.writeHead(402).end(JSON.stringify({ code: 'PAYMENT_UNSETTLED' }));
      ok(header, response);
    };
    const { response } = await payAndSend(
      new Request(await host([offer()], flaky), { method: 'POST', body: '{}' }),
      payer(),
    );
    expect(response.status).toBe(200);
    expect(headers).toHaveLength(3);
    expect(new Set(headers).size).toBe(1);
  });

  it('that never comes leaves the payment in the buyer’s hands', async () => {
    const dead = (_: string, response: ServerResponse) => void response.destroy();
    const failed = payAndSend(new Request(await host([offer()], dead)), payer());
    await expect(failed).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      retryable: true,
      details: { header: expect.any(String), paymentRef: expect.any(String) },
    });
  });
});
