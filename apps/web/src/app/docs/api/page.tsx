import { openApiDocument } from '@oml/protocol/wire/openapi';
import { Section } from '@oml/ui/card';
import type { Metadata } from 'next';
import { bodiesOf, operationsOf, type OpenApi } from '#docs/api-reference.ts';
import { BodyView, OperationView } from '#docs/api-view.tsx';
import { DocContents } from '#docs/doc-contents.tsx';
import { LINK_LOOK, TextLink } from '#kit/links.tsx';
import { Page } from '#kit/page.tsx';

export const metadata: Metadata = {
  title: 'API of a host',
  description: 'Paths, bodies, answers and refusals of a host: OpenAI’s wire, the Open Inference Protocol, x402.',
  alternates: { canonical: '/docs/api' },
};

export default function ApiPage() {
  const document = openApiDocument() as unknown as OpenApi;
  const operations = operationsOf(document);
  return (
    <Page
      title="API of a host"
      intro={
        <p>
          Made of the schemas that read the calls.{' '}
          <a href="/docs/api/openapi.json" className={LINK_LOOK}>
            OpenAPI 3.1
          </a>{' '}
          for programs; how to pay is in <TextLink href="/docs/guides/buyer">the guide for buyers</TextLink>. A model’s
          own page has lines to paste, with its host and price.
        </p>
      }
    >
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-8 lg:grid-cols-[minmax(0,1fr)_14rem]">
        <div className="lg:order-last">
          <DocContents
            headings={operations.map(({ id, method, path }) => ({ id, text: `${method} ${path}`, depth: 2 }))}
          />
        </div>
        <div className="flex min-w-0 flex-col gap-10">
          <Section title="Paths">
            <div className="flex flex-col gap-8">
              {operations.map((operation) => (
                <OperationView key={operation.id} operation={operation} />
              ))}
            </div>
          </Section>
          <Section title="Bodies" note="A member that is not required may be null, or left out.">
            <div className="flex flex-col gap-8">
              {bodiesOf(document).map((body) => (
                <BodyView key={body.name} {...body} />
              ))}
            </div>
          </Section>
        </div>
      </div>
    </Page>
  );
}
