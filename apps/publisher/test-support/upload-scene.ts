import { createApp } from '@oml/service/app';
import { createLogger } from '@oml/service/logger';
import { uploadPermissionTypedData } from '@oml/protocol/signed/upload-permission';
import { HEADERS } from '@oml/protocol/wire/headers';
import type { PublishingBy } from '@oml/protocol/wire/publishing';
import { permissionHeader, type UploadPermissionJson } from '@oml/protocol/wire/upload';
import type { Hono } from 'hono';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { toHex, type LocalAccount } from 'viem';
import { Blobs } from '../src/files/blobs.ts';
import { folderFiles } from '../src/files/folder-files.ts';
import { ownerSecret } from '../src/files/owner-secret.ts';
import { UploadDrafts } from '../src/files/upload-drafts.ts';
import { Admission } from '../src/http/admission.ts';
import { RateLimit } from '../src/http/rate-limit.ts';
import { UploadRoom, USUAL_ROOM, type RoomLimits } from '../src/http/upload-room.ts';
import { addUploadRoutes, isUpload } from '../src/http/upload-routes.ts';
import { Uploads } from '../src/http/uploads.ts';
import type { PublisherStore } from '../src/store.ts';
import { OWNER, VERIFIER } from './actors.ts';

/** Where every scene says that it is. */
export const PUBLISHER = 'https://publisher.example';
const OWNERS = [OWNER.address, VERIFIER.address];
export const REGISTRY = { chainId: 31_337, modelRegistry: toHex(7, { size: 20 }) };

export interface UploadScene {
  app: Hono;
  blobs: Blobs;
  uploads: Uploads;
}

export interface UploadSceneOptions {
  store: PublisherStore;
  folder: string;
  room?: Partial<RoomLimits>;
  /** Who may publish: OWNER and VERIFIER, unless said. */
  by?: PublishingBy;
  /** Bytes an hour. */
  rate?: number;
}

/** The upload routes of a publisher on a store and a folder; OWNER and VERIFIER may publish there, OUTSIDER may not. */
export function openUploadScene({
  store,
  folder,
  room,
  by = 'invitation',
  rate = 2 ** 40,
}: UploadSceneOptions): UploadScene {
  const secret = ownerSecret(toHex(1, { size: 32 }));
  const blobs = new Blobs(folderFiles(join(folder, 'blobs')), secret);
  const uploads = new Uploads({
    store,
    blobs,
    drafts: new UploadDrafts(join(folder, 'drafts'), secret),
    room: new UploadRoom(store, { ...USUAL_ROOM, ...room }, OWNERS),
  });
  // By invitation or open, so that no chain is asked.
  const admission = new Admission({ by, owners: OWNERS, deposit: 1n, contact: undefined }, undefined as never);
  const logger = createLogger('uploads-test');
  logger.level = 'silent';
  const { app } = createApp({ name: 'uploads', logger, isStreamed: isUpload });
  const limit = new RateLimit({ most: rate, windowMs: 3_600_000 });
  addUploadRoutes(app, { registry: REGISTRY, addresses: [PUBLISHER], admission, uploads, rate: limit });
  return { app, blobs, uploads };
}

export const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** A permission for these files, for an hour, as its headers. */
export async function permit(
  files: readonly Uint8Array[],
  signer: LocalAccount = OWNER,
  changes: Partial<UploadPermissionJson> = {},
): Promise<Record<string, string>> {
  const permission: UploadPermissionJson = {
    signer: signer.address,
    publisher: PUBLISHER,
    files: files.map((bytes) => ({ uploadId: digestOf(bytes), bytes: bytes.length })),
    expiresAt: Math.floor(Date.now() / 1000) + 3_600,
    ...changes,
  };
  const signature = await signer.signTypedData(uploadPermissionTypedData(permission, REGISTRY));
  return { [HEADERS.uploadPermission]: permissionHeader(permission), [HEADERS.signature]: signature };
}
