import { OmlError } from '@oml/protocol/error';
import { readFile, rm } from 'node:fs/promises';
import { S3mini } from 's3mini';
import type { Files } from './folder-files.ts';

export interface S3Options {
  /** Path-style URL of the bucket, such as http://127.0.0.1:8333/oml. */
  endpoint: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
}

/** Files in a bucket of an S3-compatible store. Throws UNAVAILABLE (retryable) where the store does not answer. */
export function s3Files(options: S3Options): Files {
  const bucket = new S3mini(options);
  let isMade: Promise<unknown> | undefined;
  const ready = () =>
    (isMade ??= ensureBucket(bucket).catch((error: unknown) => {
      isMade = undefined;
      throw error;
    }));
  const reach = <Result>(work: () => Promise<Result>): Promise<Result> =>
    ready()
      .then(work)
      .catch((cause: unknown) => {
        throw new OmlError('UNAVAILABLE', 'The object store does not answer.', { retryable: true, cause });
      });
  return {
    write: (name, bytes) =>
      reach(async () => void (await bucket.putObject(name, Buffer.from(bytes), 'application/octet-stream'))),
    async adopt(name, path) {
      const bytes = await readFile(path);
      await reach(async () => void (await bucket.putObject(name, bytes, 'application/octet-stream')));
      await rm(path);
    },
    read: (name) =>
      reach(async () => {
        const bytes = await bucket.getObjectArrayBuffer(name);
        return bytes === null ? undefined : new Uint8Array(bytes);
      }),
    has: (name) => reach(async () => (await bucket.objectExists(name)) === true),
    remove: (name) => reach(async () => void (await bucket.deleteObject(name))),
  };
}

async function ensureBucket(bucket: S3mini): Promise<void> {
  if (!(await bucket.bucketExists())) await bucket.createBucket();
}
