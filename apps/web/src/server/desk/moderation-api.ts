import { moderate } from '@oml/db/site/moderation';
import { OmlError } from '@oml/protocol/error';
import { moderationSchema } from '@oml/protocol/wire/moderation';
import { bodyOf, fromHere, requireOperator, type Handler } from './desk.ts';

/** `POST /api/moderation`: an operator takes a model down or puts it back; who, when and why is public for ever. */
export const moderation: Handler = fromHere(async (call) => {
  const { desk, request } = call;
  const { account: operator } = await requireOperator(call);
  const { modelId, action, reason, until } = await bodyOf(request, moderationSchema);
  const now = desk.now();
  const end = until === undefined ? undefined : new Date(until);
  if (end && (action === 'put-back' || end <= now))
    throw new OmlError('REQUEST_INVALID', 'Only a takedown has an end, and it lies in the future.');
  const asked = { modelId: BigInt(modelId), action, operator, reason, ...(end ? { until: end } : {}) };
  const { entryId } = await moderate(desk.db, asked, now);
  return Response.json({ entryId: String(entryId) }, { status: 201 });
});
