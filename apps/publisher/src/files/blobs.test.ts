import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '@oml/service/test-support/dev-chain';
import { Blobs } from './blobs.ts';
import { folderFiles, type Files } from './folder-files.ts';
import { ownerSecret } from './owner-secret.ts';
import { s3Files } from './s3-files.ts';

const OWNER = ownerSecret(`0x${'11'.repeat(32)}`);
const OUTSIDER = ownerSecret(`0x${'22'.repeat(32)}`);
const text = new TextEncoder().encode('a secret code book');
const folder = mkdtempSync(join(tmpdir(), 'blobs-'));

interface S3rver {
  run(): Promise<unknown>;
  close(): Promise<void>;
}
let server: S3rver;
let stores: Record<string, Files>;

beforeAll(async () => {
  const S3rver = createRequire(import.meta.url)('s3rver') as new (options: object) => S3rver;
  const port = await freePort();
  server = new S3rver({ port, address: '127.0.0.1', silent: true, directory: mkdtempSync(join(tmpdir(), 's3-')) });
  await server.run();
  const s3 = {
    endpoint: `http://127.0.0.1:${port}/oml`,
    region: 'us-east-1',
    accessKeyId: 'S3RVER',
    secretAccessKey: 'S3RVER',
  };
  stores = { folder: folderFiles(folder), s3: s3Files(s3) };
});
afterAll(() => server?.close());

describe.each(['folder', 's3'])('blobs in a %s', (where) => {
  it('come back as they were, and say when there are none', async () => {
    const blobs = new Blobs(stores[where]!, OWNER);
    expect(await blobs.has('publications/1/code-book')).toBe(false);
    await expect(blobs.get('publications/1/code-book')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await blobs.put('publications/1/code-book', text);
    expect(await blobs.get('publications/1/code-book')).toEqual(text);
    await blobs.delete('publications/1/code-book');
    expect(await blobs.has('publications/1/code-book')).toBe(false);
  });

  it('open for nobody else, and under no other name', async () => {
    await new Blobs(stores[where]!, OWNER).put('secrets/a', text);
    await expect(new Blobs(stores[where]!, OUTSIDER).get('secrets/a')).rejects.toMatchObject({ code: 'ENV_INVALID' });
    await stores[where]!.write('secrets/b', (await stores[where]!.read('secrets/a'))!);
    await expect(new Blobs(stores[where]!, OWNER).get('secrets/b')).rejects.toMatchObject({ code: 'ENV_INVALID' });
  });

  it('take no name that leads elsewhere', () => {
    expect(() => new Blobs(stores[where]!, OWNER).put('../escape', text)).toThrow();
  });
});

it('leaves nothing readable on disk', async () => {
  await new Blobs(folderFiles(folder), OWNER).put('plain/secret', text);
  const bytes = readFileSync(join(folder, 'plain', readdirSync(join(folder, 'plain'))[0]!));
  expect(bytes.includes(Buffer.from(text))).toBe(false);
});

it('says UNAVAILABLE where the object store does not answer', async () => {
  const dead = s3Files({
    endpoint: `http://127.0.0.1:${await freePort()}/oml`,
    region: 'us-east-1',
    accessKeyId: 'a',
    secretAccessKey: 'b',
  });
  await expect(dead.read('x')).rejects.toMatchObject({ code: 'UNAVAILABLE', retryable: true });
});
