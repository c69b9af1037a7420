import { Ago } from '@oml/ui/ago';
import { Card, Facts, Section } from '@oml/ui/card';
import { Hash } from '@oml/ui/hash';
import { StateBadge } from '@oml/ui/state-badge';
import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { refusalWords } from '#claim/claim-words.ts';
import { AccountLink, HostLink, TxLink } from '#kit/links.tsx';
import { IndexUnavailable, Page } from '#kit/page.tsx';
import { CheckAgain } from '#claim/claim-islands.ts';
import { CheckComing } from '#claim/recheck/check-coming.tsx';
import { readRefusal } from '#server/read-claims.ts';
import { readHash } from '#server/read-id.ts';

export const metadata: Metadata = { title: 'Refused claim' };

export default async function RefusedClaimPage({ params }: { params: Promise<{ hash: string }> }) {
  const hash = readHash((await params).hash) ?? notFound();
  const index = await readRefusal(hash);
  if (!index) return <IndexUnavailable title="Refused claim" />;
  const refused = index.data ?? notFound();
  return (
    <Page
      title="Refused claim"
      intro={
        <span className="flex flex-wrap items-center gap-x-3 gap-y-2">
          <StateBadge of="claim" state="refused" data-testid="claim-state" />
          <span className="text-base text-ink">{refusalWords(refused)}</span>
        </span>
      }
    >
      <Section title="What happened">
        <Card className="p-5">
          <Facts
            rows={[
              ['Transaction', <TxLink key="v" hash={refused.tx} />],
              ['Block', String(refused.blockNumber)],
              ['When', <Ago key="v" at={refused.at} />],
              ['Claimant', <AccountLink key="v" account={refused.from} label="claimant" />],
              ['Accused', refused.account ? <HostLink key="v" account={refused.account} /> : 'not named in the call'],
              ...(refused.licenseId === undefined ? [] : ([['License', String(refused.licenseId)]] as const)),
              [
                'Call',
                <code key="v" className="font-mono">
                  {refused.functionName}
                </code>,
              ],
              [
                'Refused with',
                <code key="v" className="font-mono break-all">
                  {refused.errorName}
                </code>,
              ],
              ...Object.entries(refused.errorArgs).map(
                ([name, value]) =>
                  [name, /^0x[0-9a-fA-F]{40,}$/.test(value) ? <Hash key="v" value={value} /> : value] as const,
              ),
              ['Taken', 'nothing, from anyone; the claimant paid the gas'],
            ]}
          />
        </Card>
      </Section>
      <Section title="Evidence">
        <CheckAgain refused={refused} fallback={<CheckComing />} />
      </Section>
    </Page>
  );
}
