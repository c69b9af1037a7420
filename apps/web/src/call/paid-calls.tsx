'use client';
import { Amount } from '@oml/ui/amount';
import { Ago } from '@oml/ui/ago';
import { EmptyState } from '@oml/ui/empty-state';
import { Body, Cell, Head, Heading, Row, Table } from '@oml/ui/table';
import { useEffect, useState } from 'react';
import { TxLink } from '#kit/links.tsx';
import { BookedState } from './booked-state.tsx';
import { keptReceipts, type KeptReceipt } from './kept-receipts.ts';

/** The calls that were paid for in this browser, with their receipts. */
export function PaidCalls() {
  const [kept, setKept] = useState<KeptReceipt[]>();
  // The server has no storage to read, and the first paint must equal its own.
  // oxlint-disable-next-line react/set-state-in-effect
  useEffect(() => setKept(keptReceipts()), []);
  if (!kept) return null;
  if (kept.length === 0)
    return (
      <EmptyState title="No paid call from this browser yet">
        Receipts of the calls you pay for are kept here, in this browser only.
      </EmptyState>
    );
  return (
    <Table label="Calls paid for in this browser">
      <Head>
        <Heading>Model</Heading>
        <Heading>License</Heading>
        <Heading numeric>Paid</Heading>
        <Heading>Payment</Heading>
        <Heading>Booked</Heading>
        <Heading numeric>Answered</Heading>
      </Head>
      <Body>
        {kept.map(({ signedReceipt: { receipt, signature }, model, tx }) => (
          <Row key={signature}>
            <Cell>{model}</Cell>
            <Cell>{String(receipt.licenseId)}</Cell>
            <Cell numeric>
              <Amount value={receipt.amount} />
            </Cell>
            <Cell>{tx ? <TxLink hash={tx} /> : 'not reported'}</Cell>
            <Cell>
              <BookedState receipt={receipt} />
            </Cell>
            <Cell numeric className="text-ink-soft">
              <Ago at={new Date(Number(receipt.answeredAt) * 1000)} />
            </Cell>
          </Row>
        ))}
      </Body>
    </Table>
  );
}
