import { Ago } from '@oml/ui/ago';
import { CopyButton } from '@oml/ui/copy-button';
import { EmptyState } from '@oml/ui/empty-state';
import { LinePlot } from '@oml/ui/line-plot';
import { Badge } from '@oml/ui/state-badge';
import type { Tone } from '@oml/ui/states';
import { Body, Cell, Head, Heading, Row, Table } from '@oml/ui/table';
import type { MeasuredFigure, MeasuredPlot } from '@oml/protocol/wire/measurement';
import { AccountLink, TxLink } from '#kit/links.tsx';
import { figureWords, type ShownMeasurement } from './shown-measurement.ts';

/** Figures that stand in a row; the others unfold. */
const FIRST = 4;

const STANDING: Record<ShownMeasurement['as'], { word: string; tone: Tone; next: string }> = {
  claimed: { word: 'Claimed', tone: 'plain', next: 'The owner of the model measured it.' },
  checked: { word: 'Checked', tone: 'accent', next: 'A verifier with a stake measured it.' },
  said: { word: 'Said', tone: 'plain', next: 'Somebody measured it who has no stake.' },
};

/** What was measured of a model, by whom, and how to measure it again. */
export function MeasurementTable({ measurements }: { measurements: readonly ShownMeasurement[] }) {
  if (measurements.length === 0)
    return (
      <EmptyState title="Nothing measured yet">
        Anybody can measure its release and publish it: npx oml measure … --publish.
      </EmptyState>
    );
  return (
    <div className="grid gap-4">
      <Table label="Measurements, the latest first">
        <Head>
          <Heading>Method</Heading>
          <Heading>Figures</Heading>
          <Heading>Standing</Heading>
          <Heading>By</Heading>
          <Heading>Measure again</Heading>
          <Heading numeric>Published</Heading>
        </Head>
        <Body>
          {measurements.map((shown) => (
            <MeasurementRow key={shown.digest} {...shown} />
          ))}
        </Body>
      </Table>
      <MeasuredPlots plots={measurements.find(({ measurement }) => measurement.plots.length > 0)?.measurement.plots} />
    </div>
  );
}

function MeasurementRow({ digest, measurement, by, as, anchoredAt, tx }: ShownMeasurement) {
  const { method, data, figures, notes, command } = measurement;
  const { word, tone, next } = STANDING[as];
  return (
    <Row data-testid={`measurement-${digest}`}>
      <Cell label="Method" className="align-top">
        {method.name} {method.version}
        <span className="block break-all text-xs text-ink-soft">with {data.name}</span>
      </Cell>
      <Cell label="Figures" className="align-top">
        <Figures figures={figures.slice(0, FIRST)} />
        {figures.length > FIRST ? (
          <details className="text-xs">
            <summary className="text-ink-soft">{figures.length - FIRST} more</summary>
            <Figures figures={figures.slice(FIRST)} />
          </details>
        ) : null}
        {notes.map((note) => (
          <p key={note} className="mt-1 max-w-md text-xs text-ink-soft">
            {note}
          </p>
        ))}
      </Cell>
      <Cell label="Standing" className="align-top">
        <Badge tone={tone} title={next}>
          {word}
        </Badge>
      </Cell>
      <Cell label="By" className="align-top">
        <AccountLink account={by} label="who measured it" />
      </Cell>
      <Cell label="Measure again" className="align-top">
        <span className="inline-flex max-w-xs items-start gap-1">
          <code className="break-all font-mono text-xs">{command}</code>
          <CopyButton value={command} label="command" />
        </span>
      </Cell>
      <Cell label="Published" numeric className="whitespace-nowrap align-top text-xs">
        <Ago at={anchoredAt} />
        <TxLink hash={tx} className="block!" />
      </Cell>
    </Row>
  );
}

function Figures({ figures }: { figures: readonly MeasuredFigure[] }) {
  return (
    <ul className="tabular-nums">
      {figures.map((figure) => {
        const { value, interval } = figureWords(figure);
        return (
          <li key={figure.name}>
            {figure.name}: {value} {interval ? <span className="text-xs text-ink-soft">({interval})</span> : null}
          </li>
        );
      })}
    </ul>
  );
}

const words = (value: number): string => Number(value.toPrecision(3)).toString();

/** The plots of the latest measurement that has some; every line but the first is dashed. */
function MeasuredPlots({ plots = [] }: { plots: readonly MeasuredPlot[] | undefined }) {
  return (
    <div className="grid gap-6 lg:grid-cols-2">
      {plots.map(({ title, x, y, series }) => (
        <LinePlot
          key={title}
          label={`${title}: ${y} by ${x}`}
          xName={x}
          xWords={words}
          yWords={words}
          lines={series.map(({ name, points }, i) => ({ name, points, isDashed: i > 0 }))}
        >
          {title}: {y} by {x}
        </LinePlot>
      ))}
    </div>
  );
}
