import { conversationTokens } from '@oml/onnx/chat-template';
import { isOmlError } from '@oml/protocol/error';
import type { Subject } from './subject.ts';

/**
 * The tokens after which a model answers to a text in a conversation, behind a system prompt where one is given;
 * undefined where its template refuses that. Only for subjects with a chat template.
 */
export function inConversation(
  { tokenizer, chatTemplate }: Subject,
  text: string,
  system: string | undefined,
): number[] | undefined {
  const messages = [
    ...(system === undefined ? [] : [{ role: 'system', content: system }]),
    { role: 'user', content: text },
  ];
  try {
    return conversationTokens({ tokenizer: tokenizer!, chatTemplate }, messages);
  } catch (error) {
    if (isOmlError(error) && error.code === 'REQUEST_INVALID') return undefined;
    throw error;
  }
}

/**
 * Texts as the only message of a conversation each, where the model answers; none for one without a chat template, and
 * none that its template refuses.
 */
export function conversationsOf(subject: Subject, texts: readonly (readonly number[])[]): number[][] {
  const { tokenizer, chatTemplate } = subject;
  if (!chatTemplate) return [];
  return texts.flatMap((ids) => {
    const asked = inConversation(subject, tokenizer!.decode(ids), undefined);
    return asked ? [asked] : [];
  });
}
