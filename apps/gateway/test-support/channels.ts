import { batchSettlementAbi } from '@oml/contracts/abis';
import type { ChannelConfig } from '@oml/protocol/signed/channel';
import type { SignedReceipt } from '@oml/protocol/signed/receipt';
import { devKey } from '@oml/service/test-support/dev-chain';
import { decodeReceiptHeader } from '@oml/protocol/wire/receipt-header';
import { HEADERS } from '@oml/protocol/wire/headers';
import { x402Client, x402HTTPClient } from '@x402/core/client';
import type { PaymentPayload, PaymentRequired } from '@x402/core/types';
import { toClientEvmSigner } from '@x402/evm';
import { BatchSettlementEvmScheme, InMemoryClientChannelStorage } from '@x402/evm/batch-settlement/client';
import type { Hex, LocalAccount } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { BUYER, KEYS, type TestChain } from './chain-fixture.ts';
import { post, type PostedCall } from './x402-fixture.ts';

/** Signs vouchers in BUYER's place. */
export const SESSION = privateKeyToAccount(devKey(9));

/** The official client with a channel, and how often its wallet was asked to sign. */
export interface ChannelClient {
  client: x402Client;
  scheme: BatchSettlementEvmScheme;
  walletSignatures(): number;
  /** Signs the vouchers. */
  session: LocalAccount;
}

export interface ChannelChoice {
  /** Names the channel among those of one payer and authorizer. */
  salt: number;
  wallet?: LocalAccount;
  session?: LocalAccount;
  /** The official default is what the host asks for at least. */
  deposit?: bigint;
}

const word = (n: number): Hex => `0x${n.toString(16).padStart(64, '0')}`;

/** As its documentation sets it up for a token of one's own; it has forgotten what it knew before. */
export function channelClient(
  chain: TestChain,
  { salt, wallet = BUYER, session = SESSION, deposit }: ChannelChoice,
): ChannelClient {
  const { publicClient, deployment } = chain.as(KEYS.BUYER);
  let asked = 0;
  const counting = {
    address: wallet.address,
    signTypedData: (message: Parameters<LocalAccount['signTypedData']>[0]) => (asked++, wallet.signTypedData(message)),
  };
  const scheme = new BatchSettlementEvmScheme(toClientEvmSigner(counting as never, publicClient as never), {
    voucherSigner: session as never,
    salt: word(salt),
    storage: new InMemoryClientChannelStorage(),
    ...(deposit === undefined ? {} : { depositStrategy: () => deposit }),
  });
  const allowed = {
    network: 'eip155:31337',
    asset: deployment.contracts.token,
    maxAmountPerPayment: '1000000',
  } as const;
  const client = new x402Client().register('eip155:31337', scheme).setSpendControls({ allowedAssets: [allowed] });
  return { client, scheme, walletSignatures: () => asked, session };
}

/** What a gateway asks for. */
export async function termsOf(call: PostedCall): Promise<PaymentRequired> {
  const response = await post(call);
  return new x402HTTPClient(new x402Client()).getPaymentRequiredResponse((name) => response.headers.get(name));
}

/** A payload that only the official client could have made, with what `change` did to the terms. */
export async function voucherFor(
  { client }: ChannelClient,
  call: PostedCall,
  change: (terms: PaymentRequired) => void = () => {},
): Promise<PaymentPayload> {
  const terms = await termsOf(call);
  change(terms);
  return client.createPaymentPayload(terms);
}

/** Pays as `@x402/fetch` does, with the payload in hand. */
export async function postVoucher(
  { client }: ChannelClient,
  call: PostedCall,
  payload: PaymentPayload,
): Promise<Response> {
  const response = await post(call, payload);
  await new x402HTTPClient(client).processPaymentResult(payload, (name) => response.headers.get(name), response.status);
  return response;
}

export const configOf = (payload: PaymentPayload): ChannelConfig =>
  (payload.payload as { channelConfig: ChannelConfig }).channelConfig;

export const voucherOf = (payload: PaymentPayload) =>
  (payload.payload as { voucher: { channelId: Hex; maxClaimableAmount: string; signature: Hex } }).voucher;

export const receiptIn = (response: Response): SignedReceipt['receipt'] =>
  decodeReceiptHeader(response.headers.get(HEADERS.receipt)).receipt;

/** What the channel contract says of a channel. */
export async function onChain(chain: TestChain, channelId: Hex): Promise<{ balance: bigint; claimed: bigint }> {
  const { publicClient, deployment } = chain.as(KEYS.BUYER);
  const [balance, claimed] = await publicClient.readContract({
    address: deployment.contracts.batchSettlement,
    abi: batchSettlementAbi,
    functionName: 'channels',
    args: [channelId],
  });
  return { balance, claimed };
}

/** BUYER asks for its money back past the host. */
export const withdrawCall = (chain: TestChain, config: ChannelConfig, amount: bigint) => ({
  address: chain.deployment.contracts.batchSettlement,
  abi: batchSettlementAbi,
  functionName: 'initiateWithdraw' as const,
  args: [config, amount] as const,
});
