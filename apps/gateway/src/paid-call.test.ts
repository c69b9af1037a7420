import { createBuyer } from '@oml/sdk/buyer';
import { isBooked } from '@oml/sdk/booking';
import { decodeReceiptHeader } from '@oml/protocol/receipt-header';
import { receiptSigner } from '@oml/protocol/receipt';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUYER, KEYS, SIGNER, startChain, type TestChain } from '../test/chain-fixture.ts';
import { gatewayEnv, giveDollars, MODELS, openAccount, publishModel, startGateway, takeLicense, type RunningGateway } from '../test/host-fixture.ts';

const PRICE = 1_500n;
let chain: TestChain;
let gateway: RunningGateway;

beforeAll(async () => {
  chain = await startChain();
  await giveDollars(chain, BUYER.address);
  await openAccount(chain);
  const fable = await takeLicense(chain, await publishModel(chain, 'fable-mini'));
  const digits = await takeLicense(chain, await publishModel(chain, 'digits'));
  gateway = await startGateway(
    gatewayEnv(chain, [
      { model: 'fable-mini', kind: 'language', licenseId: fable.licenseId, price: PRICE, folder: join(MODELS, 'fable-mini') },
      { model: 'digits', kind: 'classifier', licenseId: digits.licenseId, price: 1_000n, folder: join(MODELS, 'digits') },
    ]),
  );
});
afterAll(async () => {
  await gateway?.stop();
  await chain?.stop();
});

const buyer = () => {
  const { publicClient, deployment } = chain.as(KEYS.BUYER);
  return createBuyer({ account: BUYER, publicClient, deployment, maxAmountPerPayment: 10_000n });
};

describe('a paid call', () => {
  it('answers a completion with a receipt that names the payment', async () => {
    const { text, signedReceipt, payment } = await buyer().complete(gateway.url, { model: 'fable-mini', prompt: 'Once upon a time', maxTokens: 8, temperature: 0 });
    expect(text.length).toBeGreaterThan(0);
    expect(signedReceipt.receipt).toMatchObject({ client: BUYER.address, amount: PRICE, cumulative: PRICE, paymentRef: payment.paymentRef });
    const { deployment } = chain.as(KEYS.BUYER);
    expect(await receiptSigner(signedReceipt, { chainId: deployment.chainId, court: deployment.contracts.claimCourt })).toBe(SIGNER.address);
  });
});
