import type { Metadata } from 'next';
import { LinkForm } from '#notice/link-form.tsx';

export const metadata: Metadata = { title: 'Do you want notices?', robots: { index: false }, referrer: 'no-referrer' };

/** Where a mail asks whether its address wants notices: only a press says yes, since programs follow links too. */
export default async function ConfirmPage({ params }: { params: Promise<{ token: string }> }) {
  return (
    <LinkForm
      title="Do you want notices?"
      action={`/api/notices/confirm/${encodeURIComponent((await params).token)}`}
      verb="Yes, send them"
    >
      Somebody with a wallet named your mail address for notices about its account. If that was you, say so.
    </LinkForm>
  );
}
