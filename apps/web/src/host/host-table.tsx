import { Amount } from '@oml/ui/amount';
import { Badge, StateBadge } from '@oml/ui/state-badge';
import { Body, Cell, Head, Heading, Row, Table } from '@oml/ui/table';
import { HostLink } from '#kit/links.tsx';
import { AskedPrice, PriceAsking } from './price-asking.tsx';
import type { ShownHost } from './shown-host.ts';

/** Who serves a model: price (asked of the hosts on demand), bond, standing and what it booked. */
export function HostTable({ hosts, floorPrice }: { hosts: readonly ShownHost[]; floorPrice: bigint }) {
  return (
    <PriceAsking>
      <Table label="Hosts of this model">
        <Head>
          <Heading>Host</Heading>
          <Heading>License</Heading>
          <Heading numeric>Price per call</Heading>
          <Heading numeric>Bond</Heading>
          <Heading>Standing</Heading>
          <Heading numeric>Uses</Heading>
          <Heading numeric>Booked</Heading>
        </Head>
        <Body>
          {hosts.map(({ license, bond, end }) => (
            <Row key={String(license.licenseId)}>
              <Cell>
                <HostLink account={license.account} />
              </Cell>
              <Cell className="whitespace-nowrap">
                <StateBadge of="license" state={license.state} />{' '}
                <span className="ml-1 font-mono text-xs text-ink-faint">#{String(license.licenseId)}</span>
              </Cell>
              <Cell numeric>
                {license.state === 'active' || license.state === 'closing' ? (
                  <AskedPrice
                    license={{ endpoint: license.endpoint, licenseId: license.licenseId }}
                    floorPrice={floorPrice}
                  />
                ) : (
                  <span className="text-ink-faint">not serving</span>
                )}
              </Cell>
              <Cell numeric>
                <Amount value={bond} />
              </Cell>
              <Cell>
                <Badge tone={end.tone} title={end.sentence}>
                  {end.word}
                </Badge>
              </Cell>
              <Cell numeric>{license.bookedCount}</Cell>
              <Cell numeric>
                <Amount value={license.bookedTotal} tone={license.bookedTotal > 0n ? 'money' : 'plain'} />
              </Cell>
            </Row>
          ))}
        </Body>
      </Table>
    </PriceAsking>
  );
}
