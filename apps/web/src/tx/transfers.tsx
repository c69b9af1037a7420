import { Amount } from '@oml/ui/amount';
import { Section } from '@oml/ui/card';
import { Body, Cell, Head, Heading, Row, Table } from '@oml/ui/table';
import type { Address } from '#kit/hex.ts';
import { AccountLink } from '#kit/links.tsx';
import type { Decoded } from './known-contracts.ts';

const argOf = ({ args }: Decoded, name: string): string => args.find(([key]) => key === name)?.[1] ?? '';

/** The dollars that a transaction moved. */
export function Transfers({ transfers }: { transfers: readonly Decoded[] }) {
  return (
    <Section title={transfers.length === 1 ? 'Transfer' : 'Transfers'}>
      <Table label="Token transfers">
        <Head>
          <Heading>From</Heading>
          <Heading>To</Heading>
          <Heading numeric>Amount</Heading>
        </Head>
        <Body>
          {transfers.map((transfer, i) => (
            <Row key={i}>
              <Cell label="From">
                <AccountLink account={argOf(transfer, 'from') as Address} />
              </Cell>
              <Cell label="To">
                <AccountLink account={argOf(transfer, 'to') as Address} />
              </Cell>
              <Cell label="Amount" numeric>
                <Amount value={BigInt(argOf(transfer, 'value') || 0)} />
              </Cell>
            </Row>
          ))}
        </Body>
      </Table>
    </Section>
  );
}
