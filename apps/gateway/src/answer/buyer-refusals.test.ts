import { licenseRegistryAbi } from '@oml/contracts/abis';
import { createBuyer, type BuyerOptions } from '@oml/sdk/buyer';
import { signReceipt, type Receipt, type SignedReceipt } from '@oml/protocol/signed/receipt';
import { signBinding } from '@oml/protocol/signed/signer-binding';
import { decodeReceiptHeader, encodeReceiptHeader } from '@oml/protocol/wire/receipt-header';
import { receiptFromJson, receiptToJson } from '@oml/protocol/wire/receipt-json';
import { parseSignature, serializeSignature, toHex, type LocalAccount } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KEYS, OUTSIDER, SIGNER } from '../../test-support/chain-fixture.ts';
import {
  gatewayEnv,
  openAccount,
  startGateway,
  takeLicense,
  type RunningGateway,
} from '../../test-support/host-fixture.ts';
import { buyerOptions, completionAt, openScene, PRICE, PROMPT, type Scene } from '../../test-support/scene.ts';

let scene: Scene;
let gateway: RunningGateway;

beforeAll(async () => {
  scene = await openScene();
  gateway = await startGateway(gatewayEnv(scene.chain, [scene.listing]));
});
afterAll(async () => {
  await gateway?.stop();
  await scene?.chain.stop();
});

type Change = (response: Response) => Promise<Response>;
const ask = (options: Partial<BuyerOptions> = {}, stream = false) =>
  createBuyer({ ...buyerOptions(scene.chain), ...options }).complete(gateway.url, {
    model: 'fable-mini',
    prompt: PROMPT,
    maxTokens: 6,
    temperature: 0,
    ...(stream ? { onText: () => {} } : {}),
  });
/** A host that changes its paid answers. */
const lying = (change: Change): Partial<BuyerOptions> => ({
  fetch: async (input, init) => {
    const response = await fetch(input, init);
    return response.ok ? change(response) : response;
  },
});
const withReceipt = (make: (signed: SignedReceipt) => Promise<SignedReceipt>): Partial<BuyerOptions> =>
  lying(async (response) => {
    const signed = await make(decodeReceiptHeader(response.headers.get('oml-receipt')));
    const answer = (await response.json()) as object;
    return Response.json(
      { ...answer, oml: receiptToJson(signed) },
      { headers: { 'oml-receipt': encodeReceiptHeader(signed) } },
    );
  });
const sign = (receipt: Receipt, signer: LocalAccount) => {
  const { chainId, contracts } = scene.chain.as(KEYS.BUYER).deployment;
  return signReceipt(receipt, signer, { chainId, court: contracts.claimCourt });
};
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

