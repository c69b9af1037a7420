import type { Metadata } from 'next';
import { ConnectFirst } from '#kit/connect-first.tsx';
import { IndexUnavailable, Page } from '#kit/page.tsx';
import { OperatorPanel } from '#kit/wallet-islands.ts';
import { readTakedowns } from '#server/read-moderation.ts';

export const metadata: Metadata = { title: 'Operator', robots: { index: false } };

export default async function OperatorPage() {
  const index = await readTakedowns();
  if (!index) return <IndexUnavailable title="Operator" />;
  const takedowns = index.data.map(({ modelId, reason }) => ({ modelId: String(modelId), reason }));
  return (
    <Page
      title="Operator"
      intro="For the accounts that the operator of this site named. What they do is public for ever."
    >
      <OperatorPanel takedowns={takedowns} fallback={<ConnectFirst title="Connect the wallet of an operator" />} />
    </Page>
  );
}
