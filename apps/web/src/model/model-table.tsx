import { Ago } from '@oml/ui/ago';
import { Amount } from '@oml/ui/amount';
import { Button } from '@oml/ui/button';
import { Body, Cell, Head, Heading, Row, Table } from '@oml/ui/table';
import { AccountLink, TextLink } from '#kit/links.tsx';
import { hostWords, MOST_COMPARED, modelName, taskWords } from './model-words.ts';
import type { ListedModel } from './shown-model.ts';

/** Models as rows, for those who compare. */
export function ModelTable({ models }: { models: readonly ListedModel[] }) {
  return (
    <form action="/models/compare" className="flex flex-col gap-3">
      <Rows models={models} />
      <Button type="submit" size="sm" className="self-start" data-testid="compare">
        Compare the chosen ones, up to {MOST_COMPARED}
      </Button>
    </form>
  );
}

function Rows({ models }: { models: readonly ListedModel[] }) {
  return (
    <Table label="Models">
      <Head>
        <Heading>
          <span className="sr-only">Compare</span>
        </Heading>
        <Heading>Model</Heading>
        <Heading>Task</Heading>
        <Heading>Licence</Heading>
        <Heading numeric>Price from</Heading>
        <Heading numeric>Hosts</Heading>
        <Heading numeric>Paid uses</Heading>
        <Heading>Demo</Heading>
        <Heading>Owner</Heading>
        <Heading numeric>Minted</Heading>
      </Head>
      <Body>
        {models.map((model) => (
          <Row key={String(model.modelId)}>
            <Cell label="Compare">
              <input
                type="checkbox"
                name="model"
                value={String(model.modelId)}
                aria-label={`Compare ${modelName(model)}`}
                className="size-4 accent-(--color-accent)"
                data-testid={`compare-${model.modelId}`}
              />
            </Cell>
            <Cell label="Model" className="max-w-56 truncate font-semibold">
              <TextLink href={model.address} data-testid={`model-link-${model.modelId}`}>
                {modelName(model)}
              </TextLink>
            </Cell>
            <Cell label="Task">{taskWords(model)}</Cell>
            <Cell label="Licence">{model.facts.license ?? <span className="text-ink-faint">not said</span>}</Cell>
            <Cell label="Price from" numeric>
              {model.offers.serve ? <Amount value={model.offers.serve.price} /> : 'not offered'}
            </Cell>
            <Cell label="Hosts" numeric>
              {hostWords(model)}
            </Cell>
            <Cell label="Paid uses" numeric>
              {model.useCount.toLocaleString('en')}
            </Cell>
            <Cell label="Demo">{model.hasDemo ? 'free' : 'none'}</Cell>
            <Cell label="Owner">
              <AccountLink account={model.owner} label="owner" />
            </Cell>
            <Cell label="Minted" numeric className="text-ink-soft">
              <Ago at={model.mintedAt} />
            </Cell>
          </Row>
        ))}
      </Body>
    </Table>
  );
}
