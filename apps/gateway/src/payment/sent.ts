import type { PaymentPayload } from '@x402/core/types';
import type { TokenDomain } from '@oml/protocol/signed/authorization';
import type { ChannelDomain } from '@oml/protocol/signed/channel';
import type { Address } from 'viem';
import { readVoucher, type SentVoucher } from '../channel/header.ts';
import { readEnvelope, type NotRead } from './envelope.ts';
import { isBookable, readAuthorization, type NotPayment, type SentPayment } from './header.ts';
import { CHANNEL_SCHEME } from './terms.ts';

/** What a PAYMENT-SIGNATURE carries. It is read once for a request; who needs it is handed this. */
export type Sent = {
  /** Undefined where it is none of x402 v2. */
  payload: PaymentPayload | undefined;
  /** Who signed it; undefined where it is no payment, or not signed by the key that it names. */
  payer: Address | undefined;
} & (
  | { kind: 'exact'; payment: SentPayment }
  | { kind: 'channel'; voucher: SentVoucher | NotRead }
  | { kind: 'unreadable'; refusal: NotPayment }
);

/** Reads a PAYMENT-SIGNATURE and its signature, without a look at the chain; undefined where there is none. */
export type ReadSent = (header: string | undefined) => Promise<Sent | undefined>;

export const createReadSent =
  ({ token, channels }: { token: TokenDomain; channels: ChannelDomain }): ReadSent =>
  async (header) => {
    if (!header) return undefined;
    const read = readEnvelope(header);
    if ('no' in read) return { kind: 'unreadable', refusal: read, payload: undefined, payer: undefined };
    const { payload } = read;
    if (payload.accepted.scheme === CHANNEL_SCHEME) {
      const voucher = await readVoucher(payload, channels);
      // Not its payer, whom anybody may write into a channel of his own.
      const payer =
        !('no' in voucher) && voucher.isItsId && voucher.isSigned ? voucher.config.payerAuthorizer : undefined;
      return { kind: 'channel', voucher, payload, payer };
    }
    const payment = readAuthorization(payload, token);
    if ('no' in payment) return { kind: 'unreadable', refusal: payment, payload, payer: undefined };
    const isTheirs = await isBookable(payment, token);
    return { kind: 'exact', payment, payload, payer: isTheirs ? payment.authorization.from : undefined };
  };
