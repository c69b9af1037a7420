import { z } from 'zod';
import { neutral, neutralList, neutralObject, openAiMembers, text } from './openai-members.ts';

const textPart = z.strictObject({ type: z.literal('text'), text });

/** The empty members are those that a client sends back in an answer of ours. */
const message = z.strictObject({
  role: z.enum(['system', 'developer', 'user', 'assistant']),
  content: z.union([text, z.array(textPart).min(1)], { error: 'is a whole text, or a list of text parts' }),
  name: text.nullish(),
  refusal: neutral(),
  audio: neutral(),
  annotations: neutralList,
  tool_calls: neutralList,
  function_call: neutral(),
});
const messages = z.array(message).min(1);

/** A schema is handed on to engines that write by it. */
const responseFormat = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('text') }),
  z.strictObject({ type: z.literal('json_object') }),
  z.strictObject({
    type: z.literal('json_schema'),
    json_schema: z.strictObject({
      name: text.regex(/^[\w-]{1,64}$/, 'is 1 to 64 letters, digits, _ and -'),
      description: text.nullish(),
      schema: z.record(z.string(), z.unknown()).optional(),
      strict: z.boolean().nullish(),
    }),
  }),
]);
export type ResponseFormat = z.output<typeof responseFormat>;

/** A body of `POST /v1/chat/completions`, as OpenAI has it. */
export const chatBody = z.strictObject({
  ...openAiMembers,
  messages,
  logprobs: z.boolean().nullish(),
  top_logprobs: z.int().min(0).max(20).nullish(),
  response_format: responseFormat.nullish(),
  tools: neutralList,
  tool_choice: neutral('none', 'auto'),
  parallel_tool_calls: z.boolean().nullish(),
  functions: neutralList,
  function_call: neutral('none', 'auto'),
  modalities: z.array(z.literal('text')).length(1).nullish(),
  audio: neutral(),
  prediction: neutral(),
  web_search_options: neutral(),
  reasoning_effort: neutral('none'),
  verbosity: neutral('medium'),
  store: neutral(false),
  metadata: neutralObject,
  service_tier: neutral('auto', 'default'),
  prompt_cache_key: text.nullish(),
  safety_identifier: text.nullish(),
});
export type ChatBody = z.output<typeof chatBody>;

/** What a language model is asked in a conversation, by itself. */
export const messagesBody = z.object({ messages });

/** The turns as templates know them: OpenAI's `developer` is their `system`, and parts are one text. */
export const plainMessages = (given: ChatBody['messages']): { role: string; content: string; name?: string }[] =>
  given.map(({ role, content, name }) => ({
    role: role === 'developer' ? 'system' : role,
    content: typeof content === 'string' ? content : content.map(({ text }) => text).join(''),
    ...(name == null ? {} : { name }),
  }));
