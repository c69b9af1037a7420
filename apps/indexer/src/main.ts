import { readDeployment } from '@oml/contracts/deployment';
import { isDev } from '@oml/protocol/chain/deployment';
import { openDatabase } from '@oml/db/client';
import { lookUpReceipt } from '@oml/db/receipts';
import { metricsOf } from '@oml/service/app';
import { checkChain, connectChain } from '@oml/service/chain';
import { createLogger } from '@oml/service/logger';
import { createNodeWatch } from '@oml/service/nodes/watch';
import { runMain, runService } from '@oml/service/run';
import { createTicker } from '@oml/service/ticker';
import { indexerApp } from './app.ts';
import { refreshCards } from './cards/refresh-cards.ts';
import { createIndexer } from './indexer.ts';
import { refreshEndpoints } from './endpoints/refresh-endpoints.ts';
import { createMarketRefresher } from './market/refresh-market.ts';
import { createNoticeRoom, officeOf } from './notices/notice-room.ts';
import { indexerOptions } from './options.ts';

const ENDPOINTS_MS = 30_000;
const NOTICES_MS = 2_000;
const NOTICE_DEPTH = 5n;

await runMain(async () => {
  const options = indexerOptions();
  const logger = createLogger('indexer');
  const deployment = readDeployment(options.OML_DEPLOYMENT);
  const chain = connectChain({ rpcUrl: options.RPC_URL, deployment, logger });
  await checkChain(chain);
  const db = openDatabase(options.DATABASE_URL, { maxConnections: 4 });

  const indexer = createIndexer({ db, chain, confirmations: options.CONFIRMATIONS, logger });
  const refreshMarket = createMarketRefresher(db);
  let stopping = false;
  const blocks = createTicker({
    everyMs: 500,
    logger,
    run: async () => {
      while (!stopping && (await indexer.step()));
      if (!stopping) await refreshMarket();
    },
  });
  const allowPrivate =
    options.ALLOW_PRIVATE_PUBLISHERS === undefined ? isDev(deployment) : options.ALLOW_PRIVATE_PUBLISHERS === 'true';
  const cards = createTicker({
    everyMs: 1_000,
    logger,
    run: async () => void (await refreshCards({ db, allowPrivate, logger })),
  });

  const registry = { chainId: deployment.chainId, verifierRegistry: deployment.contracts.verifierRegistry };
  const endpoints = createTicker({
    everyMs: ENDPOINTS_MS,
    logger,
    run: () => refreshEndpoints({ db, registry, verifierUrls: options.VERIFIER_URLS, allowPrivate, logger }),
  });

  if (options.SMTP_URL === undefined) logger.info('no SMTP_URL: mails are files in MAIL_DIR');
  const tellNotices = createNoticeRoom({
    db,
    office: officeOf(options),
    allowPrivate: isDev(deployment),
    depth: options.NOTICE_DEPTH ?? (isDev(deployment) ? 0n : NOTICE_DEPTH),
    logger,
  });
  const notices = createTicker({ everyMs: NOTICES_MS, logger, run: () => tellNotices(() => stopping) });

  const app = indexerApp({ progress: indexer.progress, lookUp: (hash) => lookUpReceipt(db, hash), logger });
  const nodes = createNodeWatch({ chain, logger, metrics: metricsOf(app) });
  const tickers = [blocks, cards, endpoints, notices, nodes];
  for (const ticker of tickers) ticker.start();
  await runService({
    name: 'indexer',
    app,
    port: options.PORT,
    logger,
    stop: async () => {
      stopping = true;
      await Promise.all(tickers.map((ticker) => ticker.stop()));
      await db.$disconnect();
    },
  });
});
