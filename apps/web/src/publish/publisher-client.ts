import type { Deployment } from '@oml/protocol/chain/deployment';
import { OmlError, type OmlErrorCode } from '@oml/protocol/error';
import { queryHash } from '@oml/protocol/evidence/query';
import { omlDomain } from '@oml/protocol/signed/domain';
import { bytesToHex, type Address, type Hex } from 'viem';
import { z } from 'zod';
import type { Slot } from './file-slots.ts';

/** Body of POST /publications; amounts as decimal strings. */
export interface PublishBody {
  name: string;
  kind: 'language' | 'classifier';
  files: Partial<Record<Slot, string>>;
  fingerprints: { commonCount: number; tracingCount: number; bits: number };
  terms: { floorPrice: string; minBond: string; ownerShareBps: number; slashBps: number; uri: string };
  owner: Address;
}

/** What GET /publications/:id answers. */
export const viewSchema = z.object({
  state: z.string(),
  steps: z.array(
    z.object({
      name: z.string(),
      state: z.string(),
      startedAt: z.number().nullish(),
      endedAt: z.number().nullish(),
      progress: z.number().optional(),
      part: z.string().optional(),
    }),
  ),
  transactions: z.array(z.object({ step: z.string(), hash: z.string() })).default([]),
  modelId: z.string().nullish(),
  report: z.unknown().optional(),
  error: z.object({ code: z.string(), message: z.string() }).nullish(),
});
export type PublicationView = z.output<typeof viewSchema>;

/** The EIP-712 message by which the owner orders a publication: keccak256 of the RFC 8785 form of the body. */
export function publishRequest(body: PublishBody, { chainId, contracts }: Deployment) {
  return {
    domain: omlDomain(chainId, contracts.modelRegistry),
    types: { PublishRequest: [{ name: 'bodyHash', type: 'bytes32' }] },
    primaryType: 'PublishRequest',
    message: { bodyHash: queryHash({ ...body }) },
  } as const;
}

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
      else reject(problemError(request.status, request.response));
    };
    request.send(file);
  });
}

/** Orders a publication. Throws what the publisher answers. */
export async function orderPublication(publisher: string, body: PublishBody, signature: Hex): Promise<string> {
  const response = await fetch(`${publisher}/publications`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'oml-signature': signature },
    body: JSON.stringify(body),
  });
  const answer: unknown = await response.json().catch(() => undefined);
  const id = (answer as { publicationId?: unknown } | undefined)?.publicationId;
  if (!response.ok || typeof id !== 'string') throw problemError(response.status, answer);
  return id;
}

/** Where a publication stands. Throws what the publisher answers. */
export async function readPublication(publisher: string, id: string, signal?: AbortSignal): Promise<PublicationView> {
  const response = await fetch(`${publisher}/publications/${encodeURIComponent(id)}`, signal ? { signal } : {});
  const answer: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw problemError(response.status, answer);
  return viewSchema.parse(answer);
}

/** An RFC 9457 answer as the error it is. */
function problemError(status: number, body: unknown): OmlError {
  const { code, detail, retryable } = (body ?? {}) as { code?: OmlErrorCode; detail?: string; retryable?: boolean };
  return new OmlError(code ?? 'UNAVAILABLE', detail ?? `The publisher answered ${status}.`, {
    retryable: retryable ?? status >= 500,
  });
}
