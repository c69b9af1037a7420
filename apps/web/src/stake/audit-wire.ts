import { z } from 'zod';

const text = z.string().max(2000);
const auditSchema = z.object({
  id: text,
  kind: text,
  state: text,
  target: z.record(z.string(), z.unknown()).default({}),
  steps: z
    .array(z.object({ name: text, at: text.or(z.number()).optional(), tx: text.nullish(), note: text.nullish() }))
    .default([]),
  verdict: text.nullish(),
  claimId: text.nullish(),
  error: z.object({ code: text, message: text }).nullish(),
});
const listSchema = z.union([
  z.array(auditSchema),
  z.object({ audits: z.array(auditSchema) }).transform(({ audits }) => audits),
]);

export type Audit = z.output<typeof auditSchema>;

/** The audits of one verifier's agent, as it tells them. Throws where it does not answer or says something else. */
export async function fetchAudits(verifierUrl: string, signal?: AbortSignal): Promise<Audit[]> {
  const timeout = AbortSignal.timeout(4000);
  const response = await fetch(`${verifierUrl}/audits`, {
    signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
  });
  if (!response.ok) throw new Error(`The verifier answered ${response.status}.`);
  return listSchema.parse(await response.json());
}

const VERDICTS: Record<string, { word: string; tone: 'money' | 'risk' | 'slashed' | 'plain' }> = {
  paid: { word: 'Paid', tone: 'money' },
  'paid-late': { word: 'Paid late', tone: 'risk' },
  slashed: { word: 'Slashed', tone: 'slashed' },
  cleared: { word: 'Cleared', tone: 'money' },
  lapsed: { word: 'Lapsed', tone: 'plain' },
  inconclusive: { word: 'Inconclusive', tone: 'plain' },
};

/** How an audit ended, or how far it is. "Inconclusive" is never "innocent". */
export function auditWords({ verdict, state, error, steps }: Audit): {
  word: string;
  tone: 'money' | 'risk' | 'slashed' | 'plain' | 'accent';
} {
  if (verdict) return VERDICTS[verdict] ?? { word: verdict, tone: 'plain' };
  if (error || state === 'failed') return { word: 'Failed', tone: 'risk' };
  const at = steps.at(-1)?.name;
  return { word: at ? `Running: ${at}` : 'Running', tone: 'accent' };
}
