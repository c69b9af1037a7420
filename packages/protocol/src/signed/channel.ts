import type { Address, Hex, LocalAccount } from 'viem';
import { recoverStrict, type Recover } from './strict-signature.ts';
import { typedHasher } from './typed-hash.ts';

/** Everything that names an x402 `batch-settlement` channel; its hash is the channel's id. */
export interface ChannelConfig {
  payer: Address;
  /** Signs the vouchers: the client that receipts name. */
  payerAuthorizer: Address;
  receiver: Address;
  receiverAuthorizer: Address;
  token: Address;
  /** Seconds between asking for a withdrawal and taking it. */
  withdrawDelay: number;
  salt: Hex;
}

/** What a buyer signs for every call: the most that may ever be taken out of its channel so far. */
export interface Voucher {
  channelId: Hex;
  /** Smallest unit of the token. */
  maxClaimableAmount: bigint;
}

/** Where channels live. */
export interface ChannelDomain {
  chainId: number;
  batchSettlement: Address;
}

/**
 * Seconds that a payer must wait for its withdrawal: at least twice the time in which a host must collect (protocol
 * §5), at most what x402's contract takes.
 */
export const WITHDRAW_DELAY = { least: 172_800, most: 2_592_000 } as const;

const CHANNEL_TYPES = {
  ChannelConfig: [
    { name: 'payer', type: 'address' },
    { name: 'payerAuthorizer', type: 'address' },
    { name: 'receiver', type: 'address' },
    { name: 'receiverAuthorizer', type: 'address' },
    { name: 'token', type: 'address' },
    { name: 'withdrawDelay', type: 'uint40' },
    { name: 'salt', type: 'bytes32' },
  ],
} as const;

const VOUCHER_TYPES = {
  Voucher: [
    { name: 'channelId', type: 'bytes32' },
    { name: 'maxClaimableAmount', type: 'uint128' },
  ],
} as const;

const hashConfig = typedHasher('ChannelConfig', CHANNEL_TYPES.ChannelConfig);
const hashVoucher = typedHasher('Voucher', VOUCHER_TYPES.Voucher);

const domainOf = ({ chainId, batchSettlement }: ChannelDomain) =>
  ({ name: 'x402 Batch Settlement', version: '1', chainId, verifyingContract: batchSettlement }) as const;

const typedVoucher = (message: Voucher, domain: ChannelDomain) =>
  ({ domain: domainOf(domain), types: VOUCHER_TYPES, primaryType: 'Voucher', message }) as const;

/** The id of a channel, as its contract computes it. */
export function channelIdOf(config: ChannelConfig, domain: ChannelDomain): Hex {
  return hashConfig(domainOf(domain), { ...config });
}

/** The authorizer's signature over a voucher. */
export function signVoucher(
  voucher: Voucher,
  authorizer: Pick<LocalAccount, 'signTypedData'>,
  domain: ChannelDomain,
): Promise<Hex> {
  return authorizer.signTypedData(typedVoucher(voucher, domain));
}

/** The address that signed a voucher, by the channel contract's rule. Throws SIGNATURE_INVALID. */
export async function voucherSigner(
  voucher: Voucher,
  signature: Hex,
  domain: ChannelDomain,
  recover?: Recover,
): Promise<Address> {
  return recoverStrict(hashVoucher(domainOf(domain), { ...voucher }), signature, recover);
}
