import { receiptSigner, type Receipt } from '@oml/protocol/signed/receipt';
import { decodeReceiptHeader } from '@oml/protocol/wire/receipt-header';
import { HEADERS } from '@oml/protocol/wire/headers';
import type { PaymentRequired } from '@x402/core/types';
import { setTimeout as sleep } from 'node:timers/promises';
import { SIGNER, type TestChain } from '../../test-support/chain-fixture.ts';
import { officialClient, type PostedCall } from '../../test-support/x402-fixture.ts';
import { channelClient, termsOf } from '../../test-support/channels.ts';
import { paymentHeader, send, voucherTemplate, type Answered } from '../payer.ts';
import { classifyAt, PRICE } from '../scene.ts';
import type { Dice } from './dice.ts';

/** One paid use as its buyer sees it: what it holds for it in the end. */
export interface Use {
  payment: string;
  /** Every different receipt it was ever given, by its signature. */
  receipts: Map<string, Receipt>;
}

export interface Market {
  chain: TestChain;
  dice: Dice;
  /** Where gateways listen; one of them may be down. */
  urls: readonly string[];
  /** Hears of every use that has its receipt. */
  done(use: Use): void;
  isOver(): boolean;
}

/** What the spending limit of a careful client allows to put into one. */
const CHANNEL_CALLS = 900;
const TRIES = 600;
const PATIENCE_MS = 8_000;

/** Channel after channel, so that none is ever empty. */
export async function buyFromChannels(market: Market, firstSalt: number): Promise<void> {
  for (let salt = firstSalt; !market.isOver(); salt++) await buyFromChannel(market, salt);
}

/** Pays call after call out of one channel; it goes on only when it holds the receipt of the last. */
async function buyFromChannel(market: Market, salt: number): Promise<void> {
  const { chain, dice, urls } = market;
  const buyer = channelClient(chain, { salt, deposit: PRICE * BigInt(CHANNEL_CALLS) });
  const opening = await patiently(() => termsOf(classifyAt(dice.oneOf(urls))));
  const first = await buyer.client.createPaymentPayload(channelOnly(opening));
  const next = voucherTemplate(chain, first);
  await finish(market, paymentHeader(first));
  for (let n = 2; n <= CHANNEL_CALLS && !market.isOver(); n++) await finish(market, await next(PRICE * BigInt(n)));
}

const channelOnly = (terms: PaymentRequired): PaymentRequired => ({
  ...terms,
  accepts: terms.accepts.filter(({ scheme }) => scheme === 'batch-settlement'),
});

/** Pays call after call with an authorization of its own each. */
export async function buyOneByOne(market: Market): Promise<void> {
  const client = officialClient(market.chain);
  while (!market.isOver()) {
    const terms = await patiently(() => termsOf(classifyAt(market.dice.oneOf(market.urls))));
    await finish(market, paymentHeader(await client.createPaymentPayload(terms)));
  }
}

/** Sends one payment as a nervous client does, again and again, until it has a receipt; then perhaps once more. */
async function finish(market: Market, payment: string): Promise<void> {
  const { dice, urls } = market;
  const use: Use = { payment, receipts: new Map() };
  for (let n = 0; n < TRIES && use.receipts.size === 0; n++) {
    const tabs = dice.chance(0.05) ? 2 : 1;
    const calls = Array.from({ length: tabs }, () => classifyAt(dice.oneOf(urls)));
    await Promise.all(calls.map((call) => tryOnce(market, use, call)));
    if (use.receipts.size === 0) await sleep(50 + dice.below(400));
  }
  if (dice.chance(0.05)) await tryOnce(market, use, classifyAt(dice.oneOf(urls)));
  market.done(use);
}

async function tryOnce({ chain, dice }: Market, use: Use, call: PostedCall): Promise<void> {
  const hangUp = dice.chance(0.04) ? AbortSignal.timeout(1 + dice.below(40)) : AbortSignal.timeout(PATIENCE_MS);
  const answered = await send(call, use.payment, hangUp).catch(() => undefined);
  if (answered?.status !== 200) return;
  const { receipt, signature } = receiptIn(answered);
  const { chainId, contracts } = chain.deployment;
  const signer = await receiptSigner({ receipt, signature }, { chainId, court: contracts.claimCourt });
  if (signer !== SIGNER.address) throw new Error(`a receipt is signed by ${signer}`);
  use.receipts.set(signature, receipt);
}

const receiptIn = ({ headers }: Answered) => decodeReceiptHeader(headers[HEADERS.receipt.toLowerCase()] as string);

async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (let n = 0; ; n++) {
    try {
      return await work();
    } catch (error) {
      if (n === TRIES) throw error;
      await sleep(300);
    }
  }
}
