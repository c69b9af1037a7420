import type { x402Facilitator } from '@x402/core/facilitator';
import { encodePaymentRequiredHeader } from '@x402/core/http';
import { PAYMENT_REQUIRED_CACHE_CONTROL, x402ResourceServer, type FacilitatorClient } from '@x402/core/server';
import type { PaymentPayload, PaymentRequired, PaymentRequirements } from '@x402/core/types';
import { BatchSettlementEvmScheme, type ChannelStorage } from '@x402/evm/batch-settlement/server';
import { ExactEvmScheme } from '@x402/evm/exact/server';
import { caip2 } from '@oml/protocol/network';
import { WITHDRAW_DELAY } from '@oml/protocol/signed/channel';
import type { TokenDomain } from '@oml/protocol/signed/authorization';
import type { Address, Hex } from 'viem';
import type { GasCost } from '../channel/gas-cost.ts';
import { discoveryOf } from './discovery.ts';

/** What is sold, for how much, and to whom the money goes. */
export interface Offer {
  vault: Address;
  /** The most that it costs; smallest unit of the token. */
  price: bigint;
  /** Of the price document that this follows from. */
  priceVersion: Hex;
  path: string;
  /** As buyers ask for it. */
  model: string;
  description: string;
}

/** What a call costs, in words that need no x402 client. */
export interface Asked {
  /** Smallest unit of the token, as decimal text. */
  amount: string;
  token: Address;
  symbol: string;
  decimals: number;
  /** CAIP-2. */
  network: string;
}

/** What a call costs, in x402's words. */
export interface Terms {
  required: PaymentRequired;
  asked: Asked;
  /** To be paid by one authorization. */
  wanted: PaymentRequirements;
  /** To be paid out of a channel, where this gateway can collect from channels. */
  channel: PaymentRequirements | undefined;
  /** Did the client accept these terms, as x402 compares them? */
  isAccepted(payload: PaymentPayload): boolean;
}

export interface Cashier {
  termsOf(offer: Offer): Promise<Terms>;
}

/** One answer of a model, for at most `price`. */
export const offerOf = (
  path: string,
  { vault, model, priceVersion }: { vault: Address; model: string; priceVersion: Hex },
  price: bigint,
): Offer => ({ vault, price, priceVersion, path, model, description: `One answer of ${model}` });

/** For a client whose clock is some minutes behind, too: it counts from its own. */
export const MAX_TIMEOUT_S = 300;
/** A price by tokens has many amounts; what was asked for is put into words again where there are more. */
const MOST_KNOWN = 2_000;

/** x402's name for payments out of a channel. */
export const CHANNEL_SCHEME = 'batch-settlement';

export interface Till {
  facilitator: x402Facilitator;
  domain: TokenDomain;
  /** How people write the token's amounts. */
  unit: Pick<Asked, 'symbol' | 'decimals'>;
  publicUrl: string;
  /** Whether calls may be paid out of channels, too. */
  takesChannels: boolean;
  /** What the gas of a channel costs; a deposit below it is not taken. */
  gasCost: Pick<GasCost, 'ofChannel'>;
}

/**
 * Official x402. `exact` in its upfront flow, so that money is final before a model runs. Every vault has a server of
 * its own, since it alone may claim its channels. What a use costs is put into words once.
 */
export function createCashier(till: Till): Cashier {
  const servers = new Map<Address, Promise<x402ResourceServer>>();
  const known = new Map<string, Promise<Terms>>();
  const serverOf = (vault: Address) => remembered(servers, vault, () => openServer(till, vault));
  return {
    termsOf(offer) {
      const cost = till.gasCost.ofChannel();
      const key = [offer.vault, offer.price, offer.priceVersion, cost, offer.path, offer.description].join(' ');
      if (known.size >= MOST_KNOWN) known.clear();
      return remembered(known, key, async () => termsAt(await serverOf(offer.vault), till, offer, cost));
    },
  };
}

/** What failed is tried again the next time. */
function remembered<Key, Value>(map: Map<Key, Promise<Value>>, key: Key, make: () => Promise<Value>): Promise<Value> {
  const known = map.get(key);
  if (known) return known;
  const made = make();
  map.set(key, made);
  made.catch(() => map.delete(key));
  return made;
}

async function openServer({ facilitator, domain, takesChannels }: Till, vault: Address): Promise<x402ResourceServer> {
  const network = caip2(domain.chainId);
  const server = new x402ResourceServer(kindsOf(facilitator)).register(network, new ExactEvmScheme());
  if (takesChannels) server.register(network, channelSchemeOf(vault));
  await server.initialize();
  return server;
}

