import type { Address } from 'viem';
import { requestNonce } from '@oml/protocol/evidence/nonce';
import { OmlError } from '@oml/protocol/error';
import type { Receipt } from '@oml/protocol/signed/receipt';
import { HEADERS } from '@oml/protocol/wire/headers';
import { completionOf, queryHashOf, receiptOf, type RequestBody } from '../asked.ts';
import type { Payee } from '../payee-check.ts';
import type { ChannelPayer } from '../payer.ts';
import { hostNow } from '../host-clock.ts';
import { billOf } from '../payment.ts';
import { checkReceipt } from '../receipt-check.ts';
import { sendPaid } from '../send-paid.ts';
import { checkedEvents } from '../stream-check.ts';
import { channelPaymentOf, type ChannelPayment } from './payment.ts';
import type { ChannelRecord, PendingCall } from './store.ts';

/**
 * A call without a receipt, asked once more as it was: its answer was lost, or this process ended before it came. With
 * a valid receipt it counts; where the host refuses it, it was not charged. Throws UNAVAILABLE where nothing is known.
 */
export async function finishPending(
  payer: ChannelPayer,
  vault: Address,
  name: string,
): Promise<ChannelRecord | undefined> {
  const { store } = payer.channel;
  const record = await store.load(name);
  if (!record?.pending) return record;
  const payee = await payer.approve(vault);
  const { pending, ...open } = record;
  const { payment, response } = await sendPending(payer, pending);
  if (!response.ok) {
    await response.body?.cancel();
    if ((payment.depositUntil ?? 0) < Date.now() / 1000) {
      await payer.budget?.release(payment);
      return open;
    }
    throw new OmlError('UNAVAILABLE', 'A deposit that was signed before may still be taken: ask again in a moment.', {
      retryable: true,
      details: { channelId: record.channelId },
    });
  }
  const { cumulative: charged, amount } = await checkAnswer(payer, payee, pending, response);
  const finished = { ...open, charged };
  await store.save(name, finished);
  await payer.budget?.settle(payment, amount);
  return finished;
}

/** Sends a call again as it was. */
export async function sendPending(
  payer: ChannelPayer,
  pending: PendingCall,
): Promise<{ response: Response; payment: ChannelPayment }> {
  const payment = channelPaymentOf(pending.header, pending.signedAt);
  return { payment, response: await sendPaid(requestOf(payer, pending), payment, payer) };
}

function requestOf({ account, claimant }: ChannelPayer, { url, text, nonceSalt }: PendingCall): Request {
  const request = new Request(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: text,
  });
  if (nonceSalt) request.headers.set(HEADERS.requestNonce, requestNonce(claimant ?? account.address, nonceSalt));
  return request;
}

/** The receipt of the answer. */
async function checkAnswer(
  payer: ChannelPayer,
  payee: Payee,
  pending: PendingCall,
  response: Response,
): Promise<Receipt> {
  const bill = billOf(channelPaymentOf(pending.header, pending.signedAt));
  const { nonceSalt, text } = pending;
  const nonce = nonceSalt && requestNonce(payer.claimant ?? payer.account.address, nonceSalt);
  let checked: Receipt | undefined;
  const check = (signed: ReturnType<typeof receiptOf>, completion: string) =>
    checkReceipt(
      payer,
      signed,
      {
        ...bill,
        licenseId: payee.licenseId,
        queryHash: queryHashOf(JSON.parse(text) as RequestBody),
        completion,
        askedAt: pending.signedAt,
        answeredBy: hostNow(response),
        requestNonce: nonce,
      },
      payee,
    ).then(({ receipt }) => (checked = receipt));
  if (response.headers.get('content-type')?.startsWith('text/event-stream')) {
    for await (const _ of checkedEvents(response.body!, check));
    return checked!; // or its end would have thrown
  }
  const answer: unknown = await response.json();
  return check(receiptOf(answer, response.headers.get(HEADERS.receipt)), completionOf(answer));
}
