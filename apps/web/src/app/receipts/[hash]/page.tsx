import { Section } from '@oml/ui/card';
import { EmptyState } from '@oml/ui/empty-state';
import { Hash } from '@oml/ui/hash';
import { shortHex } from '@oml/ui/short-hex';
import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { BookingTable, ReceiptClaims } from '#claim/receipt-tables.tsx';
import { IndexUnavailable, Page } from '#kit/page.tsx';
import { readHash } from '#server/read-id.ts';
import { readReceipt } from '#server/read-receipts.ts';

interface Props {
  params: Promise<{ hash: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Receipt ${shortHex((await params).hash)}` };
}

/** Anybody may look a receipt up: hashes, amounts and states; what was asked and answered is on no chain. */
export default async function ReceiptPage({ params }: Props) {
  const hash = readHash((await params).hash) ?? notFound();
  const index = await readReceipt(hash);
  if (!index) return <IndexUnavailable title="Receipt" />;
  const { bookings = [], claims = [] } = index.data ?? {};
  return (
    <Page title="Receipt" intro={<Hash value={hash} label="digest or payment" className="text-ink" />}>
      {index.data ? null : (
        <EmptyState title="The chain does not know it">
          Neither a booking nor a claim names it. A receipt alone is not on chain; its payment is, once it is booked:
          look that up by its reference.
        </EmptyState>
      )}
      {bookings.length > 0 ? (
        <Section title="Booked" note="It is the reference of a payment: what vaults have booked for it.">
          <BookingTable bookings={bookings} />
        </Section>
      ) : null}
      {claims.length > 0 ? (
        <Section title="Claims" note="They accuse it, show it, or accuse receipts of that payment.">
          <ReceiptClaims claims={claims} />
        </Section>
      ) : null}
    </Page>
  );
}
