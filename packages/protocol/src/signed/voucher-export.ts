import { hashTypedData, keccak256, stringToHex, type Address, type Hex } from 'viem';
import type { ChannelDomain } from './channel.ts';
import { omlDomain } from './domain.ts';
import { recoverStrict, type Recover } from './strict-signature.ts';

/** What a host signs over the vouchers that it hands to a watchtower. */
export interface VoucherExport {
  /** The account of the watchtower that they are for. */
  tower: Address;
  /** The body, as it is sent. */
  body: string;
}

const EXPORT_TYPES = {
  VoucherExport: [
    { name: 'tower', type: 'address' },
    { name: 'contents', type: 'bytes32' },
  ],
} as const;

const typedData = ({ tower, body }: VoucherExport, { chainId, batchSettlement }: ChannelDomain) => ({
  domain: omlDomain(chainId, batchSettlement),
  types: EXPORT_TYPES,
  primaryType: 'VoucherExport' as const,
  message: { tower, contents: keccak256(stringToHex(body)) },
});

/** Signs with a key that is bound to the host's account. */
export function signVoucherExport(
  exported: VoucherExport,
  signer: { signTypedData(message: ReturnType<typeof typedData>): Promise<Hex> },
  domain: ChannelDomain,
): Promise<Hex> {
  return signer.signTypedData(typedData(exported, domain));
}

/** Who hands them over. Throws SIGNATURE_INVALID. */
export function voucherExportSigner(
  exported: VoucherExport,
  signature: Hex,
  domain: ChannelDomain,
  recover?: Recover,
): Promise<Address> {
  return recoverStrict(hashTypedData(typedData(exported, domain)), signature, recover);
}
