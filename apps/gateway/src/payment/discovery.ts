import { EMBEDDINGS_PATH } from '@oml/protocol/wire/embeddings-body';
import { CALL_PATH, CHAT_PATH } from '@oml/protocol/wire/model-kind';
import { bazaarResourceServerExtension, declareDiscoveryExtension } from '@x402/extensions/bazaar';

type Json = Record<string, unknown>;

/** How a call is made, in few words: clients send it back with every payment, and headers have their limits. */
interface Described {
  input: Json;
  inputSchema: Json;
  example: Json;
  outputSchema: Json;
}

const TEXT = { type: 'string' };
const COUNT = { type: 'integer', minimum: 1 };
const CHOICES = { properties: { choices: { type: 'array' }, usage: { type: 'object' }, payment_ref: TEXT } };
const DATA = { properties: { data: { type: 'array' }, usage: { type: 'object' } } };
const LABEL = { properties: { label: { type: 'integer' }, probabilities: { type: 'array' } } };

const schemaOf = (properties: Json, required: readonly string[]): Json => ({ type: 'object', properties, required });

const BY_PATH: Record<string, (model: string) => Described> = {
  [CALL_PATH.language]: (model) => ({
    input: { model, prompt: 'Once upon a time', max_tokens: 16 },
    inputSchema: schemaOf({ model: TEXT, prompt: TEXT, max_tokens: COUNT }, ['model', 'prompt']),
    example: { choices: [{ text: ' there was' }], usage: { completion_tokens: 16 } },
    outputSchema: CHOICES,
  }),
  [CHAT_PATH]: (model) => ({
    input: { model, messages: [{ role: 'user', content: 'Hello' }], max_tokens: 16 },
    inputSchema: schemaOf({ model: TEXT, messages: { type: 'array' }, max_tokens: COUNT }, ['model', 'messages']),
    example: { choices: [{ message: { role: 'assistant', content: 'Hi' } }], usage: { completion_tokens: 1 } },
    outputSchema: CHOICES,
  }),
  [EMBEDDINGS_PATH]: (model) => ({
    input: { model, input: 'Hello' },
    inputSchema: schemaOf({ model: TEXT, input: TEXT }, ['model', 'input']),
    example: { data: [{ embedding: [0] }] },
    outputSchema: DATA,
  }),
  [CALL_PATH.classifier]: (model) => ({
    input: { model, dtype: 'uint8', shape: [1, 4], data: 'AAAAAA==' },
    inputSchema: schemaOf({ model: TEXT, dtype: TEXT, shape: { type: 'array' }, data: TEXT }, [
      'model',
      'dtype',
      'shape',
      'data',
    ]),
    example: { label: 3, probabilities: [] },
    outputSchema: LABEL,
  }),
};

/**
 * What catalogues of paid services are told of a call (x402's Bazaar): its method, an example, and schemas of what goes
 * in and comes out. `/openapi.json` has all of it. Nothing for calls whose path names the model.
 */
export function discoveryOf(path: string, model: string): Json | undefined {
  const described = BY_PATH[path]?.(model);
  if (!described) return undefined;
  const { input, inputSchema, example, outputSchema } = described;
  const output = { example, schema: outputSchema };
  const declared = declareDiscoveryExtension({ bodyType: 'json', input, inputSchema, output })['bazaar'];
  const context = { method: 'POST', adapter: { getPath: () => path } };
  return { bazaar: bazaarResourceServerExtension.enrichDeclaration!(declared, context as never) };
}
