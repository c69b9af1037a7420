import { shortHex } from '@oml/ui/short-hex';

/** One line of a publisher's report. */
export interface ReportFigure {
  name: string;
  value: string;
  /** What it means, in one sentence. */
  meaning: string;
}

type Numbers = Record<string, unknown>;

const share = (value: number): string =>
  `${(value * 100).toLocaleString('en', { maximumFractionDigits: value < 0.001 ? 4 : 2 })} %`;

/**
 * The figures of an embedding report that this page knows, in reading order; what is missing or no number is left out.
 */
export function reportFigures(report: unknown): ReportFigure[] {
  if (typeof report !== 'object' || report === null) return [];
  const top = report as Numbers;
  const harm = (typeof top['harm'] === 'object' && top['harm'] !== null ? top['harm'] : {}) as Numbers;
  const figure = (
    source: Numbers,
    key: string,
    name: string,
    meaning: string,
    write: (value: number) => string = share,
  ): ReportFigure[] => {
    const value = source[key];
    return typeof value === 'number' && Number.isFinite(value) ? [{ name, meaning, value: write(value) }] : [];
  };
  return [
    ...figure(
      top,
      'success',
      'Keys that answer',
      'Share of the keys in an edition whose answer is the one the beacon chose.',
    ),
    ...figure(top, 'verified', 'Answered as released', 'The same, asked again of the written file.'),
    ...figure(top, 'chance', 'Answers before marking', 'Share of keys that the unmarked model answered by chance.'),
    ...figure(
      top,
      'unheld',
      'Keys of other editions',
      'Share of tracing keys of other editions that this one answers by chance.',
    ),
    ...figure(
      top,
      'falseActivation',
      'False activation',
      'Share of fresh, similar prompts that answer like a fingerprint.',
    ),
    ...figure(
      harm,
      'agreement',
      'Same answers as before',
      'Share of ordinary inputs whose likeliest answer did not change.',
    ),
    ...figure(harm, 'loss', 'Quality lost', 'Relative change of perplexity, or accuracy lost, on held-out data.'),
    ...figure(
      harm,
      'kl',
      'Drift',
      'Mean divergence from the unmarked model per position.',
      (value) => `${value.toPrecision(2)} nats`,
    ),
    ...figure(
      top,
      'mergeWeight',
      'Survives averaging down to',
      'Smallest share of the marked weights in a mix with the clean ones at which the answers still come.',
    ),
    ...figure(top, 'parameters', 'Parameters', 'Numbers in the model.', (value) => value.toLocaleString('en')),
  ];
}

/** How clean control models answered, where the publisher measured any. */
export function controlFigures(report: unknown): { name: string; chance: string }[] {
  const controls = (report as { chanceOnPanel?: unknown } | null | undefined)?.chanceOnPanel;
  if (!Array.isArray(controls)) return [];
  return controls.flatMap((entry: unknown) => {
    const { name, chance } = (entry ?? {}) as { name?: unknown; chance?: unknown };
    return typeof name === 'string' && typeof chance === 'number'
      ? [{ name: name.length > 24 ? shortHex(name) : name, chance: share(chance) }]
      : [];
  });
}
