import { Ago } from '@oml/ui/ago';
import { Amount } from '@oml/ui/amount';
import { Card, Facts } from '@oml/ui/card';
import { StateBadge } from '@oml/ui/state-badge';
import { Body, Cell, Head, Heading, Row, Table } from '@oml/ui/table';
import type { ReactNode } from 'react';
import type { ShownRecord, ShownTally } from './shown-profile.ts';

/** In the order of what they cost whom they are against. */
const STATES = ['slashed', 'blamed', 'contested', 'paid-late', 'excused', 'proving', 'lapsed'] as const;

/** An account's past in counts both ways, each with its dates: what lies years back shows that it does. */
export function RecordView({ record }: { record: ShownRecord }) {
  const { against, brought, refusedAgainst, refusedBrought, booked, licensedSince, modelCount } = record;
  const rows = STATES.filter((state) => against[state] || brought[state]).map((state) => (
    <RecordRow
      key={state}
      name={<StateBadge of="claim" state={state} />}
      against={against[state]}
      brought={brought[state]}
    />
  ));
  if (refusedAgainst || refusedBrought)
    rows.push(
      <RecordRow
        key="refused"
        name={<StateBadge of="claim" state="refused" />}
        against={refusedAgainst}
        brought={refusedBrought}
      />,
    );
  return (
    <div className="flex flex-col gap-4">
      <Card className="p-5">
        <Facts
          rows={[
            ['Uses booked', booked.uses.toLocaleString('en')],
            ['For', <Amount key="v" value={booked.total} tone={booked.total > 0n ? 'money' : 'plain'} />],
            ['Hosts since', licensedSince ? <Ago key="v" at={licensedSince} /> : 'never'],
            ['Models published', modelCount.toLocaleString('en')],
          ]}
        />
      </Card>
      {rows.length > 0 ? (
        <Table label="Claims by how they stand or ended, against this account and by it">
          <Head>
            <Heading>Claims</Heading>
            <Heading numeric>Against it</Heading>
            <Heading numeric>First, last</Heading>
            <Heading numeric>Brought by it</Heading>
            <Heading numeric>First, last</Heading>
          </Head>
          <Body>{rows}</Body>
        </Table>
      ) : (
        <p className="text-sm text-ink-soft">Nothing was ever claimed against it, and it claimed nothing.</p>
      )}
    </div>
  );
}

function RecordRow({
  name,
  against,
  brought,
}: {
  name: ReactNode;
  against: ShownTally | undefined;
  brought: ShownTally | undefined;
}) {
  return (
    <Row>
      <Cell label="Claims">{name}</Cell>
      <Cell label="Against it" numeric>
        {against?.count ?? 0}
      </Cell>
      <Dates tally={against} />
      <Cell label="Brought by it" numeric>
        {brought?.count ?? 0}
      </Cell>
      <Dates tally={brought} />
    </Row>
  );
}

function Dates({ tally }: { tally: ShownTally | undefined }) {
  return (
    <Cell label="First, last" numeric className="text-xs text-ink-soft">
      {tally ? (
        <>
          <Ago at={tally.first} />
          {tally.count > 1 ? (
            <>
              , <Ago at={tally.last} />
            </>
          ) : null}
        </>
      ) : null}
    </Cell>
  );
}
