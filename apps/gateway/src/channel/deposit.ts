import type { x402Facilitator } from '@x402/core/facilitator';
import type { PaymentRequirements } from '@x402/core/types';
import { setTimeout as sleep } from 'node:timers/promises';
import { encodeAbiParameters, keccak256, parseErc6492Signature } from 'viem';
import type { Chain } from '@oml/service/chain';
import type { Logger } from '@oml/service/logger';
import type { OutsideFacilitator } from '../payment/outside-facilitator.ts';
import { isAuthorizationUsed } from '../payment/settled-transfer.ts';
import { CHANNEL_REASONS, OWN_REASONS, X402_REASONS } from '../payment/x402-reasons.ts';
import type { GatewayStore } from '../store.ts';
import type { DepositTurns } from './deposit-turns.ts';
import type { SentVoucher } from './header.ts';
import { findChannel, openChannel } from './ledger.ts';
import type { VoucherRefusal } from './refusal.ts';
import type { ChannelWatch } from './watch.ts';

export interface Depositing {
  chain: Pick<Chain, 'publicClient' | 'deployment'>;
  store: GatewayStore;
  facilitator: x402Facilitator;
  /** Settles in its place, as long as it does. */
  outside?: Pick<OutsideFacilitator, 'settle'> | undefined;
  watch: ChannelWatch;
  turns: DepositTurns;
  logger: Logger;
}

type Deposit = Extract<SentVoucher['content'], { type: 'deposit' }>['deposit'];

/**
 * Puts a deposit into its channel before anything is answered, once: what a broken-off try sent is found on the chain.
 * The host pays the gas, so it takes one only with a voucher that goes on from the channel's total, and only where the
 * channel holds too little for it: then what came before it was used up. A channel is written down before the first
 * deposit, and only where the chain knows nothing of it: one that was used before and is not in this store may owe more
 * than the chain says.
 */
export async function takeDeposit(
  depositing: Depositing,
  sent: SentVoucher,
  deposit: Deposit,
  { wanted, peer }: { wanted: PaymentRequirements; peer: string },
): Promise<VoucherRefusal | undefined> {
  if (!isReadable(deposit)) return { no: 'deposit', reason: CHANNEL_REASONS.payload };
  return depositing.turns.enter(peer, () => lookAndSettle(depositing, sent, deposit, wanted)) ?? TOO_MANY;
}

const TOO_MANY = { no: 'unsettled', reason: OWN_REASONS.unexpected } as const;

async function lookAndSettle(
  depositing: Depositing,
  sent: SentVoucher,
  deposit: Deposit,
  wanted: PaymentRequirements,
): Promise<VoucherRefusal | undefined> {
  const { store, facilitator, watch, turns } = depositing;
  const { channelId, config, payload, signed } = sent;
  const known = await findChannel(store, channelId);
  if (await isDepositTaken(depositing, sent, deposit)) return known ? undefined : { no: 'unknown' };
  const channel = known ?? { channelId, config, charged: 0n, signature: undefined, signed: 0n };
  if (signed !== channel.charged + BigInt(wanted.amount)) return { no: 'mismatch', channel };
  if (deposit.amount < BigInt(String(wanted.extra['minDeposit']))) return { no: 'small-deposit' };
  watch.forget(channelId);
  const { balance, totalClaimed } = await watch.stateOf(channelId);
  if (!known && (balance > 0n || totalClaimed > 0n)) return { no: 'unknown' };
  if (signed <= balance) return { no: 'needless-deposit' };
  const { isValid, invalidReason } = await facilitator.verify(payload, wanted);
  if (invalidReason === CHANNEL_REASONS.noMoney) return { no: 'unfunded' };
  if (!isValid) return { no: 'deposit', reason: invalidReason ?? OWN_REASONS.unexpected };
  if (!known) await openChannel(store, channelId, config);
  const settled = turns.inTurnOf<VoucherRefusal | undefined>(config.payer, async (hasWaited) => {
    if (!hasWaited || !(await isEnough(watch, sent))) return settleDeposit(depositing, sent, deposit, wanted);
    return (await isDepositTaken(depositing, sent, deposit)) ? undefined : { no: 'needless-deposit' };
  });
  return settled ?? TOO_MANY;
}

async function isEnough(watch: ChannelWatch, { channelId, signed }: SentVoucher): Promise<boolean> {
  watch.forget(channelId);
  return signed <= (await watch.stateOf(channelId)).balance;
}

/** By an outside facilitator, or by our own gas. */
async function settleDeposit(
  depositing: Depositing,
  sent: SentVoucher,
  deposit: Deposit,
  wanted: PaymentRequirements,
): Promise<VoucherRefusal | undefined> {
  const { facilitator, watch, logger } = depositing;
  const { channelId, payload } = sent;
  if (await isSettledOutside(depositing, sent, wanted)) return undefined;
  const settled = await facilitator.settle(payload, wanted);
  watch.forget(channelId);
  if (settled.success || (await isDepositTaken(depositing, sent, deposit))) return undefined;
  const { errorReason: reason = OWN_REASONS.unexpected, errorMessage } = settled;
  logger.warn({ channelId, reason, message: errorMessage }, 'a deposit did not settle');
  return { no: reason === X402_REASONS.pending ? 'unsettled' : 'deposit', reason };
}

/** What says that it deploys its wallet (EIP-6492) and does not say how, x402 breaks off at. */
function isReadable({ authorization }: Deposit): boolean {
  try {
    parseErc6492Signature(authorization.erc3009Authorization.signature);
    return true;
  } catch {
    return false;
  }
}

/** So long the chain may take to show what an outside facilitator says that it did. */
const PATIENCE_MS = 20_000;
const LOOK_EVERY_MS = 500;

/**
 * Lets the outside facilitator settle, if there is one. Its word counts where the chain bears it out, as deep as any
 * deposit must be; its refusal or silence costs nothing but time, since our own gas settles then. What it may have sent
 * meanwhile can't be sent again: an authorization is good once.
 */
async function isSettledOutside(
  { outside, watch, logger }: Depositing,
  { channelId, payload, signed }: SentVoucher,
  wanted: PaymentRequirements,
): Promise<boolean> {
  if (!outside || !(await outside.settle(payload, wanted))) return false;
  for (const endsAt = Date.now() + PATIENCE_MS; Date.now() < endsAt; await sleep(LOOK_EVERY_MS)) {
    watch.forget(channelId);
    if ((await watch.stateOf(channelId)).balance >= signed) return true;
  }
  logger.error({ channelId }, 'the outside facilitator says that it settled a deposit, and the chain does not');
  return false;
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
