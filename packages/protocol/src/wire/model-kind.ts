import { z } from 'zod';

/** What a model answers with: text, or one of its labels. */
export const modelKind = z.enum(['language', 'classifier']);
export type ModelKind = z.output<typeof modelKind>;

/** Where a host answers calls of each kind. */
export const CALL_PATH = { language: '/v1/completions', classifier: '/v1/classify' } as const satisfies Record<
  ModelKind,
  string
>;

/** Where a host goes on with a conversation, if its language model has a chat template. */
export const CHAT_PATH = '/v1/chat/completions';
