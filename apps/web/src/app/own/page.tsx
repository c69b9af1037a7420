import type { Metadata } from 'next';
import { Page } from '#kit/page.tsx';
import { OwnPanel } from '#model/own-panel.tsx';

export const metadata: Metadata = { title: 'Own' };

export default function OwnPage() {
  return (
    <Page title="Own" intro="What your models earn, who waits for your word, and everything that you may change.">
      <OwnPanel />
    </Page>
  );
}
