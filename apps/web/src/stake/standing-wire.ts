import { hostStandingsSchema, type HostStanding } from '@oml/protocol/wire/audit';
import type { z } from 'zod';

/** What one verifier's agent says of hosts. Throws where it does not answer or says something else. */
export async function fetchStandings(
  verifierUrl: string,
  signal?: AbortSignal,
): Promise<z.output<typeof hostStandingsSchema>> {
  const timeout = AbortSignal.timeout(4000);
  const response = await fetch(`${verifierUrl}/hosts`, {
    signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
  });
  if (!response.ok) throw new Error(`The verifier answered ${response.status}.`);
  return hostStandingsSchema.parse(await response.json());
}

const WORDS = {
  unknown: { word: 'Not known', tone: 'plain' },
  pays: { word: 'Pays', tone: 'money' },
  owes: { word: 'Owed', tone: 'risk' },
} as const;

/** A standing, and until when it holds. */
export function standingWords({ standing, lapsesAt }: HostStanding) {
  const title = lapsesAt
    ? `Until ${lapsesAt.slice(0, 10)}, unless more audits come.`
    : 'Too few audits, or too different ones.';
  return { ...WORDS[standing], title };
}
