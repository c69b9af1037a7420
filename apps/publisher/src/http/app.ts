import { bodyHash } from '@oml/protocol/signed/publish-request';
import { createApp, type IsReady } from '@oml/service/app';
import type { Logger } from '@oml/service/logger';
import type { Context, Hono } from 'hono';
import type { Address } from 'viem';
import type { PublicationOrder } from '../programs/publication-facts.ts';
import type { EditionFiles } from '../programs/edition-files.ts';
import type { Admission } from './admission.ts';
import type { Editions } from './editions.ts';
import type { Models } from './models.ts';
import type { Probes } from './probes.ts';
import type { Publications } from './publications.ts';
import { HEADERS } from '@oml/protocol/wire/headers';
import { address } from '@oml/protocol/wire/scalars';
import { readJson, readRequest } from '@oml/protocol/wire/read-request';
import { readPublishRequest } from './publish-request.ts';
import { addOwnerRoutes, type OwnerRoutesParts } from './owner-routes.ts';
import { readId } from './read-id.ts';
import { addUploadRoutes, isUpload } from './upload-routes.ts';
import type { Uploads } from './uploads.ts';

export interface PublisherParts extends OwnerRoutesParts {
  registry: { chainId: number; modelRegistry: Address };
  /** Base URLs under which owners reach this publisher. */
  addresses: readonly string[];
  admission: Admission;
  /** Of pages that may upload, order and ask here. */
  origins: readonly string[];
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
  const { uploads, publications, models, editions, editionFiles, probes, admission, logger } = parts;
  // What is public is for every page, such as that of another marketplace; the rest is for those that are named.
  const originOf = (origin: string, { req }: Context) => {
    if (/^\/(models|editions|health|ready)\b/.test(req.path) && req.method === 'GET') return '*';
    return parts.origins.includes(origin) ? origin : null;
  };
  const { app } = createApp({
    name: 'publisher',
    logger,
    isReady: parts.isReady,
    maxBodyBytes: JSON_LIMIT,
    isStreamed: isUpload,
    originOf,
  });

  app.get('/owners', (c) => c.json(admission.view()));
  app.get('/owners/:address', async (c) => c.json(await admission.ask(readAddress(c.req.param('address')))));

  addUploadRoutes(app, { registry: parts.registry, addresses: parts.addresses, admission, uploads });

  app.post('/publications', async (c) => {
    const body = readJson(await c.req.text());
    const request = await readPublishRequest(body, c.req.header(HEADERS.signature), parts.registry, admission);
    const brought = [...Object.values(request.files), ...request.panel];
    return c.json(await publications.open(publicationIdOf(body), body as PublicationOrder, brought), 202);
  });
  app.get('/publications/:id', async (c) => c.json(await publications.view(c.req.param('id'))));

  app.get('/models', async (c) => c.json({ models: await models.list() }));
  app.get('/models/:modelId', async (c) => c.json(await models.view(c.req.param('modelId'))));
  app.get('/models/:modelId/demo', async (c) =>
    // What its owner takes back must not be had from a cache.
    binary(await editionFiles.demo(readId(c.req.param('modelId'))), 'no-store'),
  );
  addOwnerRoutes(app, parts);

  app.get('/editions/:licenseId', async (c) =>
    binary(await editions.read(readId(c.req.param('licenseId'))), 'no-store'),
  );

  app.post('/probes', async (c) => c.json(await probes.grant(readJson(await c.req.text()))));
  return app;
}

const publicationIdOf = (body: unknown): string => bodyHash(body).slice(2);

const readAddress = (text: string): Address => readRequest(address, text, 'The address is refused');

const binary = (bytes: Uint8Array<ArrayBuffer>, cacheControl: string): Response =>
  new Response(bytes, {
    headers: {
      'content-type': 'application/octet-stream',
      'cache-control': cacheControl,
      'content-length': String(bytes.length),
    },
  });
