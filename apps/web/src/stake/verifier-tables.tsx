import type { BatchRow } from '@oml/db/batches';
import type { VerifierRow } from '@oml/db/verifiers';
import { Ago } from '@oml/ui/ago';
import { Amount } from '@oml/ui/amount';
import { Hash } from '@oml/ui/hash';
import { StateBadge } from '@oml/ui/state-badge';
import { Body, Cell, Head, Heading, Row, Table } from '@oml/ui/table';
import { AccountLink, HostLink, TextLink, TxLink } from '#kit/links.tsx';

/** Who has staked, and what came of it. */
export function VerifierTable({ verifiers }: { verifiers: readonly VerifierRow[] }) {
  return (
    <Table label="Verifiers">
      <Head>
        <Heading>Verifier</Heading>
        <Heading numeric>Stake</Heading>
        <Heading numeric>Batches</Heading>
        <Heading numeric>Opened</Heading>
        <Heading numeric>Forfeited</Heading>
        <Heading numeric>Claims won</Heading>
        <Heading numeric>Received</Heading>
      </Head>
      <Body>
        {verifiers.map((row) => (
          <Row key={row.verifier}>
            <Cell label="Verifier">
              <AccountLink account={row.verifier} label="verifier" />
              {row.leavableAt ? (
                <div className="text-xs text-risk">
                  leaving, <Ago at={row.leavableAt} />
                </div>
              ) : null}
            </Cell>
            <Cell label="Stake" numeric>
              <Amount value={row.stake} />
            </Cell>
            <Cell label="Batches" numeric>
              {row.batchCount}
            </Cell>
            <Cell label="Opened" numeric>
              {row.openedCount}
            </Cell>
            <Cell label="Forfeited" numeric>
              {row.forfeitedCount}
            </Cell>
            <Cell label="Claims won" numeric>
              {row.claimsWon}
            </Cell>
            <Cell label="Received" numeric>
              <Amount value={row.rewards} />
            </Cell>
          </Row>
        ))}
      </Body>
    </Table>
  );
}

/** Committed lists of questions; whom they are about stays hidden until they are opened. */
export function BatchTable({ batches }: { batches: readonly BatchRow[] }) {
  return (
    <Table label="Batches">
      <Head>
        <Heading>Batch</Heading>
        <Heading>State</Heading>
        <Heading>Verifier</Heading>
        <Heading>About</Heading>
        <Heading numeric>Items</Heading>
        <Heading numeric>Committed</Heading>
      </Head>
      <Body>
        {batches.map((batch) => (
          <Row key={batch.batchId}>
            <Cell label="Batch">
              <Hash value={batch.batchId} label="batch" />
            </Cell>
            <Cell label="State">
              <StateBadge of="batch" state={batch.state} />
            </Cell>
            <Cell label="Verifier">
              <AccountLink account={batch.verifier} label="verifier" />
            </Cell>
            <Cell label="About">
              {batch.account ? (
                <span className="inline-flex flex-wrap items-center gap-x-2 gap-y-1">
                  <HostLink account={batch.account} />{' '}
                  {batch.modelId === undefined ? null : (
                    <TextLink href={`/models/${batch.modelId}`}>Model {String(batch.modelId)}</TextLink>
                  )}
                </span>
              ) : (
                <span className="text-ink-faint">hidden until opened</span>
              )}
            </Cell>
            <Cell label="Items" numeric>
              {batch.itemCount ?? ''}
            </Cell>
            <Cell label="Committed" numeric className="whitespace-nowrap text-xs">
              <Ago at={batch.at} />
              <TxLink hash={batch.commitTx} className="block!" />
            </Cell>
          </Row>
        ))}
      </Body>
    </Table>
  );
}
