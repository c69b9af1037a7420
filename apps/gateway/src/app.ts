import { OmlError } from '@oml/protocol/error';
import {
  HOST_LISTING_PATH,
  hostListingToJson,
  listedModelToJson,
  type ListedModel,
} from '@oml/protocol/wire/host-listing';
import { blamedEditionParams, blamedHitsParams } from '@oml/protocol/wire/blame-evidence';
import { CALL_PATH, CHAT_PATH, modelKind } from '@oml/protocol/wire/model-kind';
import { channelQuery } from '@oml/protocol/wire/channel-state';
import { EMBEDDINGS_PATH } from '@oml/protocol/wire/embeddings-body';
import { HEADERS } from '@oml/protocol/wire/headers';
import { QUOTE_PATH } from '@oml/protocol/wire/quote';
import { readRequest } from '@oml/protocol/wire/read-request';
import { createApp, type IsReady, type ServiceApp } from '@oml/service/app';
import type { Logger } from '@oml/service/logger';
import type { Context, Hono } from 'hono';
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import type { Registry } from 'prom-client';
import type { Address } from 'viem';
import { classifyCall } from './answer/classify.ts';
import { chatCall, completionCall } from './answer/completions.ts';
import { refuseEmbeddings } from './answer/embeddings.ts';
import { inferCall, inferMetadata } from './answer/infer.ts';
import { capabilitiesOf, type ServedModel } from './answer/models.ts';
import { openApiDocument } from '@oml/protocol/wire/openapi';
import { quoteOf } from './answer/quote.ts';
import { readText } from './answer/read-body.ts';
import { respondError } from './answer/refusals.ts';
import type { ServeRefund } from './answer/serve-refund.ts';
import type { Call, ServeCall } from './answer/serve.ts';
import type { ShowChannel } from './channel/show-channel.ts';
import type { Probes } from './engine/probe.ts';
import type { ShowBlame } from './court/show-blame.ts';
import { PRIVATE } from './payment/admission.ts';
import { paymentHeader } from './payment/header.ts';
import type { PeerOf } from './payment/peer.ts';
import type { ReadSent } from './payment/sent.ts';
import type { TurnAway } from './payment/strangers.ts';

export interface GatewayParts {
  chainId: number;
  account: Address;
  signer: Address;
  token: Address;
  models: readonly ServedModel[];
  serveCall: ServeCall;
  readSent: ReadSent;
  /** Where a request comes from; unless given, all come from one place. */
  peerOf?: PeerOf;
  /** Sends away before the body is read. */
  turnAway?: TurnAway;
  serveRefund: ServeRefund;
  showChannel: ShowChannel;
  showBlame: ShowBlame;
  logger: Logger;
  metrics?: Registry;
  /** Which engines have answered their test; unless given, all have. */
  probes?: Pick<Probes, 'check' | 'failed'>;
  isReady?: IsReady;
}

/** Bodies above this are refused before anything is paid. */
export const MAX_BODY_BYTES = 256 * 1024;

const SEALED = 'application/octet-stream';

const STARTED = Math.floor(Date.now() / 1000);

