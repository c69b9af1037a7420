import type { Metadata } from 'next';
import { MarkedText } from '#kit/markdown.tsx';
import { Page } from '#kit/page.tsx';
import { readGuide } from '#server/guides.ts';

export const metadata: Metadata = { title: 'What is kept' };

export default async function KeptPage() {
  const { title, text } = await readGuide('kept');
  return (
    <Page title={title}>
      <MarkedText text={text} />
    </Page>
  );
}
