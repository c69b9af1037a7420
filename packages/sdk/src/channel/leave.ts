import { batchSettlementAbi } from '@oml/contracts/abis';
import type { Deployment } from '@oml/protocol/chain/deployment';
import { OmlError } from '@oml/protocol/error';
import type { ChannelConfig } from '@oml/protocol/signed/channel';
import { CALL_PATH, type ModelKind } from '@oml/protocol/wire/model-kind';
import type { Address, Hex } from 'viem';
import { payerOf, type ExchangeOptions } from '../exchange.ts';
import type { ChannelPayer } from '../payer.ts';
import type { ChannelOptions } from './options.ts';
import { balanceOf, nameOf } from './pay.ts';
import { schemeOf } from './payment.ts';
import { finishPending } from './pending.ts';
import { takeTurn } from './turn.ts';

/** Whose channel is left, at which host. */
export interface Leaving {
  /** Of the gateway. */
  baseUrl: string;
  model: string;
  kind: ModelKind;
  vault: Address;
}

/**
 * Asks the host to end a channel: what its receipts add up to is booked, the rest comes back at once. Throws NOT_FOUND
 * where this buyer has no channel there, UNAVAILABLE where the host does not do it: then {@link withdrawCall} does.
 */
export async function refundChannel(
  options: ExchangeOptions & { channel: ChannelOptions },
  { baseUrl, model, kind, vault }: Leaving,
): Promise<{ refunded: bigint; tx: Hex }> {
  const payer: ChannelPayer = payerOf(options);
  const { channel, account, publicClient } = payer;
  const name = nameOf(payer, { payTo: vault });
  const endTurn = await takeTurn(channel.store, name);
  try {
    // A call that waits for its receipt counts first, if the host still answers it.
    const record = await finishPending(payer, vault, name).catch(() => channel.store.load(name));
    if (!record) throw new OmlError('NOT_FOUND', 'There is no channel with this vault.', { details: { vault } });
    const { channelId, config, charged } = record;
    const balance = await balanceOf(payer, channelId);
    const scheme = schemeOf(
      { account, sessionKey: channel.sessionKey },
      { salt: config.salt, charged, balance, deposit: 0n },
      publicClient.readContract.bind(publicClient) as never,
    );
    const url = `${baseUrl}${CALL_PATH[kind]}?model=${encodeURIComponent(model)}`;
    const { transaction } = await scheme.refund(url, { fetch: payer.fetch }).catch((cause: unknown) => {
      throw new OmlError('UNAVAILABLE', 'The host did not refund the channel. Its money can be withdrawn past it.', {
        retryable: true,
        details: { channelId },
        cause,
      });
    });
    return { refunded: balance - (await balanceOf(payer, channelId)), tx: transaction as Hex };
  } finally {
    endTurn();
  }
}

const settlement = ({ contracts }: Deployment) =>
  ({ address: contracts.batchSettlement, abi: batchSettlementAbi }) as const;

/**
 * Asks for money back past the host, by the payer or its session key: it can be taken after the channel's delay. From
 * then on no host answers for this channel, and what was answered before is still collected.
 */
export const withdrawCall = (deployment: Deployment, config: ChannelConfig, amount: bigint) =>
  ({ ...settlement(deployment), functionName: 'initiateWithdraw', args: [config, amount] }) as const;

/** Takes it, once the delay is over; it goes to the payer. */
export const takeWithdrawalCall = (deployment: Deployment, config: ChannelConfig) =>
  ({ ...settlement(deployment), functionName: 'finalizeWithdraw', args: [config] }) as const;
