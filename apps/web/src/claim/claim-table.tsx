import { Ago } from '@oml/ui/ago';
import { Amount } from '@oml/ui/amount';
import { Body, Cell, Head, Heading, Row, Table } from '@oml/ui/table';
import { StateBadge } from '@oml/ui/state-badge';
import { HostLink, TextLink, TxLink } from '#kit/links.tsx';
import { claimName, claimOutcome, OFFENCE_WORDS, refusalWords } from './claim-words.ts';
import type { ShownClaim, ShownRefusal } from './shown-claim.ts';

type Entry = { at: Date; claim: ShownClaim } | { at: Date; refused: ShownRefusal };

/** Claims and refused claims together, newest first. */
export function ClaimTable({
  claims,
  refused,
  limit,
}: {
  claims: readonly ShownClaim[];
  refused: readonly ShownRefusal[];
  limit?: number;
}) {
  const entries: Entry[] = [
    ...claims.map((claim) => ({ at: claim.revealedAt, claim })),
    ...refused.map((refusal) => ({ at: refusal.at, refused: refusal })),
  ];
  entries.sort((a, b) => b.at.getTime() - a.at.getTime());
  return (
    <Table label="Claims, newest first">
      <Head>
        <Heading>Claim</Heading>
        <Heading>State</Heading>
        <Heading>Host</Heading>
        <Heading>What came of it</Heading>
        <Heading numeric>Taken</Heading>
        <Heading numeric>When</Heading>
      </Head>
      <Body>
        {entries
          .slice(0, limit)
          .map((entry) =>
            'claim' in entry ? (
              <ClaimLine key={`c${entry.claim.claimId}`} claim={entry.claim} />
            ) : (
              <RefusedLine key={entry.refused.tx} refused={entry.refused} />
            ),
          )}
      </Body>
    </Table>
  );
}

function ClaimLine({ claim }: { claim: ShownClaim }) {
  return (
    <Row data-testid={`claim-row-${claim.claimId}`}>
      <Cell className="whitespace-nowrap">
        <TextLink href={`/claims/${claim.claimId}`}>{claimName(claim)}</TextLink>
        <div className="text-xs text-ink-soft">{OFFENCE_WORDS[claim.offence]}</div>
      </Cell>
      <Cell>
        <StateBadge of="claim" state={claim.state} />
      </Cell>
      <Cell>
        <HostLink account={claim.account} />
      </Cell>
      <Cell className="min-w-56 text-ink-soft">{claimOutcome(claim)}</Cell>
      <Cell numeric>
        <Amount
          value={claim.taken}
          tone={claim.state === 'slashed' ? 'slashed' : claim.state === 'paid-late' ? 'risk' : 'plain'}
        />
      </Cell>
      <Cell numeric className="text-ink-soft">
        <Ago at={claim.revealedAt} />
      </Cell>
    </Row>
  );
}

function RefusedLine({ refused }: { refused: ShownRefusal }) {
  return (
    <Row data-testid="refused-row">
      <Cell className="whitespace-nowrap">
        <TextLink href={`/claims/refused/${refused.tx}`}>Refused claim</TextLink>
        <div className="text-xs text-ink-soft">
          <TxLink hash={refused.tx} />
        </div>
      </Cell>
      <Cell>
        <StateBadge of="claim" state="refused" />
      </Cell>
      <Cell>
        {refused.account ? <HostLink account={refused.account} /> : <span className="text-ink-faint">not named</span>}
      </Cell>
      <Cell className="min-w-56 text-ink-soft">
        {refusalWords(refused)} <span className="font-mono text-xs">{refused.errorName}</span>
      </Cell>
      <Cell numeric>
        <Amount value={0n} />
      </Cell>
      <Cell numeric className="text-ink-soft">
        <Ago at={refused.at} />
      </Cell>
    </Row>
  );
}
