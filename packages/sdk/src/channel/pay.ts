import type { PaymentRequired, PaymentRequirements } from '@x402/core/types';
import { batchSettlementAbi } from '@oml/contracts/abis';
import { OmlError } from '@oml/protocol/error';
import type { Receipt } from '@oml/protocol/signed/receipt';
import { bytesToHex, type Address, type Hex } from 'viem';
import type { AskedAgain, ChannelPayer, PaidResponse, Payer } from '../payer.ts';
import type { Payee } from '../payee-check.ts';
import { codeOf, sendPaid, settled } from '../send-paid.ts';
import { takeTurn } from './turn.ts';
import { finishPending, sendPending } from './pending.ts';
import { isSoundOffer, leastDeposit, newRecord, signNext, type ChannelKeys, type ChannelPayment } from './payment.ts';
import type { ChannelRecord } from './store.ts';

/** Below this many calls a deposit is not worth its transaction. */
const FEWEST_CALLS = 3n;

/** What a host asked for. */
interface Called {
  terms: PaymentRequired;
  /** How far its clock is ahead of this one. */
  skewS: number;
}

interface Choice {
  payer: ChannelPayer;
  asked: PaymentRequirements;
}

/** The channel that a host offers, if the buyer has one to spend and its deposit covers several calls. */
export function pickChannel(terms: PaymentRequired, payer: Payer): Choice | undefined {
  const { channel, publicClient, deployment, maxAmountPerPayment } = payer;
  if (!channel || !publicClient) return undefined;
  const asked = terms.accepts.find((offer) => isSoundOffer(offer, deployment));
  if (!asked || BigInt(asked.amount) > maxAmountPerPayment) return undefined;
  const covers = channel.deposit >= BigInt(asked.amount) * FEWEST_CALLS && channel.deposit >= leastDeposit(asked);
  return covers ? { payer: { ...payer, channel, publicClient }, asked } : undefined;
}

/**
 * Pays one call out of the channel between this buyer and the vault, which is opened with the first. One call at a time
 * and in order: the next voucher is signed after a valid receipt of the last (protocol §5). A call whose receipt is
 * missing is asked again first; where its host refuses it, the same total is signed for this one, which lets nobody
 * take more.
 */
export async function payFromChannel(
  request: Request,
  { terms, skewS }: Called,
  { payer, asked }: Choice,
  again: AskedAgain,
): Promise<PaidResponse> {
  const { channel, account } = payer;
  const payee = await payer.approve(asked.payTo as Address);
  const name = nameOf(payer, asked);
  const endTurn = await takeTurn(channel.store, name);
  try {
    const resumed = await resume(payer, payee, name, { url: request.url, text: again.text }, endTurn);
    if (resumed) return resumed;
    const known = await finishPending(payer, asked.payTo as Address, name);
    const keys = { account, sessionKey: channel.sessionKey };
    await payer.budget?.check(BigInt(asked.amount));
    const payment = await signFor(payer, keys, { terms, skewS }, asked, known);
    const record = known ?? newRecord(payment); // without what was pending
    const { header, signedAt } = payment;
    await payer.budget?.reserve(payment, payment.amount);
    const pending = { url: request.url, ...again, header, signedAt };
    await channel.store.save(name, { ...record, pending });
    const response = await sendPaid(request, payment, payer);
    if (!response.ok) {
      await refuseOtherTotal(response, record);
      if (await isOver(response, payment)) {
        await channel.store.save(name, record);
        await payer.budget?.release(payment);
      }
      endTurn();
      return { response, payment, payee };
    }
    return paid(payer, payee, name, { response, payment }, endTurn);
  } catch (error) {
    endTurn();
    throw error;
  }
}

/** The same call as the one that waits for its receipt: it is answered and charged once. */
async function resume(
  payer: ChannelPayer,
  payee: Payee,
  name: string,
  { url, text }: { url: string; text: string },
  endTurn: () => void,
): Promise<PaidResponse | undefined> {
  const pending = (await payer.channel.store.load(name))?.pending;
  if (pending?.url !== url || pending.text !== text) return undefined;
  const sent = await sendPending(payer, pending);
  if (sent.response.ok) return { ...paid(payer, payee, name, sent, endTurn), again: pending };
  await sent.response.body?.cancel();
  return undefined;
}

