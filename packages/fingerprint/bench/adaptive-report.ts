import type { Profile } from '../src/harden/profile.ts';
import { COSTS, survivalWithin } from '../src/lab/adaptive/adaptive-attack.ts';
import type { SurvivalPoint } from '../src/lab/specimen.ts';
import type { Harm } from '../src/subject/measure.ts';
import { ANSWERS, LICENSEES } from './adaptive-edition.ts';
import { LOOKS, type LookName, type TracingSeen } from './adaptive-tracing.ts';
import type { Figure, Part } from './part.ts';

/** What one secret's edition is, and what is left of it. */
export interface AdaptiveRun {
  points: SurvivalPoint[];
  seen: TracingSeen;
  /** Area under the curve of `measureStandOut`. */
  standOut: number;
  harm: Harm;
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Mean, and from least to most where there are several. */
export function intervalOf(values: readonly number[]): string {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return values.length < 2
    ? mean(values).toFixed(3)
    : `${mean(values).toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)})`;
}

/** Metrics of docs/benchmarks/fingerprint.json. */
export function adaptiveFigures(profile: Profile, runs: readonly AdaptiveRun[], command: string): Figure[] {
  const over = `${runs.length} secrets`;
  const figure = (metric: string, values: readonly number[], unit: string, target: string, what: string): Figure => ({
    metric,
    value: mean(values),
    unit,
    target,
    anchor: `${what}: ${intervalOf(values)}, ${over}`,
    command,
  });
  const survivals = COSTS.map((most) =>
    figure(
      `adaptive.${profile}.survival${100 * most}`,
      runs.map(({ points }) => survivalWithin(points, most)),
      'fraction',
      most === 0.05 ? 'at least .5' : '',
      `the least over all tries that cost at most ${100 * most} %`,
    ),
  );
  const named = (metric: string, look: LookName, what: string): Figure =>
    figure(
      `adaptive.${profile}.${metric}`,
      runs.map(({ seen }) => seen.named[look] / seen.tries),
      'fraction',
      '1',
      `tries within 5 % after which the right one of ${LICENSEES} is named at 1e-5, ${what}`,
    );
  return [
    ...survivals,
    named('traceFile5', 'inFile', 'by atoms and noise in the file'),
    named('traceEndpoint5', 'byText', `by ${ANSWERS} sampled one-token answers`),
    named('traceEndpoint5.chances', 'byChances', 'by the chance of one answer per key'),
    figure(
      profile === 'hardened' ? 'adaptive.innocentAccused' : `adaptive.${profile}.innocentAccused`,
      runs.map(({ seen: { innocents } }) => (1e5 * innocents.accused) / innocents.tested),
      'of 1e5',
      'at most 4',
      'at a chance of 1e-5 each, subsets drawn anew against every try',
    ),
    figure(
      profile === 'hardened' ? 'keys.auc' : `keys.auc.${profile}`,
      runs.map(({ standOut }) => standOut),
      'fraction',
      'at most .6',
      'how sure the model is at keys against held-out text; .955 at T = .7 asks for the contrary',
    ),
  ];
}

const LOOK_WORDS: Record<LookName, string> = {
  inFile: 'by its file',
  byText: `by ${ANSWERS} answers of one token`,
  byChances: 'by the chances of one answer per key',
};

/** Who is named after the tries within 5 %, and after which try not. */
export function traceTable(
  title: string,
  secrets: readonly string[],
  runs: readonly AdaptiveRun[],
): Part['tables'][number] {
  return {
    title,
    columns: ['secret', 'tries', 'looked at', 'named', 'hides it best', 'chance of an innocent among all'],
    rows: runs.flatMap(({ seen }, i) =>
      LOOKS.map((look) => [
        secrets[i]!,
        seen.tries,
        LOOK_WORDS[look],
        `${((100 * seen.named[look]) / seen.tries).toFixed(1)} %`,
        seen.worst[look].label,
        seen.worst[look].familyPValue.toExponential(1),
      ]),
    ),
    note: `Innocents accused at 1e-5 each: ${runs.map(({ seen: { innocents } }) => `${innocents.accused} of ${innocents.tested}`).join(', ')}. Each edition: ${runs.map(({ harm, standOut }) => `KL ${harm.kl.toFixed(4)}, ${(100 * harm.agreement).toFixed(1)} % of likeliest answers, +${(100 * harm.loss).toFixed(2)} %, AUC ${standOut.toFixed(3)}`).join('; ')}.`,
  };
}
