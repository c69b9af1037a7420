import { OmlError } from '@oml/protocol/error';
import { auditSchema, type Audit, type AuditRequestJson } from '@oml/protocol/wire/audit';
import { urlOf } from './layout.ts';
import { adminToken } from './services.ts';
import { until } from './wait.ts';

// Only to notice a hang.
const AUDIT_TIMEOUT_MS = 900_000;

/** Asks the verifier for an audit and follows it to its end. Throws where it failed. */
export async function runAudit(request: AuditRequestJson, follow: (note: string) => void): Promise<Audit> {
  const answer = await fetch(`${urlOf('verifier')}/audits`, {
    method: 'POST',
    headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
    body: JSON.stringify(request),
  });
  if (!answer.ok) throw new OmlError('UNAVAILABLE', `The verifier refused an audit: ${await answer.text()}`);
  const { id } = (await answer.json()) as { id: string };
  const audit = await until(`The end of audit ${id} (${request.kind})`, () => endOf(id, follow), AUDIT_TIMEOUT_MS, 500);
  if (audit.state === 'failed')
    throw new OmlError('UNAVAILABLE', `The audit ${request.kind} failed: ${JSON.stringify(audit.error)}`);
  return audit;
}

async function endOf(id: string, follow: (note: string) => void): Promise<Audit | undefined> {
  // Only its operator sees an audit before it is over.
  const headers = { authorization: `Bearer ${adminToken}` };
  const audit = auditSchema.parse(await (await fetch(`${urlOf('verifier')}/audits/${id}`, { headers })).json());
  const last = audit.steps.at(-1);
  follow(last?.note ?? last?.name ?? audit.state);
  return audit.state === 'done' || audit.state === 'failed' ? audit : undefined;
}