/**
 * The official server asks for channels; what it would make of their vouchers is our gate's business, and what it would
 * sign the vault's own. So it has neither a memory nor a key.
 */
function channelSchemeOf(vault: Address): BatchSettlementEvmScheme {
  const refuse = () => Promise.reject(new Error('channels are kept by channel/ledger.ts'));
  const storage: ChannelStorage = { get: refuse, list: refuse, updateChannel: refuse };
  const receiverAuthorizerSigner = { address: vault, signTypedData: refuse };
  return new BatchSettlementEvmScheme(vault, {
    storage,
    receiverAuthorizerSigner,
    withdrawDelay: WITHDRAW_DELAY.least,
  });
}

async function termsAt(
  server: x402ResourceServer,
  { domain, unit, publicUrl, takesChannels }: Till,
  { vault, price, priceVersion, path, model, description }: Offer,
  cost: bigint,
): Promise<Terms> {
  const { name, version, chainId, verifyingContract: asset } = domain;
  const build = (scheme: string, extra: Record<string, string>) =>
    server.buildPaymentRequirements({
      scheme,
      network: caip2(chainId),
      payTo: vault,
      maxTimeoutSeconds: MAX_TIMEOUT_S,
      price: { asset, amount: price.toString(), extra: { name, version, priceVersion, ...extra } },
    });
  const exact = await build('exact', { paymentFlow: 'upfront' });
  const channel = takesChannels ? await build(CHANNEL_SCHEME, gasExtra(price, cost)) : [];
  const resource = { url: `${publicUrl}${path}`, description, mimeType: 'application/json' };
  const accepted = [...exact, ...channel];
  const extensions = discoveryOf(path, model);
  const required = await server.createPaymentRequiredResponse(accepted, resource, undefined, extensions);
  const [wanted, ofChannel] = required.accepts;
  const lasting = required.accepts.map((asked) => ({ ...asked, extra: withoutGas(asked.extra) }));
  const isAccepted = rememberingWords((payload) => {
    try {
      const accepted = server.findMatchingRequirements(lasting, payload);
      return accepted !== undefined && server.validateExtensions(required, payload).valid;
    } catch {
      return false; // it compares as deep as a stranger nests
    }
  });
  const asked = { amount: String(price), token: asset, ...unit, network: caip2(chainId) };
  return { required, asked, wanted: wanted!, channel: ofChannel, isAccepted };
}

/** x402's own least deposit, in calls. */
const LEAST_CALLS = 10n;

/** What moves with the price of gas: the least deposit, and from which total on the host ends a channel itself. */
const gasExtra = (price: bigint, cost: bigint): Record<string, string> => ({
  ...(cost > LEAST_CALLS * price ? { minDeposit: String(cost) } : {}),
  ...(cost > 0n ? { refundFrom: String(cost) } : {}),
});

/** Whoever accepted it as it was a minute ago accepted the same offer: each is looked at where it counts. */
const withoutGas = ({ minDeposit: _, refundFrom: __, ...extra }: Record<string, unknown>) => extra;

/** Clients accept the same terms in the same words, and comparing them takes longer than reading them. */
function rememberingWords(isAccepted: (payload: PaymentPayload) => boolean): (payload: PaymentPayload) => boolean {
  let last: string | undefined;
  return (payload) => {
    const words = JSON.stringify([payload.x402Version, payload.accepted, payload.extensions]);
    if (words === last) return true;
    const isTaken = isAccepted(payload);
    if (isTaken) last = words;
    return isTaken;
  };
}

/** The headers that ask for payment, and why it is asked for. */
export function askingHeaders({ required: { x402Version, ...terms } }: Terms, error: string): Record<string, string> {
  return {
    'PAYMENT-REQUIRED': encodePaymentRequiredHeader({ x402Version, ...terms, error }),
    'Cache-Control': PAYMENT_REQUIRED_CACHE_CONTROL,
  };
}

/** The server asks what can be settled here, at its start, and nothing else: settling is not its business. */
function kindsOf(facilitator: x402Facilitator): FacilitatorClient {
  const refuse = () => Promise.reject(new Error('payments are settled by settle.ts'));
  return {
    verify: refuse,
    settle: refuse,
    getSupported: async () => facilitator.getSupported() as Awaited<ReturnType<FacilitatorClient['getSupported']>>,
  };
}
