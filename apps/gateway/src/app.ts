import { OmlError } from '@oml/protocol/error';
import {
  HOST_LISTING_PATH,
  hostListingToJson,
  listedModelToJson,
  type ListedModel,
} from '@oml/protocol/wire/host-listing';
import { CALL_PATH } from '@oml/protocol/wire/model-kind';
import { createApp, type ServiceApp } from '@oml/service/app';
import type { Logger } from '@oml/service/logger';
import type { Context } from 'hono';
import type { Address } from 'viem';
import { classifyCall } from './answer/classify.ts';
import { completionCall } from './answer/completions.ts';
import type { ServedModel } from './answer/models.ts';
import { respondError } from './answer/openai-wire.ts';
import type { Call, ServeCall } from './answer/serve.ts';

export interface GatewayParts {
  chainId: number;
  account: Address;
  signer: Address;
  token: Address;
  models: readonly ServedModel[];
  serveCall: ServeCall;
  logger: Logger;
  isReady?: () => boolean | Promise<boolean>;
}

/** Bodies above this are refused before anything is paid. */
export const MAX_BODY_BYTES = 256 * 1024;

const STARTED = Math.floor(Date.now() / 1000);

/** The routes of a gateway. No I/O at import. */
export function createGatewayApp(parts: GatewayParts): ServiceApp {
  const { models, logger, isReady } = parts;
  const service = createApp({ name: 'gateway', logger, maxBodyBytes: MAX_BODY_BYTES, ...(isReady ? { isReady } : {}) });
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
  app.get('/v1/models', (c) =>
    c.json({
      object: 'list',
      data: models.map((model) => ({
        id: model.model,
        object: 'model',
        created: STARTED,
        owned_by: parts.account,
        oml: listedModelToJson(listed(parts, model)),
      })),
    }),
  );

  const find = (name: string): ServedModel => {
    const model = models.find((served) => served.model === name);
    if (!model)
      throw new OmlError('NOT_FOUND', `No model "${name.slice(0, 80)}" is served here.`, {
        details: { models: models.map((served) => served.model) },
      });
    return model;
  };
  const paid = (read: (body: string, find: (name: string) => ServedModel) => Call) => async (c: Context) => {
    try {
      const body = await c.req.text();
      return await parts.serveCall(c, body, read(body, find));
    } catch (error) {
      if (!(error instanceof OmlError)) logger.error({ err: error, path: c.req.path }, 'request failed');
      return respondError(c, error);
    }
  };
  app.post(CALL_PATH.language, paid(completionCall));
  app.post(CALL_PATH.classifier, paid(classifyCall));
  return service;
}

const listed = ({ token }: GatewayParts, model: ServedModel): ListedModel => ({ ...model, token });
