import { Ago } from '@oml/ui/ago';
import { EmptyState } from '@oml/ui/empty-state';
import { Hash } from '@oml/ui/hash';
import { Body, Cell, Head, Heading, Row, Table } from '@oml/ui/table';
import { TxLink } from '#kit/links.tsx';
import type { ShownRelease } from './shown-model.ts';

/** The releases of a model, newest first: what each binds its files and its keys to. */
export function ReleaseTable({ releases }: { releases: readonly ShownRelease[] }) {
  if (releases.length === 0)
    return <EmptyState title="No release">Nothing was published under this number.</EmptyState>;
  return (
    <Table label="Releases, newest first">
      <Head>
        <Heading>Release</Heading>
        <Heading>Weights digest</Heading>
        <Heading>Code book</Heading>
        <Heading numeric>Keys</Heading>
        <Heading>Control panel</Heading>
        <Heading>Hosts may stay until</Heading>
        <Heading numeric>Published</Heading>
      </Head>
      <Body>
        {releases.map((release) => (
          <Row key={release.release} data-testid={`release-${release.release}`}>
            <Cell label="Release">{release.release}</Cell>
            <Cell label="Weights digest">
              <Hash value={release.weightsDigest} label="weights digest" />
            </Cell>
            <Cell label="Code book">
              <Hash value={release.codeBookRoot} label="code book root" />
            </Cell>
            <Cell label="Keys" numeric>
              {release.size}
            </Cell>
            <Cell label="Control panel">
              <Hash value={release.controlPanelDigest} label="control panel digest" />
            </Cell>
            <Cell label="Hosts may stay until">
              {release.graceEndsAt ? <Ago at={release.graceEndsAt} /> : <span className="text-ink-faint">—</span>}
            </Cell>
            <Cell label="Published" numeric className="whitespace-nowrap text-xs">
              <Ago at={release.releasedAt} />
              <TxLink hash={release.tx} className="block!" />
            </Cell>
          </Row>
        ))}
      </Body>
    </Table>
  );
}
