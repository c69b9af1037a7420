import { signVoucher, type ChannelConfig } from '@oml/protocol/signed/channel';
import type { PaymentPayload } from '@x402/core/types';
import { Agent, request } from 'node:http';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import type { Hex, LocalAccount } from 'viem';
import type { TestChain } from '../test-support/chain-fixture.ts';
import { channelClient, postVoucher, SESSION, termsOf } from '../test-support/channels.ts';
import type { PostedCall } from '../test-support/x402-fixture.ts';

/** A channel that is open at a server, and the vouchers that its buyer signs one after the other. */
export interface OpenChannel {
  /** The PAYMENT-SIGNATURE of its next call. */
  next(): Promise<string>;
}

export interface Opening {
  salt: number;
  price: bigint;
  /** Calls that its deposit pays for, the first included. */
  calls: number;
  session?: LocalAccount;
}

/** Opens a channel by the official client's first call; what follows is what that client would sign. */
export async function openChannelAt(
  chain: TestChain,
  call: PostedCall,
  { salt, price, calls, session = SESSION }: Opening,
): Promise<OpenChannel> {
  const buyer = channelClient(chain, { salt, deposit: price * BigInt(calls), session });
  const first = await buyer.client.createPaymentPayload(await termsOf(call));
  await depositUntilSettled(() => postVoucher(buyer, call, first));
  const voucher = voucherTemplate(chain, first, session);
  let total = price;
  return { next: () => voucher((total += price)) };
}

/** A deposit that a slow chain has not settled yet is sent again, as the refusal asks: it is deposited once. */
async function depositUntilSettled(send: () => Promise<Response>): Promise<void> {
  for (;;) {
    const response = await send();
    const said = await response.text();
    if (response.ok) return;
    if (!said.includes('PAYMENT_UNSETTLED')) throw new Error(`no channel was opened: ${response.status} ${said}`);
    await sleep(1_000);
  }
}

/** The PAYMENT-SIGNATURE over each total that the official client would send after its first, which deposited. */
export function voucherTemplate(
  chain: TestChain,
  first: PaymentPayload,
  session: LocalAccount = SESSION,
): (total: bigint) => Promise<string> {
  const { channelConfig, voucher } = first.payload as { channelConfig: ChannelConfig; voucher: { channelId: Hex } };
  const { channelId } = voucher;
  const { chainId, contracts } = chain.deployment;
  const domain = { chainId, batchSettlement: contracts.batchSettlement };
  return async (total) => {
    await setImmediate(); // lets connections end that a server closed meanwhile
    const signature = await signVoucher({ channelId, maxClaimableAmount: total }, session, domain);
    const signed = { channelId, maxClaimableAmount: String(total), signature };
    return paymentHeader({ ...first, payload: { type: 'voucher', channelConfig, voucher: signed } });
  };
}

export const paymentHeader = (payment: PaymentPayload): string =>
  Buffer.from(JSON.stringify(payment)).toString('base64');

export interface Answered {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
  /** From the first byte sent to the last one read. */
  tookMs: number;
}

/** Keeps its connections, as clients do, and costs little itself: it shares a machine with what it measures. */
const AGENT = new Agent({ keepAlive: true, maxSockets: 256 });

export function send(
  { url, body, headers = {} }: PostedCall,
  payment?: string,
  signal?: AbortSignal,
): Promise<Answered> {
  const sent = JSON.stringify(body);
  const since = performance.now();
  return new Promise((resolve, reject) => {
    const outgoing = request(
      url,
      {
        agent: AGENT,
        ...(signal ? { signal } : {}),
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(sent),
          ...headers,
          ...(payment ? { 'payment-signature': payment } : {}),
        },
      },
      (incoming) => {
        const pieces: Buffer[] = [];
        incoming.on('data', (piece: Buffer) => pieces.push(piece));
        incoming.on('error', reject);
        incoming.on('end', () => {
          const tookMs = performance.now() - since;
          const { statusCode: status = 0, headers } = incoming;
          resolve({ status, headers, body: Buffer.concat(pieces).toString(), tookMs });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(sent);
  });
}

/** Throws unless the call was answered. */
export async function sendPaid(call: PostedCall, payment?: string): Promise<Answered> {
  const answered = await send(call, payment);
  if (answered.status !== 200) throw new Error(`a call failed: ${answered.status} ${answered.body}`);
  return answered;
}
