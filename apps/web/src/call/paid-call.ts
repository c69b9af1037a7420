import type { Deployment } from '@oml/protocol/chain/deployment';
import type { SignedReceipt } from '@oml/protocol/signed/receipt';
import type { BudgetOptions } from '@oml/sdk/budget/budget';
import { createBuyer, type Buyer, type Paid } from '@oml/sdk/buyer';
import type { ChannelOptions } from '@oml/sdk/channel/options';
import type { Payment } from '@oml/sdk/payment';
import type { PublicClient, TypedDataDefinition } from 'viem';
import { SIZE } from '#call/demo/digit-image.ts';
import type { Address, Hex } from '#kit/hex.ts';

export type Ask =
  { kind: 'language'; prompt: string; maxTokens: number } | { kind: 'classifier'; pixels: Float32Array };

export interface Answer {
  text: string;
  /** Classifier only. */
  probabilities?: readonly number[];
  signedReceipt: SignedReceipt;
  payment: Payment;
  account: Address;
  nonceSalt?: Hex;
}

export interface CallContext {
  address: Address;
  signTypedData: (definition: TypedDataDefinition) => Promise<Hex>;
  publicClient: PublicClient;
  deployment: Deployment;
  /** What the page showed: the wallet is asked for no more. Smallest unit. */
  price: bigint;
  /** Base URL of the gateway and the name it serves the model under. */
  baseUrl: string;
  model: string;
  onText: (piece: string) => void;
  /** What this browser may spend; undefined: no limit was set. */
  budget?: BudgetOptions | undefined;
  /** Pays out of a session's channel; undefined: by an authorization of its own. */
  channel?: ChannelOptions | undefined;
}

/**
 * One paid call of at most `price`: asks, signs an EIP-3009 authorization or a voucher, and resolves once the receipt
 * holds up. Throws what the SDK throws.
 */
export async function payAndAsk(
  ask: Ask,
  { address, signTypedData, publicClient, deployment, price, baseUrl, model, onText, budget, channel }: CallContext,
): Promise<Answer> {
  const paying = {
    account: { address, signTypedData: (asked: object) => signTypedData(asked as TypedDataDefinition) },
    publicClient,
    deployment,
    maxAmountPerPayment: price,
    budget,
  };
  const buyer: Buyer<Payment> = channel ? createBuyer({ ...paying, channel }) : createBuyer(paying);
  if (ask.kind === 'language') {
    const { text, ...paid } = await buyer.complete(baseUrl, {
      model,
      prompt: ask.prompt,
      maxTokens: ask.maxTokens,
      temperature: 0.7,
      onText,
    });
    return { text, ...proof(paid) };
  }
  const { label, probabilities, ...paid } = await buyer.classify(baseUrl, {
    model,
    dtype: 'float32',
    shape: [1, 1, SIZE, SIZE],
    data: ask.pixels,
  });
  return { text: label, probabilities, ...proof(paid) };
}

function proof({ signedReceipt, payment, payee, nonceSalt }: Paid<Payment>): Omit<Answer, 'text'> {
  return { signedReceipt, payment, account: payee.account, ...(nonceSalt ? { nonceSalt } : {}) };
}
