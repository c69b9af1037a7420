import { OmlError } from '@oml/protocol/error';
import type { Context } from 'hono';
import type { Refund } from '../channel/refund.ts';
import type { PeerOf } from '../payment/peer.ts';
import type { ReadSent } from '../payment/sent.ts';
import type { TurnAway } from '../payment/strangers.ts';
import { paymentHeader } from '../payment/header.ts';
import { problemOfRefusal, type Refusal } from '../payment/refusal.ts';
import { askingHeaders, offerOf, type Cashier } from '../payment/terms.ts';
import { OWN_REASONS } from '../payment/x402-reasons.ts';
import type { ServedModel } from './models.ts';
import { respondError } from './refusals.ts';

/** Answers a GET, which is how x402's clients ask for the terms of a channel and for its refund. */
export type ServeRefund = (c: Context, models: readonly ServedModel[]) => Promise<Response>;

/** What is paid otherwise is not paid out of a channel. */
const NO_VOUCHER = { no: 'incomplete', at: 'accepted.scheme' } as const;

interface Refunds {
  readSent: ReadSent;
  peerOf: PeerOf;
  turnAway: TurnAway;
  cashier: Cashier;
  refund: Refund;
}

export function createServeRefund({ readSent, peerOf, turnAway, cashier, refund }: Refunds): ServeRefund {
  return async (c, models) => {
    const sent = await readSent(paymentHeader(c));
    turnAway(sent, peerOf(c));
    const model = pick(models, c.req.query('model'), sent?.payload?.accepted.payTo);
    const offer = offerOf(c.req.path, model, model.price);
    if (!sent?.payload) {
      const terms = await cashier.termsOf(offer);
      const refusal: Refusal =
        sent?.kind === 'unreadable' ? sent.refusal : { no: 'unpaid', reason: OWN_REASONS.unpaid };
      const headers = askingHeaders(terms, sent ? OWN_REASONS.unreadable : OWN_REASONS.unpaid);
      return respondError(c, problemOfRefusal(refusal, offer, terms.asked), headers);
    }
    const done = await refund(sent.kind === 'channel' ? sent.voucher : NO_VOUCHER, offer);
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
