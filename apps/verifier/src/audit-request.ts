import { OmlError } from '@oml/protocol/error';
import { address, uint } from '@oml/protocol/wire/scalars';
import { z } from 'zod';

/** What POST /audits takes. */
export const auditRequestSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('paid-use'),
    licenseId: uint,
    /** Name under which the endpoint serves the license's model; the one that names the license if not given. */
    model: z.string().min(1).max(200).optional(),
    calls: z.number().int().min(1).max(16).default(2),
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
export type PaidUseRequest = Extract<AuditRequest, { kind: 'paid-use' }>;
export type DisguiseRequest = Extract<AuditRequest, { kind: 'disguise' }>;

/** Reads an order for an audit. Throws REQUEST_INVALID. */
export function readAuditRequest(body: unknown): AuditRequest {
  const parsed = auditRequestSchema.safeParse(body);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new OmlError('REQUEST_INVALID', `The audit is refused: ${issues.join('; ')}.`, { details: { issues } });
}
