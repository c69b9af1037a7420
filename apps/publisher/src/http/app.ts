import { OmlError } from '@oml/protocol/error';
import { createApp, type IsReady } from '@oml/service/app';
import type { Logger } from '@oml/service/logger';
import type { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { Address } from 'viem';
import type { EditionFiles } from '../programs/edition-files.ts';
import type { Editions } from './editions.ts';
import type { Models } from './models.ts';
import type { Probes } from './probes.ts';
import type { Publications } from './publications.ts';
import type { PublishRequestJson } from '@oml/protocol/wire/publish-request';
import { readJson } from '@oml/protocol/wire/read-request';
import { readPublishRequest } from './publish-request.ts';
import { MAX_UPLOAD_BYTES, type Uploads } from './uploads.ts';

export interface PublisherParts {
  registry: { chainId: number; modelRegistry: Address };
  owners: readonly Address[];
  uploads: Uploads;
  publications: Publications;
  models: Models;
  editions: Editions;
  editionFiles: EditionFiles;
  probes: Probes;
  isReady: IsReady;
  logger: Logger;
}

const JSON_LIMIT = 1 << 20;

/** The owner's agent over HTTP. */
export function publisherApp(parts: PublisherParts): Hono {
  const { uploads, publications, models, editions, editionFiles, probes, logger } = parts;
  const { app } = createApp({ name: 'publisher', logger, isReady: parts.isReady, maxBodyBytes: MAX_UPLOAD_BYTES });
  const small = bodyLimit({
    maxSize: JSON_LIMIT,
    onError: () => {
      throw new OmlError('REQUEST_TOO_LARGE', `A request may have ${JSON_LIMIT} bytes.`);
    },
  });

  app.put('/uploads', async (c) => c.json(await uploads.put(new Uint8Array(await c.req.arrayBuffer())), 201));

  app.post('/publications', small, async (c) => {
    const body = readJson(await c.req.text());
    const request = await readPublishRequest(body, c.req.header('oml-signature'), parts.registry, parts.owners);
    return c.json(await publications.open(body as PublishRequestJson, request), 202);
  });
  app.get('/publications/:id', async (c) => c.json(await publications.view(c.req.param('id'))));

  app.get('/models', async (c) => c.json({ models: await models.list() }));
  app.get('/models/:modelId', async (c) => c.json(await models.view(c.req.param('modelId'))));
  app.get('/models/:modelId/demo', async (c) =>
    binary(await editionFiles.demo(readId(c.req.param('modelId'))), 'public, max-age=3600'),
  );

  app.get('/editions/:licenseId', async (c) =>
    binary(await editions.read(readId(c.req.param('licenseId'))), 'no-store'),
  );

  app.post('/probes', small, async (c) => c.json(await probes.grant(readJson(await c.req.text()))));
  return app;
}

function readId(text: string): bigint {
  if (!/^[1-9][0-9]{0,18}$/.test(text)) throw new OmlError('NOT_FOUND', `"${text}" is not an id.`);
  return BigInt(text);
}

const binary = (bytes: Uint8Array<ArrayBuffer>, cacheControl: string): Response =>
  new Response(bytes, {
    headers: {
      'content-type': 'application/octet-stream',
      'cache-control': cacheControl,
      'content-length': String(bytes.length),
    },
  });
