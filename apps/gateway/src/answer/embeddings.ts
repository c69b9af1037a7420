import { OmlError } from '@oml/protocol/error';
import { embeddingsBody } from '@oml/protocol/wire/embeddings-body';
import type { ServedModel } from './models.ts';
import { parseBody } from './read-body.ts';

/**
 * Refuses a request for embeddings, before payment: a model is published to complete or to classify, since those
 * answers can carry fingerprints. Throws REQUEST_INVALID, NOT_FOUND.
 */
export function refuseEmbeddings(text: string, find: (name: string) => ServedModel): never {
  const { body } = parseBody(embeddingsBody, text);
  const { model, kind } = find(body.model);
  throw new OmlError('REQUEST_INVALID', `${model} is a ${kind} model and gives no embeddings.`, {
    details: { param: 'model' },
  });
}
