import { OmlError } from '@oml/protocol/error';
import { HEADERS } from '@oml/protocol/wire/headers';
import { errorOfProblem } from '@oml/protocol/wire/problem';
import { publicationOrderedSchema, publicationSchema, type Publication } from '@oml/protocol/wire/publication';
import type { PublishRequestJson } from '@oml/protocol/wire/publish-request';
import { bytesToHex, type Hex } from 'viem';

const WHO = { who: 'The publisher' };

/** SHA-256 of a file in hex: the name under which the publisher keeps it. */
export async function uploadIdOf(file: Blob): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await file.arrayBuffer()));
  return bytesToHex(digest).slice(2);
}

/** Sends one file; `onSent` hears the share that has left, 0 to 1. Throws what the publisher answers. */
export function upload(publisher: string, file: File, onSent: (share: number) => void): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('PUT', `${publisher}/uploads`);
    request.responseType = 'json';
    request.upload.onprogress = ({ loaded, total }) => onSent(total > 0 ? loaded / total : 1);
    request.onerror = () => reject(new OmlError('UNAVAILABLE', 'The publisher does not answer.', { retryable: true }));
    request.onload = () => {
      const body = request.response as { uploadId?: string } | null;
      if (request.status < 300 && body?.uploadId) resolve(body.uploadId);
      else reject(errorOfProblem(request.status, request.response, WHO));
    };
    request.send(file);
  });
}

/** Orders a publication. Throws what the publisher answers. */
export async function orderPublication(publisher: string, body: PublishRequestJson, signature: Hex): Promise<string> {
  const response = await fetch(`${publisher}/publications`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', [HEADERS.signature]: signature },
    body: JSON.stringify(body),
  });
  const answer: unknown = await response.json().catch(() => undefined);
  const ordered = publicationOrderedSchema.safeParse(answer);
  if (!response.ok || !ordered.success) throw errorOfProblem(response.status, answer, WHO);
  return ordered.data.publicationId;
}

/** Where a publication stands. Throws what the publisher answers. */
export async function readPublication(publisher: string, id: string, signal?: AbortSignal): Promise<Publication> {
  const response = await fetch(`${publisher}/publications/${encodeURIComponent(id)}`, signal ? { signal } : {});
  const answer: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw errorOfProblem(response.status, answer, WHO);
  return publicationSchema.parse(answer);
}
