import type { Metadata } from 'next';
import { ConnectFirst } from '#kit/connect-first.tsx';
import { HostPanel } from '#kit/wallet-islands.ts';
import { NoticesLink } from '#kit/notices-link.tsx';
import { Page } from '#kit/page.tsx';

export const metadata: Metadata = { title: 'Host' };

export default function HostPage() {
  return (
    <Page
      title="Host"
      action={<NoticesLink />}
      intro="What your licenses earn, what is claimed against you, and the way out for all of your bond."
    >
      <HostPanel fallback={<ConnectFirst title="Connect the wallet of the host account" />} />
    </Page>
  );
}
