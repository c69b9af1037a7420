import { OmlError } from '@oml/protocol/error';
import { createApp } from '@oml/service/app';
import type { Logger } from '@oml/service/logger';
import type { Hono } from 'hono';
import { createHash, timingSafeEqual } from 'node:crypto';
import type { AuditViews } from './audit-view.ts';
import type { Audits } from './audits.ts';
import type { Staking } from './staking.ts';

export interface VerifierParts {
  audits: Audits;
  views: AuditViews;
  staking: Staking;
  adminToken: string;
  isReady: () => Promise<boolean>;
  logger: Logger;
}

/** The verifier's agent over HTTP. */
export function verifierApp({ audits, views, staking, adminToken, isReady, logger }: VerifierParts): Hono {
  const { app } = createApp({ name: 'verifier', logger, isReady, maxBodyBytes: 64 << 10 });
  app.get('/status', async (c) => c.json(await staking.status()));
  app.get('/audits', (c) => c.json({ audits: views.list() }));
  app.get('/audits/:id', (c) => c.json(views.view(c.req.param('id'))));
  app.post('/audits', async (c) => {
    checkToken(c.req.header('authorization'), adminToken);
    const body: unknown = await c.req.json().catch((cause: unknown) => {
      throw new OmlError('REQUEST_INVALID', 'The body is no JSON.', { cause });
    });
    const ordered = audits.order(body);
    audits.kick();
    return c.json(ordered, 202);
  });
  return app;
}

/** Digests are compared, so that neither length nor content shows in the time it takes. */
function checkToken(header: string | undefined, token: string): void {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  if (!timingSafeEqual(digest(header ?? ''), digest(`Bearer ${token}`)))
    throw new OmlError('UNAUTHORIZED', 'Audits are ordered with the admin token.');
}
