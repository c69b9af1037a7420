import { OmlError } from '@oml/protocol/error';
import { uploadPermissionSigner } from '@oml/protocol/signed/upload-permission';
import type { ModelRegistryOf } from '@oml/protocol/signed/publish-request';
import { HEADERS } from '@oml/protocol/wire/headers';
import {
  PERMISSION_LIFE_S,
  readPermissionHeader,
  type UploadFile,
  type UploadPermission,
} from '@oml/protocol/wire/upload';
import type { Context, Hono } from 'hono';
import { isAddressEqual, type Hex } from 'viem';
import type { Admission } from './admission.ts';
import { RateLimit } from './rate-limit.ts';
import type { UploadRange, Uploads } from './uploads.ts';

export interface UploadRoutesParts {
  registry: ModelRegistryOf;
  /** Base URLs of this publisher; a permission names one of them. */
  addresses: readonly string[];
  admission: Admission;
  uploads: Uploads;
  rate?: RateLimit;
}

/** Clocks may differ by so much, in seconds. */
const TOLERANCE_S = 120;
/** A request costs as many points as it brings bytes, and at least so many. */
const LEAST_POINTS = 1 << 20;
const usualRate = () => new RateLimit({ most: 4 * 2 ** 30, windowMs: 3_600_000 });

/** Is this a request whose body goes to disk as it arrives? */
export const isUpload = (c: Context): boolean => c.req.method === 'PUT' && c.req.path.startsWith('/uploads/');

/** `GET` and `PUT /uploads/:uploadId`: nothing of a body is read before its signer may publish here. */
export function addUploadRoutes(app: Hono, parts: UploadRoutesParts): void {
  const { uploads, rate = usualRate() } = parts;
  app.get('/uploads/:uploadId', async (c) => {
    const { permission, file } = await authorise(c, parts);
    return c.json(await uploads.state(permission.signer, file));
  });
  app.put('/uploads/:uploadId', async (c) => {
    // The rest of a refused body is never read.
    c.header('connection', 'close');
    const { permission, file } = await authorise(c, parts);
    const range = readRange(c.req.header('content-range'), file);
    rate.take(permission.signer, Math.max(LEAST_POINTS, range.end - range.start));
    const state = await uploads.write(permission, file, range, bodyOf(c));
    if (c.req.raw.bodyUsed) c.header('connection', undefined);
    return c.json(state, state.held === file.bytes ? 201 : 202);
  });
}

/**
 * The permission for the file that the path names. Throws REQUEST_INVALID, SIGNATURE_INVALID, or UNAUTHORIZED for what
 * lapsed, names another publisher or other files, was signed by another, or by one who may not publish here.
 */
async function authorise(
  c: Context,
  { registry, addresses, admission }: UploadRoutesParts,
): Promise<{ permission: UploadPermission; file: UploadFile }> {
  const [header, signature] = [c.req.header(HEADERS.uploadPermission), c.req.header(HEADERS.signature)];
  if (header === undefined || signature === undefined)
    throw new OmlError(
      'UNAUTHORIZED',
      `An upload needs its owner's permission and signature (${HEADERS.uploadPermission}, ${HEADERS.signature}).`,
    );
  const permission = readPermissionHeader(header);
  if (!addresses.some((address) => addressOf(address) === addressOf(permission.publisher)))
    throw new OmlError(
      'UNAUTHORIZED',
      `The permission is for the publisher at ${permission.publisher}; this one is at ${addresses.join(', ')}.`,
    );
  const left = permission.expiresAt - Date.now() / 1000;
  if (left < 0) throw new OmlError('UNAUTHORIZED', 'The permission to upload has lapsed: sign another.');
  if (left > PERMISSION_LIFE_S + TOLERANCE_S)
    throw new OmlError('UNAUTHORIZED', `A permission to upload lasts ${PERMISSION_LIFE_S} seconds at most.`);
  const file = permission.files.find(({ uploadId }) => uploadId === c.req.param('uploadId'));
  if (!file) throw new OmlError('UNAUTHORIZED', 'The permission is for other files.');
  const signer = await uploadPermissionSigner(permission, signature as Hex, registry);
  if (!isAddressEqual(signer, permission.signer))
    throw new OmlError('UNAUTHORIZED', `The permission names ${permission.signer}, but ${signer} signed it.`);
  await admission.check(signer);
  return { permission, file };
}

/** Two ways to write one base URL are one. */
const addressOf = (url: string): string => new URL(url).href.replace(/\/+$/, '');

/** `bytes a-b/size` of the file (RFC 9110, 14.4); all of it where nothing is said. */
function readRange(header: string | undefined, { bytes }: UploadFile): UploadRange {
  if (header === undefined) return { start: 0, end: bytes };
  const [, first, last, size] = /^bytes (\d{1,10})-(\d{1,10})\/(\d{1,10})$/.exec(header) ?? [];
  const range = { start: Number(first), end: Number(last) + 1 };
  if (Number(size) === bytes && range.start < range.end && range.end <= bytes) return range;
  throw new OmlError('REQUEST_INVALID', `content-range must be "bytes first-last/${bytes}", within the file.`);
}

/** Throws REQUEST_INVALID where the sender breaks off: what arrived stays. */
async function* bodyOf(c: Context): AsyncGenerator<Uint8Array> {
  const { body } = c.req.raw;
  if (!body) return;
  try {
    yield* body as unknown as AsyncIterable<Uint8Array>;
  } catch (cause) {
    throw new OmlError('ABORTED', 'The upload broke off: ask how much arrived, and go on there.', { cause });
  }
}
