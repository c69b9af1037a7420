import { auditListSchema, type Audit, type AuditOutcome } from '@oml/protocol/wire/audit';

/** The audits of one verifier's agent, as it tells them. Throws where it does not answer or says something else. */
export async function fetchAudits(verifierUrl: string, signal?: AbortSignal): Promise<Audit[]> {
  const timeout = AbortSignal.timeout(4000);
  const response = await fetch(`${verifierUrl}/audits`, {
    signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
  });
  if (!response.ok) throw new Error(`The verifier answered ${response.status}.`);
  return auditListSchema.parse(await response.json()).audits;
}

const OUTCOMES: Record<AuditOutcome, { word: string; tone: 'money' | 'risk' | 'slashed' | 'plain' }> = {
  paid: { word: 'Paid', tone: 'money' },
  'paid-late': { word: 'Paid late', tone: 'risk' },
  slashed: { word: 'Slashed', tone: 'slashed' },
  excused: { word: 'Host excused', tone: 'money' },
  lapsed: { word: 'Lapsed', tone: 'plain' },
  inconclusive: { word: 'Inconclusive', tone: 'plain' },
};

/** How many receipts its claim accuses. */
export const receiptsWords = (count: number): string => (count === 1 ? '1 receipt' : `${count} receipts`);

/** How an audit ended, or how far it is. "Inconclusive" is never "innocent". */
export function auditWords({ outcome, state, error, steps }: Audit): {
  word: string;
  tone: 'money' | 'risk' | 'slashed' | 'plain' | 'accent';
} {
  if (outcome) return OUTCOMES[outcome];
  if (error || state === 'failed') return { word: 'Failed', tone: 'risk' };
  const at = steps.at(-1)?.name;
  return { word: at ? `Running: ${at}` : 'Running', tone: 'accent' };
}
