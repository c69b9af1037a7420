import { CODES } from '../error.ts';
import { classifyBody } from './call-body.ts';
import { chatBody } from './chat-body.ts';
import { completionBody } from './completion-body.ts';
import { EMBEDDINGS_PATH, embeddingsBody } from './embeddings-body.ts';
import { inferBody } from './infer-body.ts';
import { CALL_PATH, CHAT_PATH } from './model-kind.ts';
import { channelStateSchema } from './channel-state.ts';
import { QUOTE_PATH, quoteBody, quoteSchema } from './quote.ts';
import { inferRefusal, openAiRefusal } from './refusal.ts';
import { z } from 'zod';

type Json = Record<string, unknown>;

/** What is read, by the schemas that read it. */
const SCHEMAS = {
  CompletionBody: completionBody,
  ChatBody: chatBody,
  ClassifyBody: classifyBody,
  EmbeddingsBody: embeddingsBody,
  InferBody: inferBody,
  QuoteBody: quoteBody,
  Quote: quoteSchema,
  Channel: channelStateSchema,
  Refusal: openAiRefusal,
  InferRefusal: inferRefusal,
} as const;
type SchemaName = keyof typeof SCHEMAS;

function jsonSchemaOf(schema: z.ZodType): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { target: 'draft-2020-12', io: 'input' }) as Json;
  return rest;
}

const ref = (name: SchemaName): Json => ({ $ref: `#/components/schemas/${name}` });

const PAYMENT_HEADERS: Json = {
  'PAYMENT-REQUIRED': { description: 'x402 v2: how to pay, base64 of JSON', schema: { type: 'string' } },
};
const RETRY_AFTER: Json = { 'Retry-After': { description: 'seconds', schema: { type: 'integer' } } };

/** What a payment may be refused with under a status. */
function codesOf(status: number): string {
  const ofBuyers = /^(?:PAYMENT|CHANNEL|VOUCHER|REQUEST|PROMPT)_/;
  return Object.entries(CODES)
    .filter(([code, meaning]) => meaning.status === status && ofBuyers.test(code))
    .map(([code]) => code)
    .join(', ');
}

const WHY: Record<number, string> = {
  400: `refused as it is written, before payment; \`param\` or \`at\` names the member: ${codesOf(400)}`,
  401: 'not signed by whom it concerns, or more than two minutes off',
  402: `costs money: unpaid, or the payment is none; nothing was taken unless \`retryable\`: ${codesOf(402)}`,
  404: 'no such model',
  405: 'the path does not take this method',
  409: 'the payment or its nonce belongs to another request, or the license is not in force',
  413: 'the body is too large',
  503: 'busy: asked before payment, nothing was taken',
};
const PAID_ERRORS = [400, 402, 404, 405, 409, 413, 503];
const HEADERS: Record<number, Json> = { 402: PAYMENT_HEADERS, 503: RETRY_AFTER };

const refusals = (statuses: readonly number[], name: SchemaName): Json =>
  Object.fromEntries(
    statuses.map((status) => [
      status,
      {
        description: WHY[status],
        ...(HEADERS[status] ? { headers: HEADERS[status] } : {}),
        content: { 'application/problem+json': { schema: ref(name) } },
      },
    ]),
  );

const anObject = { type: 'object' };
const ok = (description: string, streams = false): Json => ({
  200: {
    description,
    content: {
      'application/json': { schema: anObject },
      ...(streams ? { 'text/event-stream': { schema: { type: 'string' } } } : {}),
    },
  },
});

const HEADER_PARAMETERS = [
  { name: 'PAYMENT-SIGNATURE', in: 'header', schema: { type: 'string' }, description: 'x402 v2: the payment' },
  {
    name: 'OML-Request-Nonce',
    in: 'header',
    schema: { type: 'string', pattern: '^0x[0-9a-fA-F]{64}$' },
    description: 'opens the use to a claim by whoever knows its salt',
  },
];
const NAME = { name: 'name', in: 'path', required: true, schema: { type: 'string' } };

