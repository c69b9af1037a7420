import { isOmlError, OmlError } from '@oml/protocol/error';
import { HEADERS } from '@oml/protocol/wire/headers';
import { errorOfProblem } from '@oml/protocol/wire/problem';
import { permissionHeader, uploadStateSchema, type UploadPermissionJson } from '@oml/protocol/wire/upload';
import type { Hex } from 'viem';

export interface Upload {
  /** Base URL of the publisher. */
  publisher: string;
  file: Blob;
  /** SHA-256 of the file in hex. */
  uploadId: string;
  /** Names the file, among others. */
  permission: UploadPermissionJson;
  signature: Hex;
  /** Hears how many bytes the publisher holds. */
  onHeld?: (bytes: number) => void;
  /** Between tries, in milliseconds. */
  pauseMs?: number;
}

/** Sent at once: what a broken connection loses at most. */
const PART_BYTES = 8 << 20;
const TRIES = 6;

/**
 * Uploads a file in parts, going on where the publisher holds it already. Throws what the publisher answers, and
 * UNAVAILABLE where it stays away.
 */
export async function sendUpload(upload: Upload): Promise<void> {
  let held: number | undefined;
  for (let failures = 0; held === undefined || held < upload.file.size;) {
    try {
      if (held === undefined) held = await heldOf(upload);
      else [held, failures] = [await sendPart(upload, held), 0];
      upload.onHeld?.(held);
    } catch (error) {
      // A conflict is another write of the same file: where it ends now is asked anew, as after any break.
      const mayRetry = isOmlError(error) && (error.retryable || error.code === 'CONFLICT');
      if (!mayRetry || ++failures >= TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, upload.pauseMs ?? 1_000));
      held = undefined;
    }
  }
}

const heldOf = (upload: Upload): Promise<number> => ask(upload, { method: 'GET' });

function sendPart(upload: Upload, start: number): Promise<number> {
  const { size } = upload.file;
  const end = Math.min(size, start + PART_BYTES);
  const range = `bytes ${start}-${end - 1}/${size}`;
  return ask(upload, { method: 'PUT', body: upload.file.slice(start, end), headers: { 'content-range': range } });
}

async function ask({ publisher, uploadId, permission, signature }: Upload, init: RequestInit): Promise<number> {
  const headers = {
    ...(init.headers as Record<string, string> | undefined),
    [HEADERS.uploadPermission]: permissionHeader(permission),
    [HEADERS.signature]: signature,
  };
  const response = await fetch(`${publisher}/uploads/${uploadId}`, { ...init, headers }).catch((cause: unknown) => {
    throw new OmlError('UNAVAILABLE', `Nothing answers at ${publisher}.`, { retryable: true, cause });
  });
  const answer: unknown = await response.json().catch(() => undefined);
  const state = uploadStateSchema.safeParse(answer);
  if (!response.ok || !state.success) throw errorOfProblem(response.status, answer, { who: 'The publisher' });
  return state.data.held;
}
