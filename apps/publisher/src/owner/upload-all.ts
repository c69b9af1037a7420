import type { ModelRegistryOf } from '@oml/protocol/signed/publish-request';
import { uploadPermissionTypedData } from '@oml/protocol/signed/upload-permission';
import { PERMISSION_LIFE_S } from '@oml/protocol/wire/upload';
import { sendUpload } from '@oml/sdk/upload';
import type { LocalAccount } from 'viem';
import type { NamedFile } from './model-folder.ts';

/** One signature permits all of them, for an hour; what the publisher holds already is not sent again. */
export async function uploadAll(
  publisher: string,
  files: NamedFile[],
  owner: LocalAccount,
  registry: ModelRegistryOf,
): Promise<void> {
  const distinct = [...new Map(files.map((file) => [file.uploadId, file])).values()];
  const permission = {
    signer: owner.address,
    publisher,
    files: distinct.map(({ uploadId, bytes }) => ({ uploadId, bytes: bytes.length })),
    expiresAt: Math.floor(Date.now() / 1000) + PERMISSION_LIFE_S,
  };
  const signature = await owner.signTypedData(uploadPermissionTypedData(permission, registry));
  for (const { path, bytes, uploadId } of distinct) {
    console.error(`uploading ${path} (${bytes.length} bytes, sha256 ${uploadId.slice(0, 12)}…)`);
    await sendUpload({ publisher, file: new Blob([bytes]), uploadId, permission, signature });
  }
}
