import type { Hex } from 'viem';
import { z } from 'zod';
import { bytes32, uint } from './scalars.ts';

/**
 * Where a host says what is left in a channel; asked with `asked_at` (Unix seconds) and, in `OML-Signature`, what the
 * channel's authorizer signed over both (`signed/channel-question.ts`).
 */
export const channelPath = (channelId: Hex): string => `/v1/channels/${channelId}`;

export const channelQuery = z.object({ id: bytes32, asked_at: uint });

/** A channel as its host has it; amounts in the smallest unit of the token. */
export const channelStateSchema = z.object({
  object: z.literal('oml.channel'),
  channelId: bytes32,
  /** What it holds on the chain, as far as that is final. */
  balance: uint,
  /** Total of all that was answered, and what of it is collected. */
  charged: uint,
  collected: uint,
  /** What calls can still cost. */
  left: uint,
  /** Unix seconds; 0 where no withdrawal is under way. */
  withdrawRequestedAt: z.int(),
});
export type ChannelStateJson = z.input<typeof channelStateSchema>;
export type ChannelLeft = z.output<typeof channelStateSchema>;
