import { claimCourtAbi, devDollarAbi, revenueVaultAbi } from '@oml/contracts/abis';
import { LanguageModel } from '@oml/onnx/language-model';
import { nodeEngine } from '@oml/onnx/runner-node';
import { headOf } from '@oml/protocol/evidence/head';
import { exactPaymentRef } from '@oml/protocol/evidence/payment-ref';
import { askedText, queryHash } from '@oml/protocol/evidence/query';
import { signReceipt, type Receipt, type SignedReceipt } from '@oml/protocol/signed/receipt';
import { HEADERS } from '@oml/protocol/wire/headers';
import { HOST_LISTING_PATH, hostListingToJson } from '@oml/protocol/wire/host-listing';
import { receiptToJson } from '@oml/protocol/wire/receipt-json';
import { encodeReceiptHeader } from '@oml/protocol/wire/receipt-header';
import { serve, type HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { keccak256, stringToBytes, type Address, type Hex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { freePort, type DevChain } from './dev-chain.ts';
import { PRICE, tokenizer } from './market.ts';

interface Served {
  model: string;
  licenseId: bigint;
  modelId: bigint;
  vault: Address;
  weights: Uint8Array;
}

/** A host for tests: real payments on a real chain, real answers of a real model, and as much honesty as it is told. */
export interface TestHost {
  url: string;
  /** `prompt` books at once, `contested` only what a claim contests, `never` takes the money and tells nobody. */
  booking: 'prompt' | 'contested' | 'never';
  /** So many answers to come are lost after they were paid for. */
  lost: number;
  /** Its receipts name the payment that it was paid first, whatever paid for the answer. */
  reuses: boolean;
  /** Books the oldest payment that is not booked. */
  bookOne(): Promise<void>;
  /** Payments that were settled. */
  settled: number;
  /** Every paid request, as it came in. */
  seen: Seen[];
  /** Everything it signed, with the text of what was asked. */
  answers: { receipt: Receipt; body: string }[];
  serve(served: Served): Promise<void>;
  stop(): Promise<void>;
}

export interface Asked {
  model: string;
  prompt: string;
  max_tokens: number;
  temperature?: number;
  stream?: boolean;
}

/** What a host can see of a call. */
export interface Seen {
  /** Unix ms. */
  at: number;
  payer: Address;
  /** Of the client's end of the connection. */
  port: number;
  /** Names and values, as they came. */
  headers: string[];
  body: Asked;
}

interface Authorization {
  from: Address;
  to: Address;
  value: string;
  validAfter: string;
  validBefore: string;
  nonce: Hex;
}
interface Payment {
  signature: Hex;
  authorization: Authorization;
}

const completionOf = (text: string) => ({
  object: 'text_completion',
  choices: [{ text, index: 0, finish_reason: 'length' }],
});

const eventsOf = (text: string, signed: SignedReceipt): string =>
  [JSON.stringify(completionOf(text)), JSON.stringify({ object: 'oml.receipt', oml: receiptToJson(signed) }), '[DONE]']
    .map((data) => `data: ${data}\n\n`)
    .join('');

export async function startHost(
  chain: DevChain,
  account: Address,
  signerKey: Hex,
  gas: ReturnType<DevChain['as']>,
): Promise<TestHost> {
  const port = await freePort();
  const app = new Hono();
  const { chainId, contracts } = chain.deployment;
  const signer = privateKeyToAccount(signerKey);
  const served = new Map<string, { about: Served; engine: LanguageModel }>();
  const payments = new Map<Hex, { payment: Payment; answer?: { text: string; signed: SignedReceipt } }>();

  const exact = ({ authorization: { value, validAfter, validBefore, ...rest } }: Payment) => ({
    ...rest,
    value: BigInt(value),
    validAfter: BigInt(validAfter),
    validBefore: BigInt(validBefore),
  });
  const book = (payment: Payment) =>
    gas.send({
      address: payment.authorization.to,
      abi: revenueVaultAbi,
      functionName: 'bookExact',
      args: [exact(payment), payment.signature],
    });
  const transfer = (payment: Payment) => {
    const { from, to, value, validAfter, validBefore, nonce } = exact(payment);
    return gas.send({
      address: contracts.token,
      abi: devDollarAbi,
      functionName: 'transferWithAuthorization',
      args: [from, to, value, validAfter, validBefore, nonce, payment.signature],
    });
  };

  async function bookContested(): Promise<void> {
    if (host.booking !== 'contested') return;
    const court = { address: contracts.claimCourt, abi: claimCourtAbi } as const;
    const logs = await gas.publicClient.getContractEvents({
      ...court,
      eventName: 'UnpaidUseClaimed',
      args: { account },
      fromBlock: 0n,
      strict: true,
    });
    for (const { paymentRef } of logs.flatMap(({ args }) => args.receipts)) {
      const known = payments.get(paymentRef);
      if (known && !(await isBooked(paymentRef, known.payment))) await book(known.payment);
    }
  }
  async function isBooked(paymentRef: Hex, { authorization: { from, to } }: Payment): Promise<boolean> {
    if (!(await gas.publicClient.getCode({ address: to }))) return false;
    const call = { address: to, abi: revenueVaultAbi, functionName: 'booked', args: [paymentRef, from] } as const;
    return (await gas.publicClient.readContract(call)) > 0n;
  }
  const timer = setInterval(() => void bookContested().catch(() => {}), 1_000);

  app.get(HOST_LISTING_PATH, (c) =>
    c.json(
      hostListingToJson({
        chainId,
        account,
        signer: signer.address,
        models: [...served.values()].map(({ about: { model, licenseId, modelId, vault } }) => ({
          model,
          kind: 'language',
          licenseId,
          modelId,
          vault,
          token: contracts.token,
          price: PRICE,
        })),
      }),
    ),
  );

  app.post('/v1/completions', async (c) => {
    const body = (await c.req.json()) as Asked;
    const at = Date.now();
    const { about, engine } = served.get(body.model)!;
    const header = c.req.header('payment-signature');
    if (!header) {
      const accepts = [
        {
          scheme: 'exact',
          network: `eip155:${chainId}`,
          amount: String(PRICE),
          asset: contracts.token,
          payTo: about.vault,
          maxTimeoutSeconds: 60,
          extra: await domain(),
        },
      ];
      const required = {
        x402Version: 2,
        error: 'payment required',
        resource: { url: c.req.url, description: 'one answer', mimeType: 'application/json' },
        accepts,
      };
      return c.json({}, 402, { 'PAYMENT-REQUIRED': btoa(JSON.stringify(required)) });
    }
    const payment = (JSON.parse(atob(header)) as { payload: Payment }).payload;
    const { authorization } = payment;
    const { incoming } = c.env as HttpBindings;
    host.seen.push({
      at,
      payer: authorization.from,
      port: incoming.socket.remotePort!,
      headers: incoming.rawHeaders,
      body,
    });
    const paymentRef = exactPaymentRef(contracts.token, authorization.from, authorization.nonce);
    const known = payments.get(paymentRef) ?? { payment };
    if (!payments.has(paymentRef)) {
      payments.set(paymentRef, known);
      // What did not settle was not paid: asked again, it is tried again.
      await (host.booking === 'prompt' ? book(payment) : transfer(payment)).catch((error: unknown) => {
        payments.delete(paymentRef);
        throw error;
      });
      host.settled += 1;
    }
    if (host.lost-- > 0) return c.json({}, 503);
    known.answer ??= await answer(body, about, engine, payment, paymentRef, c.req.header(HEADERS.requestNonce) as Hex);
    const { text, signed } = known.answer;
    if (body.stream) return c.body(eventsOf(text, signed), 200, { 'content-type': 'text/event-stream' });
    return c.json(completionOf(text), 200, { [HEADERS.receipt]: encodeReceiptHeader(signed) });
  });

  async function answer(
    body: Asked,
    { licenseId }: Served,
    engine: LanguageModel,
    { authorization }: Payment,
    paymentRef: Hex,
    requestNonce: Hex,
  ) {
    const text = await engine.completeText({
      prompt: body.prompt,
      maxTokens: body.max_tokens,
      temperature: body.temperature ?? 1,
    });
    const amount = BigInt(authorization.value);
    const receipt = {
      licenseId,
      client: authorization.from,
      requestNonce,
      queryHash: queryHash(body as never),
      head: headOf(text),
      responseHash: keccak256(stringToBytes(text)),
      paymentRef: host.reuses ? payments.keys().next().value! : paymentRef,
      amount,
      cumulative: amount,
      answeredAt: BigInt(Math.floor(Date.now() / 1000)),
    };
    host.answers.push({ receipt, body: askedText('language', { ...body }) });
    return {
      signed: await signReceipt(receipt, signer, { chainId, court: contracts.claimCourt }),
      text,
    };
  }

  async function domain(): Promise<{ name: string; version: string }> {
    const token = { address: contracts.token, abi: devDollarAbi } as const;
    const [name, version] = await Promise.all([
      gas.publicClient.readContract({ ...token, functionName: 'name' }),
      gas.publicClient.readContract({ ...token, functionName: 'version' }),
    ]);
    return { name, version };
  }

  const server = serve({ fetch: app.fetch, port, hostname: '127.0.0.1' });
  const host: TestHost = {
    url: `http://127.0.0.1:${port}`,
    booking: 'prompt',
    lost: 0,
    settled: 0,
    reuses: false,
    async bookOne() {
      for (const [paymentRef, { payment }] of payments)
        if (!(await isBooked(paymentRef, payment))) return void (await book(payment));
    },
    answers: [],
    seen: [],
    async serve(about) {
      served.set(about.model, {
        about,
        engine: await LanguageModel.open({ model: about.weights, tokenizer }, nodeEngine()),
      });
    },
    async stop() {
      clearInterval(timer);
      server.close();
      for (const { engine } of served.values()) await engine.dispose();
    },
  };
  return host;
}
