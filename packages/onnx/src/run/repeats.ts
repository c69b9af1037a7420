import { headMatches, headOf } from '@oml/protocol/evidence/head';
import { tensorBody, tensorOf } from '@oml/protocol/wire/call-body';
import { messagesBody, plainMessages } from '@oml/protocol/wire/chat-body';
import { onePrompt, promptBody } from '@oml/protocol/wire/completion-body';
import { readJson, readRequest } from '@oml/protocol/wire/read-request';
import { fedValues } from '../data/fed-values.ts';
import { Classifier } from './classifier.ts';
import type { CompletionRequest, LanguageModel } from './language-model.ts';

/** Fills a head of 32 bytes, also where white space comes first. */
const HEAD_TOKENS = 48;

/**
 * Does a model answer a body as a receipt's `head` says, greedily? A text may go on where the receipt's ends, since
 * `max_tokens` is no part of what was asked; a label is the same or another. Throws REQUEST_INVALID, PROMPT_TOO_LONG.
 */
export async function repeats(engine: LanguageModel | Classifier, body: string, head: `0x${string}`): Promise<boolean> {
  const raw = readJson(body);
  if (engine instanceof Classifier) {
    const { shape, data } = tensorOf(readRequest(tensorBody, raw));
    const { label } = await engine.classify({ shape, data: fedValues(data, engine.preprocessing) });
    return headOf(String(label)) === head;
  }
  const prompt = promptOf(engine, raw);
  return headMatches(headOf(await engine.completeText({ prompt, maxTokens: HEAD_TOKENS, temperature: 0 })), head);
}

/** A raw prompt as it stands, or a conversation as the model's own template writes it. */
function promptOf(engine: LanguageModel, raw: unknown): CompletionRequest['prompt'] {
  if (typeof raw === 'object' && raw !== null && 'messages' in raw)
    return engine.conversation(plainMessages(readRequest(messagesBody, raw).messages));
  return onePrompt(readRequest(promptBody, raw).prompt);
}
