import { Ago } from '@oml/ui/ago';
import { Amount } from '@oml/ui/amount';
import { Card, Facts, Section } from '@oml/ui/card';
import { Definition } from '@oml/ui/definition';
import { Hash } from '@oml/ui/hash';
import { shortHex } from '@oml/ui/short-hex';
import { StateBadge } from '@oml/ui/state-badge';
import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { BlamePanel } from '#claim/blame/blame-panel.tsx';
import { ClaimTimeline } from '#claim/claim-timeline.tsx';
import { CheckComing } from '#claim/recheck/check-coming.tsx';
import { claimName, claimOutcome, OFFENCE_TERMS, OFFENCE_WORDS, whoCanAct } from '#claim/claim-words.ts';
import { MoneySplit } from '#claim/money-split.tsx';
import { receiptsWords } from '#stake/audit-wire.ts';
import { AccountLink, HostLink, TextLink } from '#kit/links.tsx';
import { LiveRefresh } from '#kit/live-refresh.tsx';
import { IndexUnavailable, Page } from '#kit/page.tsx';
import { BlameOffer, CheckAgain, ClaimActions, Shortfall } from '#claim/claim-islands.ts';
import { readHeads } from '#server/chain-reader.ts';
import { toClaim } from '#server/holdings.ts';
import { readClaimPage } from '#server/read-claims.ts';
import { readHash } from '#server/read-id.ts';
import type { ShownClaim } from '#claim/shown-claim.ts';

interface Props {
  params: Promise<{ id: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Claim ${shortHex((await params).id)}` };
}

export default async function ClaimPage({ params }: Props) {
  const claimId = readHash((await params).id) ?? notFound();
  const [index, heads] = await Promise.all([readClaimPage(claimId), readHeads()]);
  if (!index) return <IndexUnavailable title={claimName({ claimId })} />;
  const { claim, blame, licenses } = index.data ?? notFound();
  const isOpen = ['contested', 'proving', 'blamed'].includes(claim.state);
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
            <CheckAgain claim={claim} fallback={<CheckComing />} />
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
                  ['Claimant', <AccountLink key="v" account={claim.claimant} label="claimant" />],
                  [
                    'Model',
                    <TextLink key="v" href={`/models/${claim.modelId}`}>
                      Model {String(claim.modelId)}
                    </TextLink>,
                  ],
                  ...(claim.licenseId > 0n ? ([['License', String(claim.licenseId)]] as const) : []),
                  [
                    claim.offence === 'disguised-use' ? 'Batch' : receiptsWords(claim.itemCount),
                    <span key="v" className="flex flex-wrap gap-x-3">
                      <Hash value={claim.claimId} label={claim.offence === 'disguised-use' ? 'batch' : 'digest'} />
                      {claim.uses[0] ? (
                        <TextLink href={`/receipts/${claim.uses[0].paymentRef}`}>Its payment</TextLink>
                      ) : null}
                    </span>,
                  ],
                  ...(claim.offence === 'disguised-use' ? ([['Evidence score', evidenceScore(claim)]] as const) : []),
                  ['Claimant’s bond', <Amount key="v" value={claim.bond} />],
                  ['Most it can take', <Amount key="v" value={claim.reach} />],
                  ['Revealed', <Ago key="v" at={claim.revealedAt} />],
                  ...(claim.answerBy
                    ? ([['Can be answered until', <Ago key="v" at={claim.answerBy} />]] as const)
                    : []),
                ]}
              />
            </Card>
          </Section>
          {blame ? (
            <Section title={<Definition of="blame">Blame</Definition>}>
              <BlamePanel claim={claim} blame={blame} licenses={licenses} />
            </Section>
          ) : (
            <Section title="Who can act">
              <div className="flex flex-col gap-4">
                <Card className="p-5 text-sm text-ink-soft">{whoCanAct(claim, new Date())}</Card>
                <ClaimActions claim={toClaim(claim)} />
              </div>
            </Section>
          )}
          {isBlamable(claim, new Date()) ? (
            <Section title="Blame your editions" note="The host’s one answer to a disguised use.">
              <BlameOffer claim={claim} />
            </Section>
          ) : null}
          {isPayable(claim) ? (
            <Section
              title="Pay what is missing"
              note="Anyone may; it saves the host the slash, and lifts what a slash suspended."
            >
              <Shortfall uses={claim.uses} />
            </Section>
          ) : null}
          <Section title="Money">
            <MoneySplit claim={claim} />
          </Section>
        </div>
      </div>
    </Page>
  );
}

/** While booking still changes something: in the window, and until a slashed license is cured. */
function isPayable({ offence, state, curedAt }: ShownClaim): boolean {
  return offence === 'unpaid-use' && (state === 'contested' || (state === 'slashed' && !curedAt));
}

/** While the host may still say that the editions it was delivered answer these keys. */
function isBlamable({ offence, state, answerBy }: ShownClaim, now: Date): boolean {
  return offence === 'disguised-use' && state === 'contested' && answerBy !== undefined && answerBy > now;
}

function evidenceScore({ state, score, needed, itemCount, itemsProven }: ShownClaim): string {
  const items = state === 'proving' ? `${itemsProven} of ${itemCount} items` : `${itemCount} items`;
  return `${score}, where ${needed} are needed; from ${items}`;
}
