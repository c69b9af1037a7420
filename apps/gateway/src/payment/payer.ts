import type { TokenDomain } from '@oml/protocol/signed/authorization';
import { channelIdOf, type ChannelDomain } from '@oml/protocol/signed/channel';
import type { Address } from 'viem';
import { isSignedVoucher, readVoucher } from '../channel/header.ts';
import { isBookable, readEnvelope, readPayment } from './header.ts';

/**
 * Who signed the payment in a header, without a look at the chain; undefined where it is none, or not signed by the
 * key that it names.
 */
export type PayerOf = (header: string | undefined) => Promise<Address | undefined>;

export const createPayerOf =
  ({ token, channels }: { token: TokenDomain; channels: ChannelDomain }): PayerOf =>
  async (header) => {
    if (header === undefined) return undefined;
    const read = readPayment(header, token);
    if ('sent' in read) return (await isBookable(read.sent, token)) ? read.sent.authorization.from : undefined;
    const payload = readEnvelope(header);
    const voucher = payload && readVoucher(payload);
    if (!voucher || channelIdOf(voucher.config, channels) !== voucher.channelId) return undefined;
    // Not its payer, whom anybody may write into a channel of his own.
    return (await isSignedVoucher(voucher, channels)) ? voucher.config.payerAuthorizer : undefined;
  };
