'use client';
import { Ago } from '@oml/ui/ago';
import { EmptyState } from '@oml/ui/empty-state';
import { Body, Cell, Head, Heading, Row, Table } from '@oml/ui/table';
import { lossWords } from './tracked-words.ts';
import { TrackedState } from './tracked-state.tsx';
import { useTracker } from './tracker.tsx';

/** Everything that the connected account sent from this browser on this chain, whatever became of it. */
export function History() {
  const { list } = useTracker();
  if (list.length === 0)
    return (
      <EmptyState title="Nothing sent yet">
        What your wallet sends for this site is kept here, in this browser, by account and chain.
      </EmptyState>
    );
  return (
    <Table label="Transactions sent from this browser">
      <Head>
        <Heading>What</Heading>
        <Heading>State</Heading>
        <Heading numeric>Sent</Heading>
      </Head>
      <Body>
        {list.map((tracked) => {
          const loss = lossWords(tracked);
          return (
            <Row key={tracked.id} data-testid="history-row">
              <Cell label="What">
                {tracked.title}
                {loss ? <span className="block text-xs text-ink-soft">{loss.next}</span> : null}
              </Cell>
              <Cell label="State">
                <TrackedState tracked={tracked} />
              </Cell>
              <Cell label="Sent" numeric className="text-ink-soft">
                <Ago at={new Date(tracked.sentAt)} />
              </Cell>
            </Row>
          );
        })}
      </Body>
    </Table>
  );
}
