import { getClaim } from '@oml/db/claims';
import type { ClaimRow } from '@oml/db/claims';
import { Ago } from '@oml/ui/ago';
import { Amount } from '@oml/ui/amount';
import { Card, Facts, Section } from '@oml/ui/card';
import { Definition } from '@oml/ui/definition';
import { Hash } from '@oml/ui/hash';
import { shortHex } from '@oml/ui/short-hex';
import { StateBadge } from '@oml/ui/state-badge';
import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { ClaimTimeline } from '../../../claims/claim-timeline.tsx';
import { claimName, claimOutcome, OFFENCE_TERMS, OFFENCE_WORDS, whoCanAct } from '../../../claims/claim-words.ts';
import { MoneySplit } from '../../../claims/money-split.tsx';
import { HostLink, TextLink } from '../../../parts/links.tsx';
import { LiveRefresh } from '../../../parts/live-refresh.tsx';
import { IndexUnavailable, Page } from '../../../parts/page.tsx';
import { CheckAgain } from '../../../recheck/check-again.tsx';
import { readHeads } from '../../../server/chain-reader.ts';
import { readIndex } from '../../../server/index-reader.ts';
import { readHash } from '../../../server/read-id.ts';

interface Props {
  params: Promise<{ id: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Claim ${shortHex((await params).id)}` };
}

export default async function ClaimPage({ params }: Props) {
  const claimId = readHash((await params).id) ?? notFound();
  const [index, heads] = await Promise.all([readIndex((db) => getClaim(db, claimId)), readHeads()]);
  if (!index) return <IndexUnavailable title={claimName({ claimId })} />;
  const claim = index.data ?? notFound();
  const isOpen = claim.state === 'contested' || claim.state === 'proving';
  return (
    <Page
      title={claimName(claim)}
      intro={
        <span className="flex flex-wrap items-center gap-x-3 gap-y-2">
          <span data-testid="claim-state">
            <StateBadge of="claim" state={claim.state} />
          </span>
          <span className="text-base text-ink">{claimOutcome(claim)}</span>
        </span>
      }
    >
      {isOpen ? <LiveRefresh everyMs={2000} /> : null}
      <div className="grid items-start gap-8 lg:grid-cols-[minmax(0,1fr)_23rem]">
        <div className="flex min-w-0 flex-col gap-10">
          <Section title="What happened">
            <Card className="p-5">
              <ClaimTimeline claim={claim} finalized={heads?.finalized} />
            </Card>
          </Section>
          <Section title="Evidence">
            <CheckAgain claim={claim} />
          </Section>
        </div>
        <div className="flex min-w-0 flex-col gap-8">
          <Section title="The accusation">
            <Card className="p-5">
              <Facts
                rows={[
                  [
                    'Offence',
                    <Definition key="v" of={OFFENCE_TERMS[claim.offence]}>
                      {OFFENCE_WORDS[claim.offence]}
                    </Definition>,
                  ],
                  ['Host', <HostLink key="v" account={claim.account} />],
                  ['Claimant', <Hash key="v" value={claim.claimant} label="claimant" />],
                  [
                    'Model',
                    <TextLink key="v" href={`/models/${claim.modelId}`}>
                      Model {String(claim.modelId)}
                    </TextLink>,
                  ],
                  ...(claim.licenseId > 0n ? ([['License', String(claim.licenseId)]] as const) : []),
                  [
                    claim.offence === 'disguised-use' ? 'Batch' : 'Receipt',
                    <Hash
                      key="v"
                      value={claim.claimId}
                      label={claim.offence === 'disguised-use' ? 'batch' : 'receipt digest'}
                    />,
                  ],
                  ...(claim.offence === 'disguised-use' ? ([['Evidence score', evidenceScore(claim)]] as const) : []),
                  ['Claimant’s bond', <Amount key="v" value={claim.bond} />],
                  ['Within reach', <Amount key="v" value={claim.reach} />],
                  ['Revealed', <Ago key="v" at={claim.revealedAt} />],
                  ...(claim.answerBy ? ([['Window', <Ago key="v" at={claim.answerBy} />]] as const) : []),
                ]}
              />
            </Card>
          </Section>
          <Section title="Who can act">
            <Card className="p-5 text-sm text-ink-soft">{whoCanAct(claim, new Date())}</Card>
          </Section>
          <Section title="Money">
            <MoneySplit claim={claim} />
          </Section>
        </div>
      </div>
    </Page>
  );
}

/** The court weighs the items at once, when it admits the claim. */
function evidenceScore({ score, needed, itemCount, itemsProven }: ClaimRow): string {
  return needed === 0
    ? `${itemsProven} of ${itemCount} items shown`
    : `${score} of ${needed} needed, from ${itemCount} items`;
}
