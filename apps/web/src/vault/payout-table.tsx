import type { PayoutRow, Share } from '@oml/db/payouts';
import { Ago } from '@oml/ui/ago';
import { Amount } from '@oml/ui/amount';
import { EmptyState } from '@oml/ui/empty-state';
import { Body, Cell, Head, Heading, Row, Table } from '@oml/ui/table';
import { AccountLink, TextLink, TxLink } from '#kit/links.tsx';

const SHARES: Record<Share, string> = {
  owner: 'owner',
  ancestor: 'ancestor',
  host: 'host',
  protocol: 'protocol fee',
  pool: 'inspection pool',
};

/** What left vaults: whose share it was, and who got it. */
export function PayoutTable({ payouts }: { payouts: readonly PayoutRow[] }) {
  if (payouts.length === 0)
    return <EmptyState title="Nothing yet">No money has left these vaults. Anyone may pay it out.</EmptyState>;
  return (
    <Table label="Paid out">
      <Head>
        <Heading>License</Heading>
        <Heading>Share</Heading>
        <Heading>To</Heading>
        <Heading numeric>Amount</Heading>
        <Heading numeric>When</Heading>
      </Head>
      <Body>
        {payouts.map(({ licenseId, share, ancestorId, payee, amount, refused, tx, at }, i) => (
          <Row key={i} data-testid="payout-row">
            <Cell label="License">{String(licenseId)}</Cell>
            <Cell label="Share">
              {share ? SHARES[share] : 'refused before'}
              {ancestorId === undefined ? null : (
                <span className="block text-xs">
                  <TextLink href={`/models/${ancestorId}`}>Model {String(ancestorId)}</TextLink>
                </span>
              )}
            </Cell>
            <Cell label="To">
              <AccountLink account={payee} label="payee" />
              {refused ? (
                <span className="block text-xs text-risk">
                  The token refused it: the vault keeps it for this payee.
                </span>
              ) : null}
            </Cell>
            <Cell label="Amount" numeric>
              <Amount value={amount} tone={refused ? 'risk' : 'money'} />
            </Cell>
            <Cell label="When" numeric className="whitespace-nowrap text-xs">
              <Ago at={at} />
              <TxLink hash={tx} className="block!" />
            </Cell>
          </Row>
        ))}
      </Body>
    </Table>
  );
}
