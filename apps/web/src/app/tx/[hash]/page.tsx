import { EmptyState } from '@oml/ui/empty-state';
import { Hash } from '@oml/ui/hash';
import { shortHex } from '@oml/ui/short-hex';
import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { Page } from '#kit/page.tsx';
import { readHash } from '#server/read-id.ts';
import { readSetup } from '#server/public-config.ts';
import { readTransaction } from '#server/transaction.ts';
import { TransactionDetails } from '#tx/transaction-details.tsx';

interface Props {
  params: Promise<{ hash: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Transaction ${shortHex((await params).hash)}` };
}

export default async function TransactionPage({ params }: Props) {
  const hash = readHash((await params).hash) ?? notFound();
  const setup = readSetup();
  if ('problem' in setup) return null;
  const read = await readTransaction(hash).then(
    (view) => ({ view }),
    () => undefined,
  );
  return (
    <Page title="Transaction" intro={<Hash value={hash} label="transaction" className="text-ink" />}>
      {!read ? (
        <EmptyState title="The chain’s node does not answer">
          Nothing is known about this transaction right now. Reload in a minute.
        </EmptyState>
      ) : !read.view ? (
        <EmptyState title="The chain does not know this transaction">
          It may have been replaced, or belong to another chain. This site reads chain {setup.config.chainId}.
        </EmptyState>
      ) : (
        <TransactionDetails view={read.view} deployment={setup.config.deployment} />
      )}
    </Page>
  );
}
