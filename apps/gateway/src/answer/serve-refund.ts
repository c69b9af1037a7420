import { OmlError } from '@oml/protocol/error';
import type { Context } from 'hono';
import type { Refund } from '../channel/refund.ts';
import type { ReadSent } from '../payment/sent.ts';
import { askingHeaders, offerOf, type Cashier } from '../payment/terms.ts';
import { OWN_REASONS } from '../payment/x402-reasons.ts';
import type { ServedModel } from './models.ts';
import { respondError } from './refusals.ts';

/** Answers a GET, which is how x402's clients ask for the terms of a channel and for its refund. */
export type ServeRefund = (c: Context, models: readonly ServedModel[]) => Promise<Response>;

interface Refunds {
  readSent: ReadSent;
  cashier: Cashier;
  refund: Refund;
}

export function createServeRefund({ readSent, cashier, refund }: Refunds): ServeRefund {
  return async (c, models) => {
    const sent = await readSent(c.req.header('payment-signature'));
    const model = pick(models, c.req.query('model'), sent?.payload?.accepted.payTo);
    const offer = offerOf(c.req.path, model, model.price);
    if (!sent?.payload) {
      const headers = askingHeaders(await cashier.termsOf(offer), OWN_REASONS.unpaid);
      return respondError(c, new OmlError('PAYMENT_REQUIRED'), headers);
    }
    const done = await refund(sent.kind === 'channel' ? sent.voucher : undefined, offer);
    if ('refusal' in done) return respondError(c, done.refusal, done.headers);
    const { channelId, refunded, tx, headers } = done;
    return c.json({ object: 'oml.refund', channelId, refunded: String(refunded), tx }, 200, headers);
  };
}

/** The model that is named, or whose vault is; the first one otherwise. Throws NOT_FOUND. */
function pick(models: readonly ServedModel[], name: string | undefined, payTo: string | undefined): ServedModel {
  const model = models.find(({ model, vault }) =>
    name ? model === name : !payTo || vault.toLowerCase() === payTo.toLowerCase(),
  );
  if (model) return model;
  throw new OmlError('NOT_FOUND', 'Nothing of this kind is served here under that name or vault.');
}
