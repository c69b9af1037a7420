import type { ModelKind } from '@oml/protocol/wire/model-kind';
import { Amount } from '@oml/ui/amount';
import { Card, Facts, Section } from '@oml/ui/card';
import { CodeBlock } from '@oml/ui/code-block';
import { apiSnippets, SETUP } from './api-snippets.ts';

interface ApiViewProps {
  modelId: bigint;
  kind: ModelKind;
  /** The floor of a use, where the model is offered. */
  price: bigint | undefined;
  hostCount: number;
}

/** How a program asks this model: any OpenAI client, through a purse on the buyer's own machine. */
export function ApiView({ modelId, kind, price, hostCount }: ApiViewProps) {
  return (
    <div className="flex flex-col gap-10">
      <Section
        title="Your purse, once"
        note="It makes a key of its own, pays hosts within the budget that you give it, checks every receipt, and speaks OpenAI’s API on this machine."
      >
        <CodeBlock text={SETUP} label="commands" />
        <p className="mt-2 max-w-[72ch] text-sm text-ink-soft">
          <code>keys</code> names the address to send dollars to. On a development chain this gives some:{' '}
          <code>npx oml pay fund</code>. Then <code>serve</code> keeps its terminal and prints{' '}
          <code>OPENAI_BASE_URL</code> and <code>OPENAI_API_KEY</code>: export both where your program runs.
        </p>
      </Section>
      {apiSnippets({ modelId: String(modelId), kind }).map(({ language, needs, text }) => (
        <Section key={language} title={language} note={needs === 'nothing else' ? undefined : needs}>
          <CodeBlock text={text} label={`${language} program`} data-testid={`api-${language.toLowerCase()}`} />
        </Section>
      ))}
      <Section title="What a request costs">
        <Card className="p-5">
          <Facts
            rows={[
              ['Floor price', price === undefined ? 'not offered to new hosts' : <Amount key="v" value={price} />],
              ['Hosts', hostCount],
              ['Who answers', 'the cheapest host, then the nearest; the next one where it does not answer'],
              ['Before a call', <code key="v">GET /v1/models</code>],
              ['After it', 'usage and a signed receipt; GET /v1/receipts lists them, GET /v1/budget what is left'],
              ['Above your budget', 'BUDGET_SPENT, and nothing is sent'],
            ]}
          />
        </Card>
      </Section>
    </div>
  );
}
