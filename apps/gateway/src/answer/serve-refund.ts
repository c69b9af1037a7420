import { OmlError } from '@oml/protocol/error';
import type { Context } from 'hono';
import type { Refund } from '../channel/refund.ts';
import { readEnvelope } from '../payment/header.ts';
import { askingHeaders, offerOf, type Cashier } from '../payment/terms.ts';
import { OWN_REASONS } from '../payment/x402-reasons.ts';
import type { ServedModel } from './models.ts';
import { respondError } from './refusals.ts';

/** Answers a GET, which is how x402's clients ask for the terms of a channel and for its refund. */
export type ServeRefund = (c: Context, models: readonly ServedModel[]) => Promise<Response>;

export function createServeRefund({ cashier, refund }: { cashier: Cashier; refund: Refund }): ServeRefund {
  return async (c, models) => {
    const header = c.req.header('payment-signature');
    const payload = header ? readEnvelope(header) : undefined;
    const model = pick(models, c.req.query('model'), payload?.accepted.payTo);
    const offer = offerOf(c.req.path, model, model.price);
    if (!payload) {
      const headers = askingHeaders(await cashier.termsOf(offer), OWN_REASONS.unpaid);
      return respondError(c, new OmlError('PAYMENT_REQUIRED'), headers);
    }
    const done = await refund(payload, offer);
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
