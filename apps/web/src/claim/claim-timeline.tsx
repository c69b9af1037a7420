import { Ago } from '@oml/ui/ago';
import { StateBadge } from '@oml/ui/state-badge';
import { Timeline, type TimelineStep } from '@oml/ui/timeline';
import { TxLink } from '#kit/links.tsx';
import { claimSteps } from './claim-steps.ts';
import type { ShownClaim } from './shown-claim.ts';

/**
 * The story of a claim with a transaction behind every step; `finalized` is the newest block that cannot be replaced.
 */
export function ClaimTimeline({ claim, finalized }: { claim: ShownClaim; finalized: bigint | undefined }) {
  const past = claimSteps(claim).map(({ title, body, tone, event }, i): TimelineStep => ({
    key: `${event.tx}-${event.name}-${i}`,
    title,
    tone,
    ...(body ? { body } : {}),
    meta: (
      <>
        <TxLink hash={event.tx} />
        {finalized === undefined ? null : (
          <StateBadge of="transaction" state={finalized >= event.blockNumber ? 'final' : 'included'} />
        )}
        <Ago at={event.at} />
      </>
    ),
  }));
  return <Timeline steps={[...past, ...ahead(claim)]} data-testid="claim-timeline" />;
}

function ahead(claim: ShownClaim): TimelineStep[] {
  if (claim.state === 'proving')
    return [
      {
        key: 'ahead',
        title: 'Next: the remaining items, then the court decides whether to admit the claim',
        tone: 'plain',
        ahead: true,
      },
    ];
  if (claim.state === 'blamed')
    return [
      { key: 'verdict', title: 'Next: a committee runs the editions and votes', tone: 'plain', ahead: true },
      { key: 'close', title: 'Then anyone closes the blame, and with it the claim', tone: 'plain', ahead: true },
    ];
  if (claim.state !== 'contested') return [];
  const until = claim.answerBy ? <Ago at={claim.answerBy} /> : null;
  return [
    {
      key: 'answer',
      title: claim.offence === 'unpaid-use' ? 'Next: the use is booked, or it is not' : 'Next: the window passes',
      tone: 'plain',
      ahead: true,
      meta: <span>window ends {until}</span>,
    },
    { key: 'finalise', title: 'Then anyone finalises', tone: 'plain', ahead: true },
  ];
}