/** The routes of a gateway. No I/O at import. */
export function createGatewayApp(parts: GatewayParts): ServiceApp {
  const { models, logger, isReady, metrics, probes } = parts;
  const service = createApp({
    name: 'gateway',
    logger,
    maxBodyBytes: MAX_BODY_BYTES,
    respond: respondError,
    ...(isReady ? { isReady } : {}),
    ...(metrics ? { metrics } : {}),
  });
  const { app } = service;
  app.get(HOST_LISTING_PATH, (c) =>
    c.json(
      hostListingToJson({
        chainId: parts.chainId,
        account: parts.account,
        signer: parts.signer,
        models: models.map((model) => listed(parts, model)),
      }),
    ),
  );
  const find = (name: string): ServedModel => {
    const model = models.find((served) => served.model === name);
    if (!model)
      throw new OmlError('NOT_FOUND', `No model "${name.slice(0, 80)}" is served here.`, {
        details: { param: 'model', models: models.map((served) => served.model) },
      });
    return model;
  };
  const findReady = (name: string): ServedModel => {
    const model = find(name);
    probes?.check(model.model);
    return model;
  };
  const shown = (model: ServedModel) => ({
    id: model.model,
    object: 'model',
    created: STARTED,
    owned_by: parts.account,
    ...capabilitiesOf(model),
    oml: listedModelToJson(listed(parts, model)),
  });
  app.get('/v1/models', (c) => c.json({ object: 'list', data: models.map(shown) }));
  app.get('/v1/models/:name{.+}', (c) => c.json(shown(find(c.req.param('name')))));

  const paid = (read: (body: string, find: (name: string) => ServedModel) => Call) => async (c: Context) => {
    try {
      const sent = await parts.readSent(paymentHeader(c));
      const peer = parts.peerOf?.(c) ?? '';
      parts.turnAway?.(sent, peer);
      const body = await readText(c);
      return await parts.serveCall(c, { body, sent, peer }, noticing(read(body, findReady), probes));
    } catch (error) {
      if (!(error instanceof OmlError)) logger.error({ err: error, path: c.req.path }, 'request failed');
      return respondError(c, error);
    }
  };
  const sealed = async (c: Context, path: string) =>
    c.body(Readable.toWeb(createReadStream(path)) as ReadableStream, 200, { 'content-type': SEALED });
  app.get('/v1/blames/:claimId/hits/:juror', async (c) => {
    const { claimId, juror } = readRequest(blamedHitsParams, c.req.param());
    return sealed(c, await parts.showBlame.hits(claimId, juror));
  });
  app.get('/v1/blames/:claimId/editions/:licenseId/:juror', async (c) => {
    const { claimId, licenseId, juror } = readRequest(blamedEditionParams, c.req.param());
    return sealed(c, await parts.showBlame.edition(claimId, licenseId, juror));
  });
  app.get('/v1/channels/:id', async (c) => {
    const { id, asked_at: askedAt } = readRequest(channelQuery, { id: c.req.param('id'), ...c.req.query() });
    return c.json(await parts.showChannel(id, askedAt, c.req.header(HEADERS.signature)), 200, PRIVATE);
  });
  app.post(QUOTE_PATH, async (c) => {
    try {
      return c.json(quoteOf(await readText(c), find, parts));
    } catch (error) {
      if (!(error instanceof OmlError)) logger.error({ err: error, path: c.req.path }, 'request failed');
      return respondError(c, error);
    }
  });
  app.post(EMBEDDINGS_PATH, paid(refuseEmbeddings));
  app.post(CALL_PATH.language, paid(completionCall));
  app.post(CHAT_PATH, paid(chatCall));
  app.post(CALL_PATH.classifier, paid(classifyCall));
  // What official clients ask for a channel's terms, and for its refund.
  for (const kind of modelKind.options) {
    const ofKind = models.filter((model) => model.kind === kind);
    app.get(CALL_PATH[kind], (c) => parts.serveRefund(c, ofKind).catch((error: unknown) => respondError(c, error)));
  }
  app.post('/v2/models/:name/infer', (c) => paid((body) => inferCall(body, findReady(c.req.param('name'))))(c));
  inferenceRoutes(app, { find, probes, isReady });
  app.get('/openapi.json', (c) => c.json(openApiDocument()));
  refuseOtherMethods(app);
  return service;
}

/** The same call; an engine that fails under it is tried again before it is sold again. */
const noticing = (call: Call, probes: GatewayParts['probes']): Call => ({
  ...call,
  run: (emit) =>
    call.run(emit).catch((error: unknown) => {
      probes?.failed(call.model.model, error);
      throw error;
    }),
});

interface InferenceParts extends Pick<GatewayParts, 'isReady' | 'probes'> {
  find(name: string): ServedModel;
}

/** What the Open Inference Protocol asks for nothing. */
function inferenceRoutes(app: Hono, { find, probes, isReady }: InferenceParts): void {
  app.get('/v2', (c) => c.json({ name: 'oml-gateway', version: '1', extensions: [] }));
  app.get('/v2/health/live', (c) => c.json({ live: true }));
  app.get('/v2/health/ready', async (c) => {
    const ready = await Promise.resolve(isReady?.() ?? true).then(Boolean, () => false);
    return c.json({ ready }, ready ? 200 : 503);
  });
  app.get('/v2/models/:name', (c) => c.json(inferMetadata(find(c.req.param('name')))));
  app.get('/v2/models/:name/ready', (c) => {
    const name = c.req.param('name');
    inferMetadata(find(name));
    probes?.check(name);
    return c.json({ name, ready: true });
  });
}

/** A path that is known, asked in another way, says which way it is asked; after all routes. */
function refuseOtherMethods(app: Hono): void {
  const methods = new Map<string, Set<string>>();
  for (const { path, method } of app.routes)
    if (method !== 'ALL') methods.set(path, (methods.get(path) ?? new Set()).add(method));
  for (const [path, taken] of methods) {
    const allow = [...taken, ...(taken.has('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ');
    app.all(path, (c) => {
      const error = new OmlError('METHOD_NOT_ALLOWED', `${c.req.path} takes ${allow}, and not ${c.req.method}.`);
      return respondError(c, error, { allow });
    });
  }
}

const listed = ({ token }: GatewayParts, model: ServedModel): ListedModel => ({ ...model, token });
