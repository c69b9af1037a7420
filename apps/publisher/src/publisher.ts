import { Driver } from '@oml/program/driver';
import { connectBeacon } from '@oml/service/beacon';
import { metricsOf } from '@oml/service/app';
import { checkChain, connectChain } from '@oml/service/chain';
import type { Deployment } from '@oml/protocol/chain/deployment';
import type { Logger } from '@oml/service/logger';
import { countNodes, createNodeWatch } from '@oml/service/nodes/watch';
import { createTicker } from '@oml/service/ticker';
import type { Hono } from 'hono';
import { join } from 'node:path';
import { LicenseWatch } from './chain/license-watch.ts';
import { Parents } from './chain/parents.ts';
import { Registration } from './chain/registration.ts';
import { Blobs } from './files/blobs.ts';
import { folderFiles, type Files } from './files/folder-files.ts';
import { ownerSecret } from './files/owner-secret.ts';
import { s3Files } from './files/s3-files.ts';
import { Admission } from './http/admission.ts';
import { UploadDrafts } from './files/upload-drafts.ts';
import { publisherApp } from './http/app.ts';
import { Approvals } from './http/approvals.ts';
import { BookWears } from './http/book-wear.ts';
import { Canaries } from './http/canaries.ts';
import { Editions } from './http/editions.ts';
import { Grants } from './http/grants.ts';
import { Leaks } from './http/leaks.ts';
import { Models } from './http/models.ts';
import { Probes } from './http/probes.ts';
import { Vouching } from './http/vouching.ts';
import { Publications } from './http/publications.ts';
import { Recipients } from './http/recipients.ts';
import { ReleaseOrders } from './http/release-orders.ts';
import { UploadRoom, USUAL_ROOM } from './http/upload-room.ts';
import { Uploads } from './http/uploads.ts';
import type { PublisherOptions } from './options.ts';
import { Demos } from './programs/demos.ts';
import { EditionFiles } from './programs/edition-files.ts';
import { watchBatches } from './inspection/batch-watch.ts';
import { edition, type EditionContext } from './programs/edition.ts';
import { inspection, type InspectionContext } from './programs/inspection.ts';
import { MintedModels } from './programs/minted-models.ts';
import { publication, type PublicationContext } from './programs/publication.ts';
import { Releases } from './programs/release.ts';
import { vouch, type VouchContext } from './programs/vouch.ts';
import { sweepFailed } from './programs/sweep.ts';
import { openPublisherStore, type PublisherStore } from './store.ts';
import { payRound } from './vault/pay-round.ts';
import { Workshop } from './workshop/workshop.ts';

export interface Publisher {
  app: Hono;
  /** Begins to work on what is unfinished. */
  start(): void;
  /** Does steps of one run until it ends or must wait, without the background loops. */
  advance(runId: string): Promise<void>;
  stop(): Promise<void>;
}

export type PublisherContext = PublicationContext &
  EditionContext &
  InspectionContext &
  VouchContext & {
    minted: MintedModels;
    demos: Demos;
    admission: Admission;
    grants: Grants;
    canaries: Canaries;
    recipients: Recipients;
    bookWears: BookWears;
  };

const TICK_MS = 500;
const RETRY_MS = 3_000;
const HOUR_MS = 3_600_000;

/**
 * Wires a publisher: store, chain, workshop and the background loops. Throws CHAIN_UNREACHABLE, CHAIN_MISMATCH or
 * UNAVAILABLE.
 */
