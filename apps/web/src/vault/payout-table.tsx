import type { PayoutRow } from '@oml/db/payouts';
import { Ago } from '@oml/ui/ago';
import { Amount } from '@oml/ui/amount';
import { EmptyState } from '@oml/ui/empty-state';
import { Hash } from '@oml/ui/hash';
import { Body, Cell, Head, Heading, Row, Table } from '@oml/ui/table';
import { TxLink } from '../parts/links.tsx';

/** What left vaults, and to whom; `names` says who is meant by an address, where the page knows. */
export function PayoutTable({
  payouts,
  names = {},
}: {
  payouts: readonly PayoutRow[];
  names?: Readonly<Record<string, string>>;
}) {
  if (payouts.length === 0)
    return <EmptyState title="Nothing yet">No money has left these vaults. Anyone may pay it out.</EmptyState>;
  return (
    <Table label="Paid out">
      <Head>
        <Heading>License</Heading>
        <Heading>To</Heading>
        <Heading numeric>Amount</Heading>
        <Heading numeric>When</Heading>
      </Head>
      <Body>
        {payouts.map(({ licenseId, payee, amount, refused, tx, at }, i) => (
          <Row key={i} data-testid="payout-row">
            <Cell>{String(licenseId)}</Cell>
            <Cell>
              <Hash value={payee} label="payee" />
              {names[payee] ? <span className="ml-1 text-xs text-ink-soft">{names[payee]}</span> : null}
              {refused ? (
                <span className="block text-xs text-risk">
                  The token refused it: the vault keeps it for this payee.
                </span>
              ) : null}
            </Cell>
            <Cell numeric>
              <Amount value={amount} tone={refused ? 'risk' : 'money'} />
            </Cell>
            <Cell numeric className="whitespace-nowrap text-xs">
              <Ago at={at} />
              <TxLink hash={tx} className="block" />
            </Cell>
          </Row>
        ))}
      </Body>
    </Table>
  );
}
