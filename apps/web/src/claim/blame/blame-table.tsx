import { StateBadge } from '@oml/ui/state-badge';
import { Body, Cell, Head, Heading, Row, Table } from '@oml/ui/table';
import { TextLink } from '#kit/links.tsx';
import { verdictWords } from './blame-words.ts';
import { claimName } from '#claim/claim-words.ts';
import type { ShownBlame } from '#claim/shown-claim.ts';

/** Blames of editions, newest first; each is told, with its transactions, on the page of its claim. */
export function BlameTable({ blames }: { blames: readonly ShownBlame[] }) {
  return (
    <Table label="Blames of editions, newest first">
      <Head>
        <Heading>Claim</Heading>
        <Heading>State</Heading>
        <Heading>Verdict</Heading>
        <Heading numeric>Hits</Heading>
      </Head>
      <Body>
        {blames.map((blame) => (
          <Row key={String(blame.blameId)} data-testid="blame-row">
            <Cell label="Claim" className="whitespace-nowrap">
              <TextLink href={`/claims/${blame.claimId}`}>{claimName(blame)}</TextLink>
            </Cell>
            <Cell label="State">
              <StateBadge of="blame" state={blame.state} />
            </Cell>
            <Cell label="Verdict">{verdictWords(blame)}</Cell>
            <Cell label="Hits" numeric>
              {blame.licenses.reduce((sum, { hits }) => sum + hits, 0)}
            </Cell>
          </Row>
        ))}
      </Body>
    </Table>
  );
}
