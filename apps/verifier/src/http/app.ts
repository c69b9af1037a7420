import { OmlError } from '@oml/protocol/error';
import { ENDPOINT_FIGURES_PATH, type ToldEndpointsJson } from '@oml/protocol/wire/endpoint-figures';
import { readJson, readRequest } from '@oml/protocol/wire/read-request';
import { createApp, type IsReady } from '@oml/service/app';
import type { Logger } from '@oml/service/logger';
import type { Hono } from 'hono';
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Staking } from '../chain/staking.ts';
import { hostsQuerySchema, type HostStanding } from '@oml/protocol/wire/audit';
import { WINDOW_DAYS } from './host-standing.ts';
import type { AuditViews } from './audit-view.ts';

export interface VerifierParts {
  /** Orders an audit of what was asked, as it was asked. Throws REQUEST_INVALID. */
  order: (body: unknown) => Promise<string>;
  views: AuditViews;
  /** What audits found of each host lately. */
  standings: (since?: number) => Promise<HostStanding[]>;
  /** Newest first. */
  duties: () => Promise<unknown[]>;
  /** What was seen of endpoints lately, signed. */
  endpoints: () => Promise<ToldEndpointsJson>;
  staking: Staking;
  adminToken: string;
  isReady: IsReady;
  logger: Logger;
}

/** The verifier's agent over HTTP. */
export function verifierApp({
  order,
  views,
  standings,
  duties,
  endpoints,
  staking,
  adminToken,
  isReady,
  logger,
}: VerifierParts): Hono {
  const { app } = createApp({ name: 'verifier', logger, isReady, maxBodyBytes: 64 << 10 });
  app.get('/status', async (c) => c.json(await staking.status()));
  app.get('/hosts', async (c) => {
    const { since } = readRequest(hostsQuerySchema, c.req.query(), 'The question about hosts is refused');
    return c.json({
      windowDays: WINDOW_DAYS,
      hosts: await standings(since === undefined ? undefined : Date.parse(since)),
    });
  });
  app.get(ENDPOINT_FIGURES_PATH, async (c) => c.json(await endpoints()));
  app.get('/duties', async (c) => c.json({ duties: await duties() }));
  // An audit that runs is for its operator to see: a host would know whom to treat well.
  const viewerOf = (header: string | undefined) => {
    if (header === undefined) return 'anyone';
    checkToken(header, adminToken);
    return 'operator';
  };
  app.get('/audits', async (c) => c.json({ audits: await views.list(viewerOf(c.req.header('authorization'))) }));
  app.get('/audits/:id', async (c) =>
    c.json(await views.view(c.req.param('id'), viewerOf(c.req.header('authorization')))),
  );
  app.get('/audits/:id/evidence', async (c) =>
    c.json(await views.evidence(c.req.param('id'), viewerOf(c.req.header('authorization')))),
  );
  app.post('/audits', async (c) => {
    checkToken(c.req.header('authorization'), adminToken);
    const body = readJson(await c.req.text());
    return c.json({ id: await order(body) }, 202);
  });
  return app;
}

/** Digests are compared, so that neither length nor content shows in the time it takes. */
function checkToken(header: string | undefined, token: string): void {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  if (!timingSafeEqual(digest(header ?? ''), digest(`Bearer ${token}`)))
    throw new OmlError('UNAUTHORIZED', 'Audits are ordered, and seen while they run, with the admin token.');
}
