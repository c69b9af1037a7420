import { Ago } from '@oml/ui/ago';
import { Amount } from '@oml/ui/amount';
import { Body, Cell, Head, Heading, Row, Table } from '@oml/ui/table';
import { AccountLink, TextLink } from '#kit/links.tsx';
import { modelName, taskWords } from './model-words.ts';
import type { ListedModel } from './shown-model.ts';

/** Models as rows, for those who compare. */
export function ModelTable({ models }: { models: readonly ListedModel[] }) {
  return (
    <Table label="Models">
      <Head>
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
            <Cell className="max-w-56 truncate font-semibold">
              <TextLink href={`/models/${model.modelId}`} data-testid={`model-link-${model.modelId}`}>
                {modelName(model)}
              </TextLink>
            </Cell>
            <Cell>{taskWords(model)}</Cell>
            <Cell>{model.facts.license ?? <span className="text-ink-faint">not said</span>}</Cell>
            <Cell numeric>{model.offers.serve ? <Amount value={model.offers.serve.price} /> : 'not offered'}</Cell>
            <Cell numeric>{model.hostCount}</Cell>
            <Cell numeric>{model.useCount.toLocaleString('en')}</Cell>
            <Cell>{model.hasDemo ? 'free' : ''}</Cell>
            <Cell>
              <AccountLink account={model.owner} label="owner" />
            </Cell>
            <Cell numeric className="text-ink-soft">
              <Ago at={model.mintedAt} />
            </Cell>
          </Row>
        ))}
      </Body>
    </Table>
  );
}
