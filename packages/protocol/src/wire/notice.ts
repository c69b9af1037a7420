import { z } from 'zod';
import { CLAIM_STATES, OFFENCES } from '../chain/claim-state.ts';
import { address, bytes32, uint } from './scalars.ts';

/** Where notices are sent to. */
export const NOTICE_CHANNELS = ['mail', 'webhook'] as const;
export type NoticeChannel = (typeof NOTICE_CHANNELS)[number];

const time = z.iso.datetime();
const base = {
  /** The same fact has the same key for ever, whoever asks, also after a rollback. */
  key: z.string().min(1).max(200),
  account: address,
  /** Since when it holds. */
  at: time,
  /** By when somebody has to act. */
  until: time.optional(),
  /** Does it ask for something now? */
  isOpen: z.boolean(),
};
const id = z.string().regex(/^\d{1,78}$/);

/**
 * What an account is told, as a webhook's `data` carries it: facts of the chain alone, amounts in the token's smallest
 * unit as decimal strings.
 */
export const noticeSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('claim'),
    ...base,
    claimId: bytes32,
    offence: z.enum(OFFENCES),
    modelId: id,
    /** Most that it can take of the bond. */
    reach: uint,
  }),
  z.object({
    kind: z.literal('claim-ended'),
    ...base,
    claimId: bytes32,
    state: z.enum(CLAIM_STATES),
    modelId: id,
    taken: uint,
  }),
  /** The bond, without what is announced to leave, does not reach what licenses reserve. */
  z.object({ kind: z.literal('bond-low'), ...base, bond: uint, reserved: uint }),
  /** An edition was delivered and is not in use. */
  z.object({ kind: z.literal('release-due'), ...base, licenseId: id, modelId: id, release: z.number().int() }),
  /** What was asked back may be taken now. */
  z.object({
    kind: z.literal('withdrawal-ready'),
    ...base,
    of: z.enum(['bond', 'stake', 'title']),
    amount: uint,
    modelId: id.optional(),
  }),
  /** All that reached the account out of vaults on one day (UTC). */
  z.object({
    kind: z.literal('payout'),
    ...base,
    day: z.iso.date(),
    amount: uint,
    /** What the token refused to pay: it lies ready. */
    credited: uint,
    count: z.number().int(),
  }),
  /** So much of a month's budget is spent, by what vaults have booked. */
  z.object({
    kind: z.literal('budget'),
    ...base,
    month: z.string().regex(/^\d{4}-\d{2}$/),
    spent: uint,
    budget: uint,
    percent: z.number().int(),
  }),
]);

/** As it travels and is stored. */
export type NoticeJson = z.input<typeof noticeSchema>;
export type NoticeKind = NoticeJson['kind'];

const budget = uint.optional();

/** Where an account wants to be told; with a budget of a month, smallest unit, it hears when that is spent. */
export const newSubscriptionSchema = z.discriminatedUnion('channel', [
  z.strictObject({ channel: z.literal('mail'), target: z.email().max(254), budget }),
  z.strictObject({ channel: z.literal('webhook'), target: z.url().max(2_000), budget }),
]);
