import type { Metadata } from 'next';
import { NoticesLink } from '#kit/notices-link.tsx';
import { Page } from '#kit/page.tsx';
import { ConnectFirst } from '#kit/connect-first.tsx';
import { OwnPanel } from '#kit/wallet-islands.ts';

export const metadata: Metadata = { title: 'Own' };

export default function OwnPage() {
  return (
    <Page
      title="Own"
      action={<NoticesLink />}
      intro="What your models earn, who waits for your word, and everything that you may change."
    >
      <OwnPanel fallback={<ConnectFirst title="Connect the wallet that owns the models" />} />
    </Page>
  );
}
