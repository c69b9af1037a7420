import { Ago } from '@oml/ui/ago';
import { Amount } from '@oml/ui/amount';
import { Hash } from '@oml/ui/hash';
import { StateBadge } from '@oml/ui/state-badge';
import { Body, Cell, Head, Heading, Row, Table } from '@oml/ui/table';
import { TextLink, TxLink } from '#kit/links.tsx';
import { claimName, OFFENCE_WORDS } from './claim-words.ts';
import type { ShownReceipt } from './shown-receipt.ts';

/** What vaults have booked for a payment. */
export function BookingTable({ bookings }: Pick<ShownReceipt, 'bookings'>) {
  return (
    <Table label="Bookings, latest first">
      <Head>
        <Heading>License</Heading>
        <Heading>Vault</Heading>
        <Heading>Client</Heading>
        <Heading>Transaction</Heading>
        <Heading numeric>Total</Heading>
        <Heading numeric>When</Heading>
      </Head>
      <Body>
        {bookings.map(({ licenseId, vault, client, total, tx, at }) => (
          <Row key={`${vault} ${client}`} data-testid="receipt-booking">
            <Cell label="License">{String(licenseId)}</Cell>
            <Cell label="Vault">
              <Hash value={vault} label="vault" />
            </Cell>
            <Cell label="Client">
              <Hash value={client} label="client" />
            </Cell>
            <Cell label="Transaction">
              <TxLink hash={tx} />
            </Cell>
            <Cell label="Total" numeric>
              <Amount value={total} />
            </Cell>
            <Cell label="When" numeric>
              <Ago at={at} />
            </Cell>
          </Row>
        ))}
      </Body>
    </Table>
  );
}

/** Claims that accuse a receipt or show it, and which receipts they name it by. */
export function ReceiptClaims({ claims }: Pick<ShownReceipt, 'claims'>) {
  return (
    <Table label="Claims, newest first">
      <Head>
        <Heading>Claim</Heading>
        <Heading>State</Heading>
        <Heading>Offence</Heading>
        <Heading>Receipts</Heading>
      </Head>
      <Body>
        {claims.map(({ claimId, offence, state, digests }) => (
          <Row key={claimId} data-testid="receipt-claim">
            <Cell label="Claim">
              <TextLink href={`/claims/${claimId}`}>{claimName({ claimId })}</TextLink>
            </Cell>
            <Cell label="State">
              <StateBadge of="claim" state={state} />
            </Cell>
            <Cell label="Offence">{OFFENCE_WORDS[offence]}</Cell>
            <Cell label="Receipts">
              {digests.map((digest) => (
                <Hash key={digest} value={digest} label="digest" />
              ))}
            </Cell>
          </Row>
        ))}
      </Body>
    </Table>
  );
}
