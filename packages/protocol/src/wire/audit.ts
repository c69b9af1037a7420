import { z } from 'zod';
import { address, uint } from './scalars.ts';

/** Calls of one audit at most: so many receipts fit one claim, which then costs a million gas (`claimUnpaid16`). */
const MOST_CALLS = 16;

/** What `POST /audits` takes. */
export const auditRequestSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('paid-use'),
    licenseId: uint,
    /** Name under which the endpoint serves the license's model; the one that names the license if not given. */
    model: z.string().min(1).max(200).optional(),
    calls: z.number().int().min(1).max(MOST_CALLS).default(2),
    /** Reveal a claim even if every receipt is booked, so that the contract's refusal stands on chain. */
    challenge: z.boolean().default(false),
  }),
  z.strictObject({
    kind: z.literal('disguise'),
    account: address,
    /** The model suspected to be in use. */
    modelId: uint,
  }),
]);
export type AuditRequest = z.output<typeof auditRequestSchema>;
export type AuditRequestJson = z.input<typeof auditRequestSchema>;

/** How an audit ended. "Inconclusive" is never "innocent". */
export const AUDIT_OUTCOMES = ['paid', 'paid-late', 'slashed', 'excused', 'lapsed', 'inconclusive'] as const;
export type AuditOutcome = (typeof AUDIT_OUTCOMES)[number];

const text = z.string().max(2000);

/** One audit, as a verifier's agent tells anybody (`GET /audits`, `GET /audits/:id`). */
export const auditSchema = z.object({
  id: text,
  kind: text,
  state: text,
  target: z.record(z.string(), z.unknown()).default({}),
  steps: z
    .array(z.object({ name: text, at: text.or(z.number()).optional(), tx: text.nullish(), note: text.nullish() }))
    .default([]),
  /** Once it is done. */
  outcome: z.enum(AUDIT_OUTCOMES).nullish(),
  claimId: text.nullish(),
  /** How many receipts the claim accuses. */
  receipts: z.number().int().nullish(),
  error: z.object({ code: text, message: text }).nullish(),
});
export type Audit = z.output<typeof auditSchema>;

/** What `GET /audits` answers. */
export const auditListSchema = z.object({ audits: z.array(auditSchema) });

/** What the audits of one host have found lately, and what that is worth. */
export const hostStandingSchema = z.object({
  account: address,
  /** How many ended within the window, and how. */
  audits: z.number().int(),
  paid: z.number().int(),
  paidLate: z.number().int(),
  slashed: z.number().int(),
  /** Unknown until several audits agree. */
  standing: z.enum(['unknown', 'pays', 'owes']),
  /** From when on it is unknown again unless more audits come. */
  lapsesAt: text.optional(),
  /** When the last of them ended. */
  lastAuditAt: text.optional(),
});
export type HostStanding = z.output<typeof hostStandingSchema>;

/** `GET /hosts?since=`: only hosts of which an audit ended then or later, with all figures of the window. */
export const hostsQuerySchema = z.object({ since: z.iso.datetime({ offset: true }).optional() });

/** What `GET /hosts` answers. */
export const hostStandingsSchema = z.object({ windowDays: z.number().int(), hosts: z.array(hostStandingSchema) });
