import type { Metadata } from 'next';
import { HostPanel } from '#host/host-panel.tsx';
import { Page } from '#kit/page.tsx';

export const metadata: Metadata = { title: 'Host' };

export default function HostPage() {
  return (
    <Page
      title="Host"
      intro="What your licenses earn, what is claimed against you, and the way out for all of your bond."
    >
      <HostPanel />
    </Page>
  );
}
