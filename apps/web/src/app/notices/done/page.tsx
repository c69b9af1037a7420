import { Note } from '@oml/ui/empty-state';
import type { Metadata } from 'next';
import { Page } from '#kit/page.tsx';

export const metadata: Metadata = { title: 'Notices', robots: { index: false } };

const SAYS = {
  confirmed: ['You will be told', 'Notices come to this mail address from now on; each has a link that ends them.'],
  late: ['This link is over', 'It is older than two days, or was ended. Subscribe anew from the page “Notices”.'],
  ended: ['No more notices', 'Your mail address is deleted here.'],
} as const;

/** What came of a link in a mail. */
export default async function DonePage({ searchParams }: { searchParams: Promise<{ was?: string | string[] }> }) {
  const { was } = await searchParams;
  const [title, text] = SAYS[was === 'confirmed' || was === 'ended' ? was : 'late'];
  return (
    <Page title={title}>
      <Note role="status">{text}</Note>
    </Page>
  );
}
