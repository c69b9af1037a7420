import type { Metadata } from 'next';
import { LinkForm } from '#notice/link-form.tsx';

export const metadata: Metadata = { title: 'No more notices', robots: { index: false }, referrer: 'no-referrer' };

/** Where the link of a mail ends its subscription, without a wallet and without JavaScript. */
export default async function UnsubscribePage({ params }: { params: Promise<{ token: string }> }) {
  return (
    <LinkForm
      title="No more notices"
      action={`/api/notices/unsubscribe/${encodeURIComponent((await params).token)}`}
      verb="Unsubscribe"
    >
      Your mail address is deleted here, and nothing more is sent to it.
    </LinkForm>
  );
}
