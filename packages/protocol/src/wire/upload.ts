import { z } from 'zod';
import { fromBase64, toBase64 } from './base64.ts';
import { uploadId } from './publish-request.ts';
import { readJson, readRequest } from './read-request.ts';
import { address } from './scalars.ts';

/** The longest file that a publisher takes, in bytes. */
export const MAX_UPLOAD_BYTES = 64 << 20;
/** A permission to upload is signed for at most so long, in seconds. */
export const PERMISSION_LIFE_S = 3_600;
/** The parts of a publication and its panel. */
const MOST_FILES = 16;

/**
 * What the header `oml-upload-permission` says, as base64 of JSON: these files and no others, by their SHA-256 and
 * length, to the publisher at this base URL and no other, until then (Unix seconds). Its signature stands in
 * `oml-signature`.
 */
export const uploadPermissionSchema = z.strictObject({
  signer: address,
  publisher: z.url({ protocol: /^https?$/ }).max(300),
  files: z
    .array(z.strictObject({ uploadId, bytes: z.int().min(1).max(MAX_UPLOAD_BYTES) }))
    .min(1)
    .max(MOST_FILES),
  expiresAt: z.int().min(0),
});
export type UploadPermission = z.output<typeof uploadPermissionSchema>;
export type UploadPermissionJson = z.input<typeof uploadPermissionSchema>;
export type UploadFile = UploadPermission['files'][number];

/** A permission as its header. */
export const permissionHeader = (permission: UploadPermissionJson): string =>
  toBase64(new TextEncoder().encode(JSON.stringify(permission)));

/** Reads the header of a permission. Throws REQUEST_INVALID. */
export function readPermissionHeader(text: string): UploadPermission {
  const bytes = readRequest(z.base64().max(8_192), text, 'The permission to upload is refused');
  const json = readJson(new TextDecoder().decode(fromBase64(bytes)));
  return readRequest(uploadPermissionSchema, json, 'The permission to upload is refused');
}

/** What GET and PUT of `/uploads/:uploadId` answer: how many bytes are here; all of them: the file is complete. */
export const uploadStateSchema = z.object({ uploadId, bytes: z.int().min(1), held: z.int().min(0) });
export type UploadState = z.output<typeof uploadStateSchema>;
