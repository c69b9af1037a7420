import { Ago } from '@oml/ui/ago';
import { Amount } from '@oml/ui/amount';
import { Body, Cell, Head, Heading, Row, Table } from '@oml/ui/table';
import { StateBadge } from '@oml/ui/state-badge';
import { HostLink, TextLink, TxLink } from '#kit/links.tsx';
import { claimName, claimOutcome, OFFENCE_WORDS, refusalWords } from './claim-words.ts';
import type { ListedClaim, ShownRefusal } from './shown-claim.ts';

type Entry = { at: Date; claim: ListedClaim } | { at: Date; refused: ShownRefusal };

/** Claims and refused claims together, newest first. */
export function ClaimTable({ claims, refused }: { claims: readonly ListedClaim[]; refused: readonly ShownRefusal[] }) {
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
        {entries.map((entry) =>
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

function ClaimLine({ claim }: { claim: ListedClaim }) {
  return (
    <Row data-testid={`claim-row-${claim.claimId}`}>
      <Cell label="Claim" className="whitespace-nowrap">
        <TextLink href={`/claims/${claim.claimId}`}>{claimName(claim)}</TextLink>
        <div className="text-xs text-ink-soft">{OFFENCE_WORDS[claim.offence]}</div>
      </Cell>
      <Cell label="State">
        <StateBadge of="claim" state={claim.state} />
      </Cell>
      <Cell label="Host">
        <HostLink account={claim.account} />
      </Cell>
      <Cell label="What came of it" className="min-w-56 text-ink-soft">
        {claimOutcome(claim)}
      </Cell>
      <Cell label="Taken" numeric>
        <Amount
          value={claim.taken}
          tone={claim.state === 'slashed' ? 'slashed' : claim.state === 'paid-late' ? 'risk' : 'plain'}
        />
      </Cell>
      <Cell label="When" numeric className="text-ink-soft">
        <Ago at={claim.revealedAt} />
      </Cell>
    </Row>
  );
}

function RefusedLine({ refused }: { refused: ShownRefusal }) {
  return (
    <Row data-testid="refused-row">
      <Cell label="Claim" className="whitespace-nowrap">
        <TextLink href={`/claims/refused/${refused.tx}`}>Refused claim</TextLink>
        <div className="text-xs text-ink-soft">
          <TxLink hash={refused.tx} />
        </div>
      </Cell>
      <Cell label="State">
        <StateBadge of="claim" state="refused" />
      </Cell>
      <Cell label="Host">
        {refused.account ? <HostLink account={refused.account} /> : <span className="text-ink-faint">not named</span>}
      </Cell>
      <Cell label="What came of it" className="min-w-56 text-ink-soft">
        {refusalWords(refused)} <span className="font-mono text-xs">{refused.errorName}</span>
      </Cell>
      <Cell label="Taken" numeric>
        <Amount value={0n} />
      </Cell>
      <Cell label="When" numeric className="text-ink-soft">
        <Ago at={refused.at} />
      </Cell>
    </Row>
  );
}
