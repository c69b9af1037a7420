import { Template } from '@huggingface/jinja';
import { OmlError } from '@oml/protocol/error';
import type { Tokenizer } from './tokenizer.ts';

/** One turn of a conversation, its content as plain text. */
export interface ChatMessage {
  role: string;
  content: string;
  name?: string;
}

/** How a model wants a conversation written. */
export interface ChatTemplate {
  /** The prompt after which the answer begins, its special tokens written out. Throws REQUEST_INVALID. */
  render(messages: readonly ChatMessage[]): string;
}

/**
 * The tokens after which the answer to a conversation begins. Throws REQUEST_INVALID, also where there is no template.
 */
export function conversationTokens(
  { tokenizer, chatTemplate }: { tokenizer: Pick<Tokenizer, 'encodeWritten'>; chatTemplate: ChatTemplate | undefined },
  messages: readonly ChatMessage[],
): number[] {
  if (chatTemplate) return tokenizer.encodeWritten(chatTemplate.render(messages));
  throw new OmlError('REQUEST_INVALID', 'This model has no chat template: it completes raw prompts.', {
    details: { param: 'model' },
  });
}

const SPECIAL = ['bos_token', 'eos_token', 'unk_token', 'pad_token', 'sep_token', 'cls_token', 'mask_token'];

/** Where several templates have names, conversations without tools take this one. */
const DEFAULT_NAME = 'default';

/**
 * The chat template of a `tokenizer_config.json`; undefined where there is none. One that cannot be read refuses
 * conversations, and nothing else: no model escapes a look at it by a broken template.
 */
export function readChatTemplate(config: unknown): ChatTemplate | undefined {
  const settings = (config ?? {}) as Record<string, unknown>;
  const source = sourceOf(settings['chat_template']);
  if (source === undefined) return undefined;
  const special = specialTokens(settings);
  const template = parse(source);
  return {
    render(messages) {
      if (template === undefined) throw refused('it cannot be read');
      try {
        return template.render({
          ...special,
          messages: messages.map((one) => ({ ...one })),
          add_generation_prompt: true,
        });
      } catch (cause) {
        throw refused(cause instanceof Error ? cause.message.slice(0, 200) : 'it failed', cause);
      }
    },
  };
}

const refused = (why: string, cause?: unknown): OmlError =>
  new OmlError('REQUEST_INVALID', `The model's chat template refuses this conversation: ${why}`, {
    details: { param: 'messages' },
    cause,
  });

function parse(source: string): Template | undefined {
  try {
    return new Template(source);
  } catch {
    return undefined;
  }
}

function sourceOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) return undefined;
  const named = value as { name?: unknown; template?: unknown }[];
  const { template } = named.find(({ name }) => name === DEFAULT_NAME) ?? {};
  return typeof template === 'string' ? template : undefined;
}

/** Special tokens by the names under which templates write them. */
function specialTokens(settings: Record<string, unknown>): Record<string, string> {
  const found = SPECIAL.flatMap((name) => {
    const token = settings[name];
    const text = typeof token === 'string' ? token : (token as { content?: unknown } | null | undefined)?.content;
    return typeof text === 'string' ? [[name, text] as const] : [];
  });
  return Object.fromEntries(found);
}
