'use client';
import type { Audit } from '@oml/protocol/wire/audit';
import { useQuery } from '@tanstack/react-query';
import { EmptyState } from '@oml/ui/empty-state';
import { shortHex } from '@oml/ui/short-hex';
import { Badge } from '@oml/ui/state-badge';
import { Body, Cell, Head, Heading, Row, Table } from '@oml/ui/table';
import { isHash } from 'viem';
import type { Hex } from '#kit/hex.ts';
import { TextLink, TxLink } from '#kit/links.tsx';
import { usePublicConfig } from '#kit/config-context.tsx';
import { auditWords, fetchAudits, receiptsWords } from './audit-wire.ts';

const KINDS: Record<string, string> = {
  'paid-use': 'Is every use paid?',
  disguise: 'Is another model really this one?',
};

/** What this deployment's verifier has looked into, asked of the verifier itself. */
export function AuditTable() {
  const { verifierUrl } = usePublicConfig();
  const { data, errorUpdateCount } = useQuery({
    queryKey: ['audits', verifierUrl],
    enabled: verifierUrl !== undefined,
    queryFn: ({ signal }) => fetchAudits(verifierUrl!, signal),
    refetchInterval: 3000,
    retry: false,
  });
  if (!verifierUrl)
    return (
      <EmptyState title="No verifier’s agent is named to this site">
        Claims and batches below are on chain all the same.
      </EmptyState>
    );
  if (!data && errorUpdateCount > 0)
    return (
      <EmptyState title="The verifier’s agent does not answer">
        Claims and batches are on chain all the same.
      </EmptyState>
    );
  if (!data) return <EmptyState title="Asking the verifier" />;
  if (data.length === 0)
    return (
      <EmptyState title="No audit is over yet">
        While one runs nobody is told of it: a host that knew would behave.
      </EmptyState>
    );
  return (
    <Table label="Audits">
      <Head>
        <Heading>Question</Heading>
        <Heading>About</Heading>
        <Heading>Result</Heading>
        <Heading>Steps</Heading>
        <Heading>Claim</Heading>
      </Head>
      <Body>
        {data.map((audit) => (
          <Row key={audit.id}>
            <Cell label="Question">{KINDS[audit.kind] ?? audit.kind}</Cell>
            <Cell label="About" className="text-ink-soft">
              {target(audit)}
            </Cell>
            <Cell label="Result">
              <Result audit={audit} />
            </Cell>
            <Cell label="Steps">
              <Steps audit={audit} />
            </Cell>
            <Cell label="Claim" className="whitespace-nowrap">
              {audit.claimId ? (
                <>
                  <TextLink href={`/claims/${audit.claimId}`}>Claim {shortHex(audit.claimId)}</TextLink>
                  {audit.receipts ? <span className="text-ink-soft"> · {receiptsWords(audit.receipts)}</span> : null}
                </>
              ) : (
                <span className="text-ink-faint">none</span>
              )}
            </Cell>
          </Row>
        ))}
      </Body>
    </Table>
  );
}

function Result({ audit }: { audit: Audit }) {
  const { word, tone } = auditWords(audit);
  return (
    <Badge tone={tone} {...(audit.error ? { title: audit.error.message } : {})}>
      {word}
    </Badge>
  );
}

function target({ target: { licenseId, account, modelId } }: Audit): string {
  if (licenseId !== undefined) return `License ${String(licenseId)}`;
  const host = typeof account === 'string' ? `${account.slice(0, 6)}…${account.slice(-4)}` : 'a host';
  return modelId === undefined ? host : `${host}, model ${String(modelId)}`;
}

function Steps({ audit }: { audit: Audit }) {
  if (audit.steps.length === 0) return <span className="text-ink-faint">none</span>;
  return (
    <details>
      <summary className="whitespace-nowrap text-ink-soft hover:text-ink">{audit.steps.length} steps</summary>
      <ol className="mt-1 flex min-w-56 flex-col gap-1 text-xs">
        {audit.steps.map(({ name, tx, note }, i) => (
          <li key={i}>
            <span className="font-semibold">{name}</span> {tx && isHash(tx) ? <TxLink hash={tx as Hex} /> : null}{' '}
            {note ? <span className="text-ink-soft">{note}</span> : null}
          </li>
        ))}
      </ol>
    </details>
  );
}