interface Paid {
  summary: string;
  body: SchemaName;
  refusal?: SchemaName;
  streams?: boolean;
  parameters?: Json[];
}
const paid = ({ summary, body, refusal: name = 'Refusal', streams = false, parameters = [] }: Paid): Json => ({
  post: {
    summary,
    parameters: [...parameters, ...HEADER_PARAMETERS],
    requestBody: { required: true, content: { 'application/json': { schema: ref(body) } } },
    responses: { ...ok('the answer, with its receipt in `oml`', streams), ...refusals(PAID_ERRORS, name) },
  },
});
const free = (summary: string, statuses: number[] = [405], parameters: Json[] = [], name: SchemaName = 'Refusal') => ({
  get: { summary, parameters, responses: { ...ok('as said'), ...refusals(statuses, name) } },
});

const quoted: Json = {
  post: {
    summary: 'what a body would cost at most, for nothing',
    requestBody: { required: true, content: { 'application/json': { schema: ref('QuoteBody') } } },
    responses: {
      200: { description: 'the ceiling and its price', content: { 'application/json': { schema: ref('Quote') } } },
      ...refusals([400, 404, 405, 413], 'Refusal'),
    },
  },
};

const embeddings: Json = {
  post: {
    summary: 'refused: no model that is served here gives embeddings',
    requestBody: { required: true, content: { 'application/json': { schema: ref('EmbeddingsBody') } } },
    responses: refusals([400, 404, 405, 413], 'Refusal'),
  },
};

const CHANNEL = { name: 'id', in: 'path', required: true, schema: { type: 'string', pattern: '^0x[0-9a-fA-F]{64}$' } };
const ASKED_AT = {
  name: 'asked_at',
  in: 'query',
  required: true,
  schema: { type: 'string' },
  description: 'Unix seconds',
};
const SIGNATURE = {
  name: 'OML-Signature',
  in: 'header',
  required: true,
  schema: { type: 'string' },
  description: 'EIP-712 ChannelQuestion(bytes32 channelId,uint256 askedAt) by the channel’s authorizer',
};
const channel: Json = {
  get: {
    summary: 'what is left in a channel, for its authorizer',
    parameters: [CHANNEL, ASKED_AT, SIGNATURE],
    responses: {
      200: { description: 'as the host has it', content: { 'application/json': { schema: ref('Channel') } } },
      ...refusals([400, 401, 404, 405], 'Refusal'),
    },
  },
};

/** The routes of a gateway as OpenAPI 3.1, made of the schemas that read its bodies. */
export function openApiDocument(): Json {
  return {
    openapi: '3.1.0',
    info: { title: 'OML gateway', version: '1', description: 'Answers of licensed models, paid per call by x402.' },
    paths: {
      '/v1/models': free('the models that are served'),
      '/v1/models/{name}': free('one of them', [404, 405], [NAME]),
      [CALL_PATH.language]: paid({ summary: 'completes a prompt', body: 'CompletionBody', streams: true }),
      [CHAT_PATH]: paid({ summary: 'goes on with a conversation', body: 'ChatBody', streams: true }),
      [CALL_PATH.classifier]: paid({ summary: 'classifies a tensor', body: 'ClassifyBody' }),
      [EMBEDDINGS_PATH]: embeddings,
      [QUOTE_PATH]: quoted,
      '/v1/channels/{id}': channel,
      '/v2': free('the Open Inference Protocol’s server metadata', [405], [], 'InferRefusal'),
      '/v2/health/live': free('is it up?', [405], [], 'InferRefusal'),
      '/v2/health/ready': free('may it be sent work?', [405], [], 'InferRefusal'),
      '/v2/models/{name}': free('the tensors that a model takes and gives', [404, 405], [NAME], 'InferRefusal'),
      '/v2/models/{name}/ready': free('is it served?', [404, 405], [NAME], 'InferRefusal'),
      '/v2/models/{name}/infer': paid({
        summary: 'classifies a tensor',
        body: 'InferBody',
        refusal: 'InferRefusal',
        parameters: [NAME],
      }),
    },
    components: {
      schemas: Object.fromEntries(Object.entries(SCHEMAS).map(([name, schema]) => [name, jsonSchemaOf(schema)])),
    },
  };
}
