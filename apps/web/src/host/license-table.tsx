import type { SuspensionName } from '@oml/protocol/chain/license-state';
import { Ago } from '@oml/ui/ago';
import { Amount } from '@oml/ui/amount';
import { Hash } from '@oml/ui/hash';
import { StateBadge } from '@oml/ui/state-badge';
import { Body, Cell, Head, Heading, Row, Table } from '@oml/ui/table';
import { TextLink, TxLink } from '#kit/links.tsx';
import type { ShownLicense } from './shown-host.ts';

const SUSPENDED: Record<SuspensionName, string> = {
  marked: 'its model is marked: editions of it answer for another',
  account: 'with its account',
  barred: 'by a report',
  claimed: 'claimed uses are not booked',
  lapsed: 'its period is over',
  uncovered: 'the bond does not cover it',
  outdated: 'behind a release',
};

/** The licenses of one host, with their vaults. */
export function LicenseTable({ licenses }: { licenses: readonly ShownLicense[] }) {
  return (
    <Table label="Licenses of this host">
      <Head>
        <Heading>License</Heading>
        <Heading>State</Heading>
        <Heading>Model</Heading>
        <Heading>Vault</Heading>
        <Heading numeric>Bond reserved</Heading>
        <Heading numeric>Title cover</Heading>
        <Heading numeric>Uses</Heading>
        <Heading numeric>Booked</Heading>
        <Heading numeric>Split</Heading>
        <Heading numeric>Accepted</Heading>
      </Head>
      <Body>
        {licenses.map((license) => (
          <Row key={String(license.licenseId)}>
            <Cell label="License">{String(license.licenseId)}</Cell>
            <Cell label="State">
              <StateBadge of="license" state={license.state} />{' '}
              {license.suspension ? (
                <span className="text-xs text-ink-soft">{SUSPENDED[license.suspension]}</span>
              ) : null}
            </Cell>
            <Cell label="Model" className="whitespace-nowrap">
              <TextLink href={`/models/${license.modelId}`}>Model {String(license.modelId)}</TextLink>
            </Cell>
            <Cell label="Vault">
              <Hash value={license.vault} label="vault" />
            </Cell>
            <Cell label="Bond reserved" numeric>
              <Amount value={license.reserved} />
              {license.leakBond > 0n ? (
                <span className="block text-xs text-ink-soft">
                  leak <Amount value={license.leakBond} />
                </span>
              ) : null}
            </Cell>
            <Cell label="Title cover" numeric>
              <Amount value={license.titleCover} />
            </Cell>
            <Cell label="Uses" numeric>
              {license.bookedCount}
            </Cell>
            <Cell label="Booked" numeric>
              <Amount value={license.bookedTotal} tone={license.bookedTotal > 0n ? 'money' : 'plain'} />
            </Cell>
            <Cell label="Split" numeric>
              <Amount value={license.distributed} />
            </Cell>
            <Cell label="Accepted" numeric className="whitespace-nowrap text-xs">
              <Ago at={license.acceptedAt} />
              <TxLink hash={license.acceptTx} className="block!" />
            </Cell>
          </Row>
        ))}
      </Body>
    </Table>
  );
}
