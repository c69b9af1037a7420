import type { x402Facilitator } from '@x402/core/facilitator';
import type { PaymentRequirements } from '@x402/core/types';
import { encodeAbiParameters, keccak256 } from 'viem';
import type { Chain } from '@oml/service/chain';
import type { Logger } from '@oml/service/logger';
import { isAuthorizationUsed } from '../payment/settled-transfer.ts';
import { OWN_REASONS, X402_REASONS } from '../payment/x402-reasons.ts';
import type { GatewayStore } from '../store.ts';
import type { SentVoucher } from './header.ts';
import { findChannel, openChannel } from './ledger.ts';
import type { VoucherRefusal } from './refusal.ts';
import type { ChannelWatch } from './watch.ts';

export interface Depositing {
  chain: Pick<Chain, 'publicClient' | 'deployment'>;
  store: GatewayStore;
  facilitator: x402Facilitator;
  watch: ChannelWatch;
  logger: Logger;
}

type Deposit = Extract<SentVoucher['content'], { type: 'deposit' }>['deposit'];

/**
 * Puts a deposit into its channel before anything is answered, once: what a broken-off try sent is found on the chain.
 * A channel is written down before the first deposit, and only where the chain knows nothing of it: one that was used
 * before and is not in this store may owe more than the chain says.
 */
export async function takeDeposit(
  depositing: Depositing,
  sent: SentVoucher,
  deposit: Deposit,
  wanted: PaymentRequirements,
): Promise<VoucherRefusal | undefined> {
  const { store, facilitator, watch, logger } = depositing;
  const { channelId, config, payload } = sent;
  const isKnown = (await findChannel(store, channelId)) !== undefined;
  if (await isDepositTaken(depositing, sent, deposit)) return isKnown ? undefined : { no: 'unknown' };
  if (deposit.amount < BigInt(String(wanted.extra['minDeposit']))) return { no: 'small-deposit' };
  const { isValid, invalidReason } = await facilitator.verify(payload, wanted);
  if (!isValid) return { no: 'deposit', reason: invalidReason ?? OWN_REASONS.unexpected };
  if (!isKnown) {
    watch.forget(channelId);
    const { balance, totalClaimed } = await watch.stateOf(channelId);
    if (balance > 0n || totalClaimed > 0n) return { no: 'unknown' };
    await openChannel(store, channelId, config);
  }
  const settled = await facilitator.settle(payload, wanted);
  watch.forget(channelId);
  if (settled.success || (await isDepositTaken(depositing, sent, deposit))) return undefined;
  const { errorReason: reason = OWN_REASONS.unexpected, errorMessage } = settled;
  logger.warn({ channelId, reason, message: errorMessage }, 'a deposit did not settle');
  return { no: reason === X402_REASONS.pending ? 'unsettled' : 'deposit', reason };
}

/**
 * Is the authorization used? The collector takes it into the channel that its nonce names and nowhere else, so that
 * only its payer could have used it up otherwise; what the channel holds is looked at in any case.
 */
function isDepositTaken(
  { chain }: Depositing,
  { config, channelId }: SentVoucher,
  { authorization }: Deposit,
): Promise<boolean> {
  const { salt } = authorization.erc3009Authorization;
  const nonce = keccak256(encodeAbiParameters([{ type: 'bytes32' }, { type: 'uint256' }], [channelId, BigInt(salt)]));
  return isAuthorizationUsed(chain, { from: config.payer, nonce });
}