function paid(
  payer: ChannelPayer,
  payee: Payee,
  name: string,
  { response, payment }: { response: Response; payment: ChannelPayment },
  endTurn: () => void,
): PaidResponse {
  return {
    response,
    payee,
    payment: settled(payment, response.headers.get('payment-response')),
    onReceipt: async (receipt) => {
      await noteReceipt(payer, name, payment, receipt);
      await payer.budget?.settle(payment, receipt.amount);
    },
    onEnd: endTurn,
  };
}

/** A refusal for good, or a failed answer: that call was not charged, and there is nothing to ask again. */
async function isOver(response: Response, { depositUntil }: ChannelPayment): Promise<boolean> {
  const { status } = response;
  if (depositUntil !== undefined || status === 409 || status === 429) return false;
  return status < 500 || (await codeOf(response)) === 'ANSWER_FAILED';
}

/** A receipt that comes late never takes the total back. */
async function noteReceipt(
  { channel: { store } }: ChannelPayer,
  name: string,
  payment: ChannelPayment,
  { cumulative }: Receipt,
): Promise<void> {
  const record = (await store.load(name)) ?? newRecord(payment);
  if (record.charged >= cumulative) return;
  const { pending, ...open } = record;
  const isThis = pending?.header === payment.header;
  await store.save(name, { ...open, charged: cumulative, ...(pending && !isThis ? { pending } : {}) });
}

/** One channel for a payer, a session key and a vault on one chain; a file's name, too. */
export const nameOf = (
  { account, channel, deployment }: Pick<ChannelPayer, 'account' | 'channel' | 'deployment'>,
  { payTo }: Pick<PaymentRequirements, 'payTo'>,
): string =>
  [deployment.chainId, account.address, channel.sessionKey.address, payTo].map(String).join('-').toLowerCase();

async function signFor(
  payer: ChannelPayer,
  keys: ChannelKeys,
  { terms, skewS }: Called,
  asked: PaymentRequirements,
  known: ChannelRecord | undefined,
): Promise<ChannelPayment> {
  const { deposit } = payer.channel;
  const salt = known?.config.salt ?? bytesToHex(crypto.getRandomValues(new Uint8Array(32)));
  const charged = known?.charged ?? 0n;
  const balance = known ? await balanceOf(payer, known.channelId) : 0n;
  const payment = await signNext(keys, terms, asked, { salt, charged, balance, deposit, skewS });
  if (known && payment.paymentRef !== known.channelId)
    throw new OmlError('CHANNEL_INVALID', 'The host asks for another kind of channel than the one that is open.', {
      details: { channelId: known.channelId },
    });
  return payment;
}

type ChannelChain = Pick<ChannelPayer, 'publicClient' | 'deployment'>;

/** What was put into a channel and not paid back, as the chain has it. */
export const balanceOf = async (chain: ChannelChain, channelId: Hex): Promise<bigint> =>
  (await channelOf(chain, channelId))[0];

/** What of it the host has not collected. */
export async function leftIn(chain: ChannelChain, channelId: Hex): Promise<bigint> {
  const [balance, claimed] = await channelOf(chain, channelId);
  return balance - claimed;
}

const channelOf = ({ publicClient, deployment }: ChannelChain, channelId: Hex) =>
  publicClient.readContract({
    address: deployment.contracts.batchSettlement,
    abi: batchSettlementAbi,
    functionName: 'channels',
    args: [channelId],
  });

/** A host that names another total than its receipts add up to is not paid on. Throws VOUCHER_MISMATCH. */
async function refuseOtherTotal(response: Response, { channelId, charged }: ChannelRecord): Promise<void> {
  if ((await codeOf(response)) !== 'VOUCHER_MISMATCH') return;
  throw new OmlError(
    'VOUCHER_MISMATCH',
    `The host claims another total for the channel than its receipts say, ${charged}: nothing more is signed for it.`,
    { details: { channelId, charged: String(charged) } },
  );
}
