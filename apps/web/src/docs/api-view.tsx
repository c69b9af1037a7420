import { Card } from '@oml/ui/card';
import { Body, Cell, Head, Heading, Row, Table } from '@oml/ui/table';
import type { ShownOperation } from './api-reference.ts';
import type { MemberRow } from './schema-words.ts';

/** What one path does, what it reads, and everything that it answers. */
export function OperationView({ operation }: { operation: ShownOperation }) {
  const { id, method, path, summary, parameters, body, answers } = operation;
  return (
    <section id={id} className="min-w-0 scroll-mt-20">
      <h3 className="text-sm font-semibold">
        <a href={`#${id}`} className="hover:text-accent">
          <span className="font-mono">
            {method} {path}
          </span>
        </a>
      </h3>
      <p className="mt-1 mb-2 max-w-[72ch] text-sm text-ink-soft">
        <Marked text={`${summary[0]!.toUpperCase()}${summary.slice(1)}.`} />
        {body ? (
          <>
            {' Reads a '}
            <SchemaLink name={body} />.
          </>
        ) : null}
      </p>
      {parameters.length > 0 ? <Members label={`Parameters of ${method} ${path}`} rows={parameters} /> : null}
      <Table label={`Answers of ${method} ${path}`} className="mt-0">
        <Head>
          <Heading>Status</Heading>
          <Heading>When</Heading>
          <Heading>Body</Heading>
        </Head>
        <Body>
          {answers.map(({ status, description, types, schema }) => (
            <Row key={status}>
              <Cell label="Status" className="font-mono">
                {status}
              </Cell>
              <Cell label="When" className="min-w-56 break-words text-ink-soft">
                <Marked text={description} />
              </Cell>
              <Cell label="Body" className="text-xs text-ink-soft">
                {schema ? <SchemaLink name={schema} /> : null} {types.join(', ')}
              </Cell>
            </Row>
          ))}
        </Body>
      </Table>
    </section>
  );
}

/** The members of one body. */
export function BodyView({ name, rows }: { name: string; rows: readonly MemberRow[] }) {
  return (
    <section id={idOf(name)} className="min-w-0 scroll-mt-20">
      <h3 className="mb-2 text-sm font-semibold">
        <a href={`#${idOf(name)}`} className="font-mono hover:text-accent">
          {name}
        </a>
      </h3>
      {rows.length > 0 ? (
        <Members label={`Members of ${name}`} rows={rows} />
      ) : (
        <Card className="p-4">Any object.</Card>
      )}
    </section>
  );
}

function Members({
  label,
  rows,
}: {
  label: string;
  rows: readonly (MemberRow & { in?: string; description?: string })[];
}) {
  return (
    <div className="mb-3">
      <Table label={label}>
        <Head>
          <Heading>Name</Heading>
          <Heading>What it is</Heading>
        </Head>
        <Body>
          {rows.map((row) => (
            <Row key={row.name}>
              <Cell label="Name" className="whitespace-nowrap font-mono text-xs">
                {row.name}
                {row.isRequired ? <span className="font-sans text-ink-soft"> required</span> : null}
              </Cell>
              <Cell label="What it is" className="break-words text-xs text-ink-soft">
                {row.in ? `${row.in}; ` : ''}
                {row.words}
                {row.description ? `: ${row.description}` : ''}
              </Cell>
            </Row>
          ))}
        </Body>
      </Table>
    </div>
  );
}

/** Text in which backticks mark code. */
function Marked({ text }: { text: string }) {
  return text.split('`').map((part, i) =>
    i % 2 === 0 ? (
      part
    ) : (
      <code key={i} className="font-mono">
        {part}
      </code>
    ),
  );
}

const idOf = (name: string): string => `body-${name.toLowerCase()}`;

function SchemaLink({ name }: { name: string }) {
  return (
    <a
      href={`#${idOf(name)}`}
      className="font-mono underline decoration-line-strong underline-offset-4 hover:text-accent"
    >
      {name}
    </a>
  );
}
