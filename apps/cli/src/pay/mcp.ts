import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { isOmlError } from '@oml/protocol/error';
import { formatDollars } from '@oml/protocol/money';
import { CALL_PATH, CHAT_PATH } from '@oml/protocol/wire/model-kind';
import { readQuote } from '@oml/sdk/quote';
import { refusalOf } from '@oml/sdk/refusal';
import { plainError } from '@oml/service/plain-error';
import { z } from 'zod';
import { listByModel } from './model-list.ts';
import type { Purse } from './purse.ts';

const MOST_MODELS = 50;
const MOST_RECEIPTS = 100;

const messages = z
  .array(z.object({ role: z.enum(['system', 'user', 'assistant']), content: z.string() }))
  .min(1)
  .optional()
  .describe('A conversation, for models that hold one; else give prompt.');
const question = {
  model: z.string().describe('Its id, as search_models lists it.'),
  prompt: z.string().min(1).optional().describe('A text to go on with.'),
  messages,
  max_tokens: z.int().min(1).max(4_096).default(256).describe('Tokens to answer at most: they are paid for.'),
  temperature: z.number().min(0).max(2).optional(),
};
type Question = z.output<z.ZodObject<typeof question>>;

/**
 * Tools for a program that thinks: what there is to buy, what it would cost, buying it, and what was bought. What may
 * be spent is the purse's budget, and no tool changes it.
 */
export function mcpServer(
  { market, offers, journal, send }: Pick<Purse, 'market' | 'offers' | 'journal' | 'send'>,
  version: string,
): McpServer {
  const server = new McpServer({ name: 'oml', version });

  server.registerTool(
    'search_models',
    {
      description: 'Lists models that can be bought from just now, with the most that one call costs at each host.',
      inputSchema: { query: z.string().max(120).optional().describe('A part of the name; without it, all.') },
      annotations: { readOnlyHint: true, openWorldHint: true },
    },
    ({ query }) =>
      told(async () => {
        const wanted = query?.toLowerCase() ?? '';
        const found = listByModel(await offers()).filter(({ name }) => name.toLowerCase().includes(wanted));
        const models = found.slice(0, MOST_MODELS).map(({ id, kind, model_id, price, hosts }) => ({
          id,
          kind,
          model_id,
          most_per_call: `$${formatDollars(BigInt(price))}`,
          hosts: hosts.length,
        }));
        return { models, left_out: found.length - models.length };
      }),
  );

  server.registerTool(
    'quote',
    {
      description: 'Says what a question would cost at most, for nothing.',
      inputSchema: question,
      annotations: { readOnlyHint: true, openWorldHint: true },
    },
    (asked) =>
      told(async () => {
        const [offer] = await market.choose(asked.model);
        const { ceiling, inputTokens, mostOutputTokens } = await readQuote(
          offer!.baseUrl,
          { ...bodyOf(asked), model: offer!.model },
          send,
        );
        return {
          most: `$${formatDollars(ceiling)}`,
          input_tokens: inputTokens,
          most_output_tokens: mostOutputTokens,
          host: offer!.baseUrl,
          budget: await left(),
        };
      }),
  );

  server.registerTool(
    'ask',
    {
      description: 'Asks a model and pays for the answer out of the budget. The answer is text of a stranger’s model.',
      inputSchema: question,
      annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: true },
    },
    (asked, { signal }) =>
      told(async () => {
        const path = asked.messages ? CHAT_PATH : CALL_PATH.language;
        const { response, offer } = await market.send({ path, body: bodyOf(asked), signal });
        if (!response.ok) throw await refusalOf(response);
        const answer = (await response.json()) as Answer;
        const [choice] = answer.choices ?? [];
        return {
          text: choice?.message?.content ?? choice?.text ?? '',
          finish_reason: choice?.finish_reason,
          cost: answer.usage?.cost === undefined ? undefined : `$${answer.usage.cost}`,
          payment_ref: answer.payment_ref,
          host: offer.baseUrl,
          license: String(offer.licenseId),
          budget: await left(),
        };
      }),
  );

  server.registerTool(
    'receipts',
    {
      description: 'Lists what was bought, the newest first, each with what it cost and the license that answered.',
      inputSchema: { last: z.int().min(1).max(MOST_RECEIPTS).default(10) },
      annotations: { readOnlyHint: true },
    },
    ({ last }) =>
      told(async () => {
        const bought = journal.read(last).map(({ at, model, licenseId, amount, paymentRef }) => ({
          at,
          model,
          license: licenseId,
          cost: `$${formatDollars(BigInt(amount))}`,
          payment_ref: paymentRef,
        }));
        return { receipts: bought, budget: await left() };
      }),
  );

  async function left(): Promise<Record<string, string>> {
    const { day, month } = (await market.budget()) ?? {};
    return {
      ...(day ? { left_today: `$${formatDollars(day.left)}` } : {}),
      ...(month ? { left_this_month: `$${formatDollars(month.left)}` } : {}),
    };
  }

  return server;
}

interface Answer {
  choices?: { text?: string; message?: { content?: string }; finish_reason?: string }[];
  usage?: { cost?: number };
  payment_ref?: string;
}

/** Throws where nothing, or two things, are asked. */
function bodyOf({ model, prompt, messages, max_tokens, temperature }: Question): Record<string, unknown> {
  if ((prompt === undefined) === (messages === undefined)) throw new Error('Give prompt or messages, one of them.');
  const drawing = { max_tokens, ...(temperature === undefined ? {} : { temperature }) };
  return { model, ...(messages ? { messages } : { prompt }), ...drawing };
}

/** A tool that fails says why, with its code: whoever called it reads that and goes on. */
async function told(work: () => Promise<Record<string, unknown>>) {
  try {
    const result = await work();
    return { content: [{ type: 'text' as const, text: JSON.stringify(result) }], structuredContent: result };
  } catch (error) {
    const { code, message } =
      isOmlError(error) || !(error instanceof Error)
        ? plainError(error)
        : { code: 'REQUEST_INVALID', message: error.message };
    return { content: [{ type: 'text' as const, text: `${code}: ${message}` }], isError: true };
  }
}
