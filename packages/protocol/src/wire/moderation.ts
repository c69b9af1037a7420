import { z } from 'zod';

/** What an operator of a site does about a model. */
export const MODERATION_ACTIONS = ['taken-down', 'put-back'] as const;
export type ModerationAction = (typeof MODERATION_ACTIONS)[number];

/** An operator's word about a model; its reason is public for ever. */
export const moderationSchema = z.strictObject({
  modelId: z.string().regex(/^[1-9]\d{0,17}$/),
  action: z.enum(MODERATION_ACTIONS),
  reason: z.string().trim().min(10).max(1_000),
  /** A takedown ends by itself then. */
  until: z.iso.datetime().optional(),
});
