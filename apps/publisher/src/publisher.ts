import { checkChain, connectChain } from '@oml/service/chain';
import type { Deployment } from '@oml/protocol/chain/deployment';
import type { Logger } from '@oml/service/logger';
import { createTicker } from '@oml/service/ticker';
import type { Hono } from 'hono';
import { join } from 'node:path';
import { publisherApp } from './http/app.ts';
import { Blobs } from './files/blobs.ts';
import { ChainCursor } from './chain/chain-cursor.ts';
import { EditionFiles } from './programs/edition-files.ts';
import { Editions } from './programs/editions.ts';
import { folderFiles, type Files } from './files/folder-files.ts';
import { LicenseRecords } from './programs/license-record.ts';
import { LicenseWatch } from './chain/license-watch.ts';
import { Models } from './http/models.ts';
import type { PublisherOptions } from './options.ts';
import { ownerSecret } from './files/owner-secret.ts';
import { Probes } from './http/probes.ts';
import { PublicationRecords } from './programs/publication-record.ts';
import { Publications } from './programs/publications.ts';
import { openPublisherStore } from './publisher-store.ts';
import { Registration } from './chain/registration.ts';
import { Releases } from './programs/release.ts';
import { s3Files } from './files/s3-files.ts';
import { Uploads } from './http/uploads.ts';
import { Workshop } from './workshop.ts';

export interface Publisher {
  app: Hono;
  /** Begins to work on what is unfinished. */
  start(): void;
  /** Does steps of one publication until it ends or must wait, without the background loop. */
  advance(publicationId: string): Promise<void>;
  stop(): Promise<void>;
}

const TICK_MS = 500;

/** Wires a publisher: store, chain, worker and the two background loops. Throws CHAIN_UNREACHABLE or CHAIN_MISMATCH. */
export async function createPublisher(
  options: PublisherOptions,
  deployment: Deployment,
  logger: Logger,
  workshop = new Workshop(),
): Promise<Publisher> {
  const chain = connectChain({ rpcUrl: options.RPC_URL, deployment, key: options.AGENT_KEY });
  await checkChain(chain);
  const secret = ownerSecret(options.OWNER_SECRET);
  const store = openPublisherStore(options.DATA_DIR);
  const blobs = new Blobs(filesOf(options), secret);
  const uploads = new Uploads(store, blobs);
  const records = new PublicationRecords(store);
  const agent = chain.account!.address;
  const publications = new Publications(
    records,
    {
      chain,
      agent,
      publicUrl: options.PUBLIC_URL,
      secret,
      uploads,
      blobs,
      workshop,
      registration: new Registration(chain),
      records,
    },
    logger,
  );
  const editionFiles = new EditionFiles({ records, blobs, uploads, secret, workshop });
  const licenses = new LicenseRecords(store);
  const watch = new LicenseWatch(
    chain,
    licenses,
    new ChainCursor(store, 'licenses', BigInt(deployment.deployedAtBlock)),
  );
  const editions = new Editions({ chain, records: licenses, watch, files: editionFiles, blobs, logger });
  const tickers = [
    createTicker({ everyMs: TICK_MS, run: async () => publications.kick(), logger }),
    createTicker({ everyMs: TICK_MS, run: () => editions.run(), logger }),
  ];
  const registry = { chainId: deployment.chainId, modelRegistry: deployment.contracts.modelRegistry };
  const isReady = () =>
    checkChain(chain).then(
      () => true,
      () => false,
    );
  const probes = new Probes(chain, store, new Releases(records, blobs));
  const app = publisherApp({
    registry,
    owners: options.OWNERS,
    uploads,
    publications,
    models: new Models(records, uploads),
    editions,
    editionFiles,
    probes,
    isReady,
    logger,
  });
  return {
    app,
    start: () => tickers.forEach((ticker) => ticker.start()),
    advance: (publicationId) => publications.advance(publicationId),
    async stop() {
      const stopping = [publications.stop(), ...tickers.map((ticker) => ticker.stop())] as const;
      await workshop.close();
      const [isIdle] = await Promise.all(stopping);
      if (isIdle) store.close();
    },
  };
}

function filesOf({
  S3_ENDPOINT: endpoint,
  S3_REGION: region,
  S3_ACCESS_KEY_ID: accessKeyId,
  S3_SECRET_ACCESS_KEY: secretAccessKey,
  DATA_DIR,
}: PublisherOptions): Files {
  return endpoint ? s3Files({ endpoint, region, accessKeyId, secretAccessKey }) : folderFiles(join(DATA_DIR, 'blobs'));
}
