import { caip2 } from '@oml/protocol/network';
import { ceilingOf, meteredToJson } from '@oml/protocol/wire/price';
import { inferQuoteBody, quoteBody, type QuoteJson } from '@oml/protocol/wire/quote';
import { readJson, readRequest } from '@oml/protocol/wire/read-request';
import type { Address } from 'viem';
import { classifyCall } from './classify.ts';
import { chatCall, completionCall } from './completions.ts';
import { inferCall } from './infer.ts';
import type { ServedModel } from './models.ts';
import type { Call } from './serve.ts';

type Find = (name: string) => ServedModel;

/** Reads a body as the route that answers such bodies would, which its members name. Throws what that route throws. */
function quotedCall(text: string, find: Find): Call {
  const raw = readJson(text);
  const has = (member: string) => typeof raw === 'object' && raw !== null && member in raw;
  if (has('messages')) return chatCall(text, find);
  if (has('prompt')) return completionCall(text, find);
  if (has('dtype')) return classifyCall(text, find);
  if (has('inputs')) {
    const { model, ...body } = readRequest(inferQuoteBody, raw);
    return inferCall(JSON.stringify(body), find(model));
  }
  readRequest(quoteBody, raw);
  throw new Error('a body without a question was read');
}

/** What a call would cost at most, by the tokens that it has here. */
export function quoteOf(text: string, find: Find, { chainId, token }: { chainId: number; token: Address }): QuoteJson {
  const { model, most } = quotedCall(text, find);
  return {
    object: 'oml.quote',
    model: model.model,
    ceiling: String(ceilingOf(model, most)),
    priceVersion: model.priceVersion,
    network: caip2(chainId),
    token,
    payTo: model.vault,
    inputTokens: most.inputTokens,
    mostOutputTokens: most.outputTokens,
    price: String(model.price),
    ...(model.metered ? { metered: meteredToJson(model.metered) } : {}),
  };
}
