import { z } from 'zod';
import { classifyBody } from './call-body.ts';
import { chatBody } from './chat-body.ts';
import { completionBody } from './completion-body.ts';
import { inferBody } from './infer-body.ts';
import { meteredSchema } from './price.ts';
import { address, bytes32, uint } from './scalars.ts';

/** Where a host says what a body would cost, for nothing. */
export const QUOTE_PATH = '/v1/quote';

/**
 * A body as it would be sent to be answered. Those of the Open Inference Protocol name their model in the path: here it
 * stands beside the rest.
 */
export const inferQuoteBody = inferBody.extend({ model: z.string() });
export const quoteBody = z.union([completionBody, chatBody, classifyBody, inferQuoteBody]);

/** The most that the call costs at present, and by which price. */
export const quoteSchema = z.object({
  object: z.literal('oml.quote'),
  model: z.string(),
  /** What an `exact` payment pays, and a voucher must allow; smallest unit of the token. */
  ceiling: uint,
  /** Names the price; the 402 repeats it. */
  priceVersion: bytes32,
  network: z.string(),
  token: address,
  payTo: address,
  /** Tokens of what is asked, and the most that are answered. */
  inputTokens: z.int(),
  mostOutputTokens: z.int(),
  /** The most that any call costs; what each does where it is not metered. */
  price: uint,
  metered: meteredSchema.optional(),
});
export type Quote = z.output<typeof quoteSchema>;
export type QuoteJson = z.input<typeof quoteSchema>;
