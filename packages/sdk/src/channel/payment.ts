import { encodePaymentSignatureHeader } from '@x402/core/http';
import type { PaymentPayload, PaymentRequired, PaymentRequirements } from '@x402/core/types';
import { BatchSettlementEvmScheme, type ClientChannelStorage } from '@x402/evm/batch-settlement/client';
import type { Deployment } from '@oml/protocol/chain/deployment';
import { OmlError } from '@oml/protocol/error';
import { caip2 } from '@oml/protocol/network';
import { WITHDRAW_DELAY, type ChannelConfig } from '@oml/protocol/signed/channel';
import { channelPayloadSchema, type ChannelPayload } from '@oml/protocol/wire/channel-payload';
import { isAddress, isAddressEqual, type Address, type Hex } from 'viem';
import type { PayingAccount } from '../paying-account.ts';
import type { ChannelRecord } from './store.ts';

/** One voucher out of a channel: everything needed to send it again. */
export interface ChannelPayment {
  /** The deposit, once the host reported one. */
  tx?: Hex;
  channel: ChannelConfig;
  /** The channel's id: what the receipt and the vault call it. */
  paymentRef: Hex;
  /** Of this call, and the channel's total with it; smallest unit. */
  amount: bigint;
  cumulative: bigint;
  /** Until when what it puts into the channel may be taken, Unix seconds; absent where it is a voucher alone. */
  depositUntil?: number;
  /** Value of the PAYMENT-SIGNATURE header: sent again, it gets the answer again and charges nothing. */
  header: string;
  /** Unix seconds. */
  signedAt: number;
}

/** A week and a day: a host that asks to hold on to a buyer's money for longer is refused. */
const LONGEST_DELAY_S = 691_200;
const LONGEST_DEPOSIT_S = 600;

/** Would a buyer put its money under these terms? The vault alone must be able to claim and to refund. */
export function isSoundOffer(asked: PaymentRequirements, { chainId, contracts }: Deployment): boolean {
  const { receiverAuthorizer, withdrawDelay, assetTransferMethod = 'eip3009' } = asked.extra;
  return (
    asked.scheme === 'batch-settlement' &&
    asked.network === caip2(chainId) &&
    asked.asset.toLowerCase() === contracts.token.toLowerCase() &&
    typeof asked.amount === 'string' &&
    /^[1-9][0-9]{0,30}$/.test(asked.amount) &&
    isAddress(asked.payTo, { strict: false }) &&
    typeof receiverAuthorizer === 'string' &&
    isAddress(receiverAuthorizer, { strict: false }) &&
    isAddressEqual(receiverAuthorizer, asked.payTo as Address) &&
    typeof withdrawDelay === 'number' &&
    withdrawDelay >= WITHDRAW_DELAY.least &&
    withdrawDelay <= LONGEST_DELAY_S &&
    typeof asked.maxTimeoutSeconds === 'number' &&
    asked.maxTimeoutSeconds > 0 &&
    asked.maxTimeoutSeconds <= LONGEST_DEPOSIT_S &&
    assetTransferMethod === 'eip3009'
  );
}

/** The least that the host pays the gas of a deposit for. */
export function leastDeposit({ amount, extra }: PaymentRequirements): bigint {
  const { minDeposit } = extra;
  return typeof minDeposit === 'string' && /^[0-9]{1,30}$/.test(minDeposit) ? BigInt(minDeposit) : BigInt(amount);
}

/** Who signs: the wallet deposits, the session key signs every voucher. */
export interface ChannelKeys {
  account: PayingAccount;
  sessionKey: PayingAccount;
}

/** The official client of one channel, which knows of it what it is told. */
export function schemeOf(
  { account, sessionKey }: ChannelKeys,
  { salt, charged, balance, deposit }: { salt: Hex; charged: bigint; balance: bigint; deposit: bigint },
  readContract?: (args: never) => Promise<unknown>,
): BatchSettlementEvmScheme {
  const known = { chargedCumulativeAmount: String(charged), balance: String(balance) };
  const storage: ClientChannelStorage = { get: async () => known, set: async () => {}, delete: async () => {} };
  const signer = { address: account.address, signTypedData: account.signTypedData.bind(account) };
  return new BatchSettlementEvmScheme(
    { ...signer, ...(readContract ? { readContract: readContract as never } : {}) },
    {
      voucherSigner: sessionKey,
      salt,
      storage,
      depositStrategy: ({ minimumDepositAmount }) => {
        const least = BigInt(minimumDepositAmount);
        return least > deposit ? least : deposit;
      },
    },
  );
}

/** Signs the voucher that follows a channel's receipts, with a deposit where it holds too little. */
export async function signNext(
  keys: ChannelKeys,
  terms: PaymentRequired,
  asked: PaymentRequirements,
  { skewS = 0, ...channel }: { salt: Hex; charged: bigint; balance: bigint; deposit: bigint; skewS?: number },
): Promise<ChannelPayment> {
  // It counts from its own clock how long the deposit is good, and is told how far that is off.
  const byOurClock = { ...asked, maxTimeoutSeconds: asked.maxTimeoutSeconds + skewS };
  const { payload } = await schemeOf(keys, channel).createPaymentPayload(terms.x402Version, byOurClock);
  const { resource, extensions, x402Version } = terms;
  const envelope: PaymentPayload = {
    x402Version,
    payload,
    accepted: asked,
    ...(resource ? { resource } : {}),
    ...(extensions ? { extensions } : {}),
  };
  return channelPaymentOf(encodePaymentSignatureHeader(envelope), Math.floor(Date.now() / 1000) + skewS);
}

/** Reads a voucher that was signed before. Throws PAYMENT_INVALID where it is none. */
export function channelPaymentOf(header: string, signedAt: number): ChannelPayment {
  try {
    const { payload, accepted } = JSON.parse(atob(header)) as PaymentPayload;
    const content: ChannelPayload = channelPayloadSchema.parse(payload);
    const { channelConfig, voucher } = content;
    return {
      channel: channelConfig,
      paymentRef: voucher.channelId,
      amount: BigInt(accepted.amount),
      cumulative: voucher.maxClaimableAmount,
      header,
      signedAt,
      ...(content.type === 'deposit' ? { depositUntil: validUntil(content.deposit) } : {}),
    };
  } catch (cause) {
    throw new OmlError('PAYMENT_INVALID', 'The payment is no voucher of a channel.', { cause });
  }
}

const validUntil = ({ authorization }: Extract<ChannelPayload, { type: 'deposit' }>['deposit']): number =>
  Number(authorization.erc3009Authorization.validBefore);

/** A channel that is about to be opened. */
export const newRecord = ({ channel, paymentRef }: ChannelPayment): ChannelRecord => ({
  channelId: paymentRef,
  config: channel,
  charged: 0n,
});
