import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { DocContents } from '#docs/doc-contents.tsx';
import { DocView } from '#docs/doc-view.tsx';
import { TextLink } from '#kit/links.tsx';
import { Page } from '#kit/page.tsx';
import { readDoc } from '#server/docs.ts';

interface Props {
  params: Promise<{ path: string[] }>;
}

const docOf = async ({ params }: Props) => readDoc((await params).path.join('/'));

export async function generateMetadata(props: Props): Promise<Metadata> {
  const doc = await docOf(props);
  return doc ? { title: doc.title, alternates: { canonical: `/docs/${doc.path}` } } : { title: 'Not found' };
}

export default async function DocPage(props: Props) {
  const { title, text, path, headings } = (await docOf(props)) ?? notFound();
  return (
    <Page title={title} intro={<TextLink href="/docs">All guides and references</TextLink>}>
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-8 lg:grid-cols-[minmax(0,1fr)_14rem]">
        <div className="lg:order-last">
          <DocContents headings={headings} />
        </div>
        <DocView text={text} path={path} />
      </div>
    </Page>
  );
}
