'use client';
import type { HostStanding } from '@oml/protocol/wire/audit';
import { useQuery } from '@tanstack/react-query';
import { EmptyState } from '@oml/ui/empty-state';
import { shortHex } from '@oml/ui/short-hex';
import { Badge } from '@oml/ui/state-badge';
import { Body, Cell, Head, Heading, Row, Table } from '@oml/ui/table';
import { usePublicConfig } from '#kit/config-context.tsx';
import { fetchStandings, standingWords } from './standing-wire.ts';

/** What the audits of this deployment's verifier say of each host, for as long as they say anything. */
export function StandingTable() {
  const { verifierUrl } = usePublicConfig();
  const { data } = useQuery({
    queryKey: ['standings', verifierUrl],
    enabled: verifierUrl !== undefined,
    queryFn: ({ signal }) => fetchStandings(verifierUrl!, signal),
    refetchInterval: 10_000,
    retry: false,
  });
  if (!data || data.hosts.length === 0)
    return <EmptyState title="Nothing is known of any host">It takes several audits that agree.</EmptyState>;
  return (
    <Table label="Hosts as audits found them">
      <Head>
        <Heading>Host</Heading>
        <Heading>{`Audits in ${data.windowDays} days`}</Heading>
        <Heading>Paid</Heading>
        <Heading>Late</Heading>
        <Heading>Slashed</Heading>
        <Heading>Standing</Heading>
      </Head>
      <Body>
        {data.hosts.map((host) => (
          <StandingRow key={host.account} host={host} windowDays={data.windowDays} />
        ))}
      </Body>
    </Table>
  );
}

function StandingRow({ host, windowDays }: { host: HostStanding; windowDays: number }) {
  const { word, tone, title } = standingWords(host);
  return (
    <Row>
      <Cell label="Host">{shortHex(host.account)}</Cell>
      <Cell label={`Audits in ${windowDays} days`}>{host.audits}</Cell>
      <Cell label="Paid">{host.paid}</Cell>
      <Cell label="Late">{host.paidLate}</Cell>
      <Cell label="Slashed">{host.slashed}</Cell>
      <Cell label="Standing">
        <Badge tone={tone} title={title}>
          {word}
        </Badge>
      </Cell>
    </Row>
  );
}
