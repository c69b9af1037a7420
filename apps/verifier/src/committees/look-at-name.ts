import { REPORT_OUTCOME } from '@oml/protocol/chain/report-state';
import { isDomainOf, isImpersonation, type DomainWord } from '@oml/protocol/evidence/name';
import { DOMAIN_NAMES_PATH, domainNamesSchema, reportEvidenceSchema } from '@oml/protocol/wire/report-evidence';
import { fetchText } from '@oml/service/fetch-text';
import type { Guard } from '@oml/service/guarded-fetch';
import type { Address } from 'viem';
import type { Pointer } from '../chain/cases.ts';
import type { Found } from './duty-context.ts';
import { evidenceBy } from './read-evidence.ts';

export interface ReportedName {
  name: string;
  reporter: Address;
  holder: Address;
  pointers: readonly Pointer[];
}

/** Applies the plain rule (`isImpersonation`) to the domains that both sides named. */
export async function lookAtName({ name, reporter, holder, pointers }: ReportedName, limits: Guard): Promise<Found> {
  const documents = await Promise.all(
    [reporter, holder].map((who) => evidenceBy(who, pointers, reportEvidenceSchema, limits)),
  );
  const domains = new Set(documents.flat().flatMap((document) => document.domains));
  const words = await Promise.all(
    [...domains].filter((domain) => isDomainOf(name, domain)).map((domain) => wordOf(domain, name, limits)),
  );
  const vote = isImpersonation(name, { reporter, holder }, words) ? REPORT_OUTCOME.UPHELD : REPORT_OUTCOME.DISMISSED;
  return { vote, evidence: { name, words } };
}

/** Whom a domain names. One without a dot stands on a private network, where nobody has certificates. */
async function wordOf(domain: string, name: string, limits: Guard): Promise<DomainWord> {
  const scheme = domain.includes('.') ? 'https' : 'http';
  try {
    const text = await fetchText(`${scheme}://${domain}${DOMAIN_NAMES_PATH}`, limits);
    return { domain, holder: domainNamesSchema.parse(JSON.parse(text)).names[name] };
  } catch {
    return { domain, holder: undefined };
  }
}
