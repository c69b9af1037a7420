import { createLogger } from '@oml/service/logger';
import type { Context } from 'hono';
import { join } from 'node:path';
import { zeroAddress, zeroHash } from 'viem';
import { classifyCall } from '../src/answer/classify.ts';
import { openEdition, type ServedModel } from '../src/answer/models.ts';
import { readText } from '../src/answer/read-body.ts';
import { MODELS } from '../test-support/host-fixture.ts';
import { PRICE } from './scene.ts';

const model: ServedModel = {
  model: 'digits',
  kind: 'classifier',
  licenseId: 1n,
  modelId: 1n,
  price: PRICE,
  vault: zeroAddress,
  priceVersion: zeroHash,
  ...(await openEdition(join(MODELS, 'digits'), 'classifier', { logger: createLogger('bench') })),
};

/** Reads a request as the gateway does and answers it by the same engine, for nothing. */
export async function answerFree(c: Context): Promise<Response> {
  const call = classifyCall(await readText(c), () => model);
  const frame = { useRef: zeroHash, model: model.model, created: Math.floor(Date.now() / 1_000) };
  return c.json(call.wire.whole(frame, await call.run(async () => {})));
}
