'use client';
import { Amount } from '@oml/ui/amount';
import { Skeleton } from '@oml/ui/skeleton';
import { Badge, StateBadge } from '@oml/ui/state-badge';
import { Body, Cell, Head, Heading, Row, Table } from '@oml/ui/table';
import { HostLink } from '#kit/links.tsx';
import { NO_PRICE, useListing } from './use-listing.ts';
import type { ServingLicense, ShownHost } from './shown-host.ts';

/** Who serves a model: price asked of the host itself, bond, standing and what it booked. */
export function HostTable({ hosts, floorPrice }: { hosts: readonly ShownHost[]; floorPrice: bigint }) {
  return (
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
              <Price license={license} floorPrice={floorPrice} />
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
  );
}

function Price({ license, floorPrice }: { license: ServingLicense; floorPrice: bigint }) {
  const serves = license.state === 'active' || license.state === 'closing';
  const { state, listing } = useListing(license, serves);
  if (!serves) return <span className="text-ink-faint">not serving</span>;
  if (state === 'asking') return <Skeleton className="w-16" />;
  if (!listing) return <span className="text-risk">{NO_PRICE[state]}</span>;
  return (
    <span title={`${listing.latencyMs} ms to its listing`}>
      {listing.isMetered ? 'up to ' : null}
      <Amount value={listing.price} tone={listing.price < floorPrice ? 'risk' : 'plain'} />
      <span className="block text-xs text-ink-faint">
        {listing.price < floorPrice ? 'below the floor' : `${listing.latencyMs} ms away`}
      </span>
    </span>
  );
}
