import { z } from 'zod';
import { address, uint } from './scalars.ts';

/** Who may publish at a publisher: those it names, those who hold a deposit, or anybody. */
export const publishingBy = z.enum(['invitation', 'deposit', 'open']);
export type PublishingBy = z.output<typeof publishingBy>;

/** What `GET /owners` of a publisher answers. */
export const publishingSchema = z.object({
  by: publishingBy,
  /** Free bond at the license registry that one who is not invited must hold, in the token's smallest unit. */
  deposit: uint.nullable(),
  /** Whom to ask, in the operator's words. */
  contact: z.string().max(300).nullable(),
});
export type PublishingJson = z.input<typeof publishingSchema>;
export type Publishing = z.output<typeof publishingSchema>;

/** What `GET /owners/:address` answers: the same, and whether this address may; `why` says why not. */
export const mayPublishSchema = publishingSchema.extend({
  address,
  may: z.boolean(),
  why: z.string().max(2_000).nullable(),
});
export type MayPublish = z.output<typeof mayPublishSchema>;
export type MayPublishJson = z.input<typeof mayPublishSchema>;
