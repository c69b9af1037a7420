'use client';
import { Amount } from '@oml/ui/amount';
import { Ago } from '@oml/ui/ago';
import { EmptyState } from '@oml/ui/empty-state';
import { Body, Cell, Head, Heading, Row, Table } from '@oml/ui/table';
import { useEffect, useState } from 'react';
import { useConnection } from 'wagmi';
import { TxLink } from '#kit/links.tsx';
import { findEquivocations } from '#actions/equivocation-actions.ts';
import type { Shelf } from '#tracker/shelf.ts';
import { useShelf } from '#tracker/tracker.tsx';
import { DoubleCharge } from './double-charge.tsx';
import { BookedState } from './booked-state.tsx';
import { keptReceipts, type KeptReceipt } from './kept-receipts.ts';
import { UnpaidUse } from './unpaid-use.tsx';
import { UntakenPayments } from './untaken-payments.tsx';

/** The calls that the connected account paid for in this browser, with their receipts. */
export function PaidCalls() {
  const { address } = useConnection();
  const shelf = useShelf();
  if (!address) return <EmptyState title="Connect the wallet that paid, to see its receipts" />;
  return shelf ? <Kept key={`${shelf.genesis} ${shelf.account}`} shelf={shelf} /> : null;
}

function Kept({ shelf }: { shelf: Shelf }) {
  const [kept, setKept] = useState<KeptReceipt[]>();
  // The server has no storage to read, and the first paint must equal its own.
  // oxlint-disable-next-line react/set-state-in-effect
  useEffect(() => setKept(keptReceipts(shelf)), [shelf]);
  if (!kept) return null;
  if (kept.length === 0)
    return (
      <div className="flex flex-col gap-4">
        <EmptyState title="No paid call of this account from this browser yet">
          Receipts of the calls you pay for are kept here, in this browser only, by account and chain.
        </EmptyState>
        <UntakenPayments shelf={shelf} />
      </div>
    );
  return (
    <div className="flex flex-col gap-4">
      <Receipts kept={kept} />
      {kept.map((use) => (
        <UnpaidUse key={use.signedReceipt.signature} use={use} claimant={shelf.account} />
      ))}
      {findEquivocations(kept).map((pair) => (
        <DoubleCharge
          key={pair.map(({ signedReceipt }) => signedReceipt.signature).join()}
          pair={pair}
          claimant={shelf.account}
        />
      ))}
      <UntakenPayments shelf={shelf} />
    </div>
  );
}

function Receipts({ kept }: { kept: readonly KeptReceipt[] }) {
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
        {kept.map(({ signedReceipt: { receipt, signature }, model, tx, isOfSession }) => (
          <Row key={signature} data-testid="kept-receipt">
            <Cell label="Model">{model}</Cell>
            <Cell label="License">{String(receipt.licenseId)}</Cell>
            <Cell label="Paid" numeric>
              <Amount value={receipt.amount} />
            </Cell>
            <Cell label="Payment">{tx ? <TxLink hash={tx} /> : isOfSession ? 'out of a session' : 'not reported'}</Cell>
            <Cell label="Booked">
              <BookedState receipt={receipt} />
            </Cell>
            <Cell label="Answered" numeric className="text-ink-soft">
              <Ago at={new Date(Number(receipt.answeredAt) * 1000)} />
            </Cell>
          </Row>
        ))}
      </Body>
    </Table>
  );
}
