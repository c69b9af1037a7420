import { hashTypedData, type Address, type Hex } from 'viem';
import type { UploadPermission } from '../wire/upload.ts';
import { omlDomain } from './domain.ts';
import type { ModelRegistryOf } from './publish-request.ts';
import { recoverStrict } from './strict-signature.ts';

const UPLOAD_PERMISSION_TYPES = {
  UploadPermission: [
    { name: 'publisher', type: 'string' },
    { name: 'files', type: 'UploadFile[]' },
    { name: 'expiresAt', type: 'uint256' },
  ],
  UploadFile: [
    { name: 'digest', type: 'bytes32' },
    { name: 'bytes', type: 'uint256' },
  ],
} as const;

type Unsigned = Pick<UploadPermission, 'publisher' | 'files' | 'expiresAt'>;

/**
 * The EIP-712 message by which an owner permits the upload of its files, all at once and to one publisher, for a wallet
 * to sign.
 */
export function uploadPermissionTypedData(
  { publisher, files, expiresAt }: Unsigned,
  { chainId, modelRegistry }: ModelRegistryOf,
) {
  return {
    domain: omlDomain(chainId, modelRegistry),
    types: UPLOAD_PERMISSION_TYPES,
    primaryType: 'UploadPermission',
    message: {
      publisher,
      files: files.map(({ uploadId, bytes }) => ({ digest: `0x${uploadId}` as Hex, bytes: BigInt(bytes) })),
      expiresAt: BigInt(expiresAt),
    },
  } as const;
}

/** Who permits it. Throws SIGNATURE_INVALID. */
export function uploadPermissionSigner(
  permission: Unsigned,
  signature: Hex,
  registry: ModelRegistryOf,
): Promise<Address> {
  return recoverStrict(hashTypedData(uploadPermissionTypedData(permission, registry)), signature);
}