export async function createPublisher(
  options: PublisherOptions,
  deployment: Deployment,
  logger: Logger,
  workshop = new Workshop(),
): Promise<Publisher> {
  const chain = connectChain({ rpcUrl: options.RPC_URL, deployment, key: options.AGENT_KEY, logger });
  await checkChain(chain);
  const store = await openPublisherStore(options.STORE ?? join(options.DATA_DIR, 'publisher.sqlite'));
  const context = publisherContext(options, { chain, store, workshop });
  const driver = new Driver<PublisherContext>({
    store,
    context,
    logger,
    programs: [publication, edition, inspection, vouch],
    retryMs: RETRY_MS,
    // An owner waits for a publication however long the chain is away.
    patienceMs: Number.POSITIVE_INFINITY,
  });
  const watch = new LicenseWatch(chain, store);
  const tickers = [
    createTicker({ everyMs: TICK_MS, run: () => driver.kick(), logger }),
    createTicker({ everyMs: TICK_MS, run: () => watch.read(), logger }),
    createTicker({
      everyMs: TICK_MS,
      run: () => watchBatches(chain, store, (batchId) => context.grants.has(batchId)),
      logger,
    }),
    createTicker({ everyMs: HOUR_MS, run: () => context.bookWears.warn(logger), logger }),
    createTicker({ everyMs: HOUR_MS, run: () => sweepFailed({ ...context, store, logger }), logger }),
    ...(options.PAYOUT_EVERY_SECONDS > 0
      ? [
          createTicker({
            everyMs: options.PAYOUT_EVERY_SECONDS * 1000,
            run: () => payRound({ chain, store, logger, least: options.PAYOUT_MIN }),
            logger,
          }),
        ]
      : []),
  ];
  const app = appOf(options, { context, store, driver, logger });
  tickers.push(createNodeWatch({ chain, logger, metrics: metricsOf(app) }));
  return {
    app,
    start: () => tickers.forEach((ticker) => ticker.start()),
    advance: (runId) => driver.advance(runId),
    async stop() {
      const stopping = [driver.stop(), ...tickers.map((ticker) => ticker.stop())] as const;
      await workshop.close();
      const [isIdle] = await Promise.all(stopping);
      if (isIdle) await store.close();
    },
  };
}

type ContextParts = Pick<PublisherContext, 'chain' | 'workshop'> & {
  store: PublisherStore;
  /** False: it only looks for what was sent before. */
  sends?: boolean;
};

/** What the steps of the programs work with. */
export function publisherContext(
  options: PublisherOptions,
  { chain, store, workshop, sends = true }: ContextParts,
): PublisherContext {
  const secret = ownerSecret(options.OWNER_SECRET);
  const blobs = new Blobs(filesOf(options), secret);
  const uploads = new Uploads({
    store,
    blobs,
    drafts: new UploadDrafts(join(options.DATA_DIR, 'drafts'), secret),
    room: new UploadRoom(store, USUAL_ROOM, options.OWNERS),
  });
  const minted = new MintedModels(store);
  const grants = new Grants(store);
  const admission = new Admission(
    {
      by: options.PUBLISHING,
      owners: options.OWNERS,
      deposit: options.PUBLISH_DEPOSIT,
      contact: options.CONTACT,
    },
    chain,
  );
  const demos = new Demos({ chain, store, blobs, minted });
  return {
    chain,
    workshop,
    secret,
    blobs,
    uploads,
    minted,
    demos,
    admission,
    grants,
    canaries: new Canaries(store),
    recipients: new Recipients({ chain, store, minted }),
    bookWears: new BookWears({ chain, minted, grants }),
    inspectionPay: options.INSPECTION_PAY,
    titleBondMost: options.TITLE_BOND_MOST,
    nameDepositMost: options.NAME_DEPOSIT_MOST,
    agent: chain.account!.address,
    publicUrl: options.PUBLIC_URL,
    registration: new Registration(chain, { sends }),
    parents: new Parents(chain),
    beacon: connectBeacon({ chain, relays: options.DRAND_URLS, chainHash: options.DRAND_CHAIN_HASH }),
    files: new EditionFiles({ minted, blobs, uploads, secret, workshop, demos }),
  };
}

interface AppParts {
  context: PublisherContext;
  store: PublisherStore;
  driver: Driver<PublisherContext>;
  logger: Logger;
}

function appOf(options: PublisherOptions, parts: AppParts): Hono {
  const { context, driver, logger } = parts;
  const { chain, blobs, uploads, minted, recipients } = context;
  const { chainId, contracts } = chain.deployment;
  const publications = new Publications(driver, context, logger);
  const probing = { ...context, releases: new Releases(minted, blobs) };
  return publisherApp({
    uploads,
    logger,
    registry: { chainId, modelRegistry: contracts.modelRegistry },
    addresses: [options.PUBLIC_URL, ...options.ALSO_AT],
    admission: context.admission,
    origins: options.ORIGINS,
    publications,
    bookWears: context.bookWears,
    approvals: new Approvals(chain, parts.store),
    releaseOrders: new ReleaseOrders({ chain, minted, admission: context.admission, publications }),
    models: new Models(minted, uploads, context.demos),
    demos: context.demos,
    editions: new Editions(chain, parts.store, blobs),
    editionFiles: context.files,
    recipients,
    leaks: new Leaks(probing),
    vouching: new Vouching({ ...context, owners: options.OWNERS, driver }),
    probes: new Probes(probing),
    isReady: () =>
      checkChain(chain).then(
        () => countNodes(chain),
        () => false,
      ),
  });
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