describe('the buyer refuses an answer', () => {
  it('without a receipt', async () => {
    const silent = lying(async (response) => {
      const { oml: _, ...answer } = (await response.json()) as { oml: unknown };
      return Response.json(answer);
    });
    await expect(ask(silent)).rejects.toMatchObject({ code: 'RECEIPT_MISSING' });
  });

  it('whose receipt nobody’s signer signed', async () => {
    await expect(ask(withReceipt(({ receipt }) => sign(receipt, OUTSIDER)))).rejects.toMatchObject({
      code: 'RECEIPT_INVALID',
    });
  });

  it('whose receipt was altered after it was signed', async () => {
    await expect(
      ask(withReceipt(async ({ receipt, signature }) => ({ signature, receipt: { ...receipt, amount: 1n } }))),
    ).rejects.toMatchObject({ code: 'RECEIPT_INVALID' });
  });

  it('whose receipt the contract would not take: high s', async () => {
    const upper = withReceipt(async ({ receipt, signature }) => {
      const { r, s, yParity } = parseSignature(signature);
      return {
        receipt,
        signature: serializeSignature({ r, s: toHex(ORDER - BigInt(s), { size: 32 }), yParity: yParity === 0 ? 1 : 0 }),
      };
    });
    await expect(ask(upper)).rejects.toMatchObject({ code: 'RECEIPT_INVALID' });
  });

  const misnamed: [string, (receipt: Receipt) => Receipt, string][] = [
    ['another client', (receipt) => ({ ...receipt, client: OUTSIDER.address }), 'client'],
    ['another nonce', (receipt) => ({ ...receipt, requestNonce: receipt.queryHash }), 'requestNonce'],
    ['another query', (receipt) => ({ ...receipt, queryHash: receipt.requestNonce }), 'queryHash'],
    ['another payment', (receipt) => ({ ...receipt, paymentRef: receipt.queryHash }), 'paymentRef'],
    ['another amount', (receipt) => ({ ...receipt, amount: receipt.amount - 1n }), 'amount'],
    ['another license', (receipt) => ({ ...receipt, licenseId: 0n }), 'licenseId'],
    ['a time three minutes ago', (receipt) => ({ ...receipt, answeredAt: receipt.answeredAt - 180n }), 'answeredAt'],
    [
      'a time three minutes from now',
      (receipt) => ({ ...receipt, answeredAt: receipt.answeredAt + 180n }),
      'answeredAt',
    ],
  ];
  it.each(misnamed)('whose receipt, signed by the right signer, names %s', async (_, change, member) => {
    await expect(ask(withReceipt(({ receipt }) => sign(change(receipt), SIGNER)))).rejects.toMatchObject({
      code: 'RECEIPT_MISMATCH',
      details: { differing: [member] },
    });
  });

  it('whose text is not the one that was signed', async () => {
    const changed = lying(
      async (response) => new Response((await response.text()).replace(/"text":"/, '"text":"not '), response),
    );
    await expect(ask(changed)).rejects.toMatchObject({
      code: 'RECEIPT_MISMATCH',
      details: { differing: ['head', 'responseHash'] },
    });
  });

  it('whose streamed text is not the one that was signed', async () => {
    const changed = lying(
      async (response) => new Response((await response.text()).replace(/"text":"/, '"text":"not '), response),
    );
    await expect(ask(changed, true)).rejects.toMatchObject({ code: 'RECEIPT_MISMATCH' });
  });

  it('whose stream ends without a receipt', async () => {
    const cut = lying(
      async (response) =>
        new Response(
          (await response.text())
            .split('\n\n')
            .filter((event) => !event.includes('oml.receipt'))
            .join('\n\n'),
          response,
        ),
    );
    await expect(ask(cut, true)).rejects.toMatchObject({ code: 'RECEIPT_MISSING' });
  });
});

describe('the buyer pays nothing', () => {
  it('above its cap', async () => {
    expect(
      await scene.costOf(() =>
        expect(ask({ maxAmountPerPayment: PRICE - 1n })).rejects.toMatchObject({
          code: 'PAYMENT_REQUIRED',
          details: { amount: '1500' },
        }),
      ),
    ).toBe(0n);
  });

  it('to an address that is no vault', async () => {
    const greedy: Partial<BuyerOptions> = {
      fetch: async (input, init) => {
        const response = await fetch(input, init);
        const terms = JSON.parse(atob(response.headers.get('payment-required')!)) as { accepts: { payTo: string }[] };
        terms.accepts[0]!.payTo = OUTSIDER.address;
        return new Response('{}', { status: 402, headers: { 'payment-required': btoa(JSON.stringify(terms)) } });
      },
    };
    expect(await scene.costOf(() => expect(ask(greedy)).rejects.toMatchObject({ code: 'PAYMENT_INVALID' }))).toBe(0n);
  });

  it('to a host whose bond is below the minimum', async () => {
    const { chain, listing } = scene;
    const poor = { host: KEYS.OUTSIDER, signer: KEYS.POOR_SIGNER, bond: 20_000_000n };
    await openAccount(chain, poor);
    const { licenseId } = await takeLicense(chain, listing.modelId, poor.host);
    const env = gatewayEnv(chain, [{ ...listing, licenseId }], {
      HOST_ACCOUNT: OUTSIDER.address,
      SIGNER_KEY: poor.signer,
    });
    const host = await startGateway(env);
    const params = { model: 'fable-mini', prompt: PROMPT, maxTokens: 2 };
    const call = () =>
      expect(createBuyer(buyerOptions(chain)).complete(host.url, params)).rejects.toMatchObject({
        code: 'BOND_TOO_LOW',
        details: { account: OUTSIDER.address },
      });
    expect(await scene.costOf(call)).toBe(0n);
    await host.stop();
  });
});

describe('the buyer loses nothing', () => {
  it('when the connection breaks after it paid: the same payment gets the answer', async () => {
    let broken = 0;
    const breaking: Partial<BuyerOptions> = {
      fetch: async (input, init) => {
        const response = await fetch(input, init);
        if (!response.ok || broken++ > 0) return response;
        throw new TypeError('the line went dead');
      },
    };
    expect(await scene.costOf(async () => expect((await ask(breaking)).text.length).toBeGreaterThan(0))).toBe(PRICE);
    expect(broken).toBe(2);
  });

  it('when it comes back with the payment later', async () => {
    const buyer = createBuyer(buyerOptions(scene.chain));
    const { url, body } = completionAt(gateway.url);
    const cost = await scene.costOf(async () => {
      const first = await buyer.ask(url, body);
      const again = await buyer.ask(url, body, { payment: first.payment, nonceSalt: first.nonceSalt! });
      expect(receiptToJson(again.signedReceipt)).toEqual(receiptToJson(first.signedReceipt));
      expect(receiptFromJson(receiptToJson(again.signedReceipt))).toEqual(first.signedReceipt);
    });
    expect(cost).toBe(PRICE);
  });
});

describe('a signer', () => {
  it('that its account revoked signs nothing that a buyer takes', async () => {
    const { send, deployment, publicClient } = scene.chain.as(KEYS.HOST);
    const registry = { address: deployment.contracts.licenseRegistry, abi: licenseRegistryAbi } as const;
    const other = privateKeyToAccount(KEYS.CLAIMANT);
    const consent = await signBinding(other, scene.chain.as(KEYS.HOST).account!.address, {
      chainId: deployment.chainId,
      licenseRegistry: registry.address,
    });
    await send({ ...registry, functionName: 'bindSigner', args: [other.address, consent] });
    const bySecond = withReceipt(({ receipt }) => sign(receipt, other));
    expect((await ask(bySecond)).text.length).toBeGreaterThan(0);
    await send({ ...registry, functionName: 'revokeSigner', args: [other.address] });
    const [, revokedAt] = await publicClient.readContract({
      ...registry,
      functionName: 'signerOf',
      args: [other.address],
    });
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, (Number(revokedAt) + 1) * 1000 - Date.now())));
    await expect(ask(bySecond)).rejects.toMatchObject({ code: 'RECEIPT_INVALID' });
  });
});
