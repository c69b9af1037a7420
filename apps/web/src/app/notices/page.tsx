import type { Metadata } from 'next';
import { ConnectFirst } from '#kit/connect-first.tsx';
import { Page } from '#kit/page.tsx';
import { NoticesPanel } from '#kit/wallet-islands.ts';

export const metadata: Metadata = { title: 'Notices' };

export default function NoticesPage() {
  return (
    <Page
      title="Notices"
      intro="Claims against you, a bond that is too low, releases to take up, money that may leave, payouts."
    >
      <NoticesPanel fallback={<ConnectFirst title="Connect the wallet that the notices are about" />} />
    </Page>
  );
}
