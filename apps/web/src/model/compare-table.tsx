import { Amount } from '@oml/ui/amount';
import { Body, Cell, Head, Heading, Row, Table } from '@oml/ui/table';
import type { ReactNode } from 'react';
import { tookWords } from '#host/endpoint-words.ts';
import { AccountLink, TextLink } from '#kit/links.tsx';
import { hostWords, modelName, taskWords } from './model-words.ts';
import type { ComparedModel } from './shown-model.ts';

const NOT_SAID = <span className="text-ink-faint">not said</span>;
const NOT_MEASURED = <span className="text-ink-faint">not measured</span>;

/** What each row says of a model. */
const ROWS: readonly (readonly [string, (model: ComparedModel) => ReactNode])[] = [
  ['Task', taskWords],
  ['Price from', ({ offers }) => (offers.serve ? <Amount value={offers.serve.price} /> : 'not offered')],
  ['Context', ({ facts }) => (facts.context ? `${facts.context.toLocaleString('en')} tokens` : NOT_SAID)],
  ['Languages', ({ facts }) => (facts.languages.length > 0 ? facts.languages.join(', ') : NOT_SAID)],
  ['Licence', ({ facts }) => facts.license ?? NOT_SAID],
  ['Hosts', hostWords],
  ['Soonest answer', ({ fastest }) => (fastest ? `half within ${tookWords(fastest.p50Ms)}` : NOT_MEASURED)],
  ['95 % of its answers', ({ fastest }) => (fastest ? `within ${tookWords(fastest.p95Ms)}` : NOT_MEASURED)],
  ['Tokens/s there', ({ fastest }) => fastest?.tokensPerSecond?.toFixed(0) ?? NOT_MEASURED],
  ['Keys', ({ size }) => size.toLocaleString('en')],
  ['Demo', ({ hasDemo }) => (hasDemo ? 'free in the browser' : 'none')],
  ['Paid uses', ({ useCount }) => useCount.toLocaleString('en')],
  ['Paid for uses', ({ revenue }) => <Amount value={revenue} />],
  ['Owner', ({ owner }) => <AccountLink account={owner} label="owner" />],
];

/** Models as columns, facts as rows. */
export function CompareTable({ models }: { models: readonly ComparedModel[] }) {
  return (
    <Table label="Models side by side">
      <Head>
        <Heading>
          <span className="sr-only">Fact</span>
        </Heading>
        {models.map((model) => (
          <Heading key={String(model.modelId)} className="text-sm">
            <TextLink href={model.address} data-testid={`compared-${model.modelId}`}>
              {modelName(model)}
            </TextLink>
          </Heading>
        ))}
      </Head>
      <Body>
        {ROWS.map(([name, valueOf]) => (
          <Row key={name}>
            <th
              scope="row"
              role="rowheader"
              className="whitespace-nowrap px-3 text-left text-xs font-normal text-ink-soft"
            >
              {name}
            </th>
            {models.map((model) => (
              <Cell key={String(model.modelId)} label={modelName(model)}>
                {valueOf(model)}
              </Cell>
            ))}
          </Row>
        ))}
      </Body>
    </Table>
  );
}
