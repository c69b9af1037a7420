import { HEADERS } from '@oml/protocol/wire/headers';
import { readJson } from '@oml/protocol/wire/read-request';
import type { Context, Hono } from 'hono';
import type { Demos } from '../programs/demos.ts';
import type { Approvals } from './approvals.ts';
import type { BookWears } from './book-wear.ts';
import { readId } from './read-id.ts';
import type { Vouching } from './vouching.ts';
import type { Leaks } from './leaks.ts';
import type { Recipients } from './recipients.ts';
import type { ReleaseOrders } from './release-orders.ts';

export interface OwnerRoutesParts {
  demos: Demos;
  releaseOrders: ReleaseOrders;
  bookWears: BookWears;
  approvals: Approvals;
  recipients: Recipients;
  leaks: Leaks;
  vouching: Vouching;
}

/** What the owner of a model on chain asks and says of it here, by signature. */
export function addOwnerRoutes(app: Hono, parts: OwnerRoutesParts): void {
  const { demos, releaseOrders, bookWears, approvals, recipients, leaks, vouching } = parts;
  const modelOf = (c: Context): bigint => readId(c.req.param('modelId')!);
  const signatureOf = (c: Context): string | undefined => c.req.header(HEADERS.signature);

  app.put('/models/:modelId/demo', async (c) => {
    const body = readJson(await c.req.text());
    return c.json(await demos.choose(modelOf(c), body, signatureOf(c)));
  });
  app.put('/models/:modelId/recipients', async (c) => {
    const body = readJson(await c.req.text());
    const { modelId, verifiers } = await recipients.choose(modelOf(c), body, signatureOf(c));
    return c.json({ modelId: String(modelId), verifiers });
  });
  app.post('/models/:modelId/leaks', async (c) => {
    c.header('cache-control', 'no-store');
    return c.json(await leaks.ask(modelOf(c), readJson(await c.req.text()), signatureOf(c)));
  });
  app.post('/models/:modelId/vouch', async (c) => {
    const body = readJson(await c.req.text());
    return c.json(await vouching.order(modelOf(c), body, signatureOf(c)), 202);
  });
  app.get('/models/:modelId/vouch/:id', async (c) => {
    c.header('cache-control', 'no-store');
    return c.json(await vouching.view(modelOf(c), c.req.param('id')));
  });
  app.get('/models/:modelId/wear', async (c) => {
    c.header('cache-control', 'no-store');
    return c.json(await bookWears.ask(modelOf(c), c.req.query('askedAt'), signatureOf(c)));
  });
  app.post('/models/:modelId/releases', async (c) => {
    const body = readJson(await c.req.text());
    return c.json(await releaseOrders.open(modelOf(c), body, signatureOf(c)), 202);
  });
  app.get('/models/:modelId/requests', async (c) => c.json({ requests: await approvals.waiting(modelOf(c)) }));
  app.put('/licenses/:licenseId/approval', async (c) => {
    const body = readJson(await c.req.text());
    return c.json(await approvals.choose(readId(c.req.param('licenseId')), body, signatureOf(c)));
  });
}
